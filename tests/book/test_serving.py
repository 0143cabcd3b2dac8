"""The preview's server: it reads files of one folder to this machine, and nothing else."""

import http.client
import json
import socket
import threading

import pytest

from balkandefence.book import serving


@pytest.fixture
def news():
    return serving.News()


@pytest.fixture
def server(tmp_path, news):
    site = tmp_path / "site"
    (site / "figures").mkdir(parents=True)
    (site / "index.html").write_text("<html><body><h1>Ünder way</h1></body></html>", "utf-8")
    (site / "figures" / "a b.svg").write_text("<svg/>")
    (site / "rows.csv").write_text("a\n1\n")
    (site / "odd.xyz").write_text("?")
    (tmp_path / "secret.txt").write_text("secret")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    with serving.Server(site, 0, news) as running:
        yield running


def ask(server, path, method="GET", **headers):
    line = http.client.HTTPConnection(serving.HOST, server.server_port, timeout=20)
    line.request(method, path, headers=headers)
    answer = line.getresponse()
    return answer, answer.read().decode()


def test_a_page_is_sent_with_the_script_and_its_file_stays_without(server):
    answer, text = ask(server, "/")
    assert answer.status == 200
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert "<h1>Ünder way</h1><script " in text
    assert text.endswith("defer></script></body></html>")
    assert "script" not in (server.folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/figures/a%20b.svg?v=1", "image/svg+xml; charset=utf-8"),
        ("/rows.csv", "text/csv; charset=utf-8"),
        ("/.preview/preview.js", "text/javascript; charset=utf-8"),
    ],
)
def test_a_file_is_sent_as_what_it_is_and_never_kept_by_the_browser(server, path, kind):
    answer, text = ask(server, path)
    assert answer.status == 200
    assert answer.getheader("Content-Type") == kind
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert "data-mark" not in text or path.endswith(".js")
    head, nothing = ask(server, path, "HEAD")
    assert (head.getheader("Content-Length"), nothing) == (str(len(text.encode())), "")


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/figures/../../secret.txt", "/..%2fsecret.txt",
     "/..%5csecret.txt", "/link.txt", "/%00", "/nowhere.html", "/figures/", "//etc/passwd"],
)  # fmt: skip
def test_nothing_outside_the_folder_is_sent(server, path):
    answer, text = ask(server, path)
    assert answer.status == 404
    assert "secret" not in text
    assert "root:" not in text
    assert "There is no such page." in text


def test_before_there_is_a_book_its_address_says_so_and_will_follow(server):
    (server.folder / "index.html").unlink()
    answer, text = ask(server, "/")
    assert answer.status == 404
    assert "The book is being built" in text
    assert "preview.js" in text


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1", "127.0.0.1:1", ""])
def test_another_hosts_name_is_refused(server, host):
    answer, text = ask(server, "/", Host=host)
    assert answer.status == 403
    assert "Ünder" not in text


def test_this_machines_names_are_known(server):
    assert ask(server, "/", Host=f"localhost:{server.server_port}")[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_sent_to_it(server, method):
    answer, _ = ask(server, "/", method)
    assert answer.status == 405
    assert answer.getheader("Allow") == "GET, HEAD"


def test_it_listens_on_this_machine_alone(server):
    assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_refused_with_what_to_do(server, tmp_path, news):
    with pytest.raises(serving.ServingError, match=r"port \d+ cannot be used: .*--port, 0 for any"):
        serving.Server(tmp_path, server.server_port, news)


class Listener:
    """An open page's end of the stream of events."""

    def __init__(self, server):
        self.line = socket.create_connection((serving.HOST, server.server_port), timeout=20)
        host = f"{serving.HOST}:{server.server_port}"
        self.line.sendall(f"GET /.preview/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        self.stream = self.line.makefile("r", encoding="utf-8")

    def next(self):
        for text in self.stream:
            if text.startswith("data: "):
                return json.loads(text.removeprefix("data: "))
        return None


def test_an_open_page_is_told_of_changes_and_of_all_that_is_wrong(server, news):
    listener = Listener(server)
    first = listener.next()
    assert (first["changed"], first["problems"], first["busy"]) == ({}, [], False)
    news.tell(changed=["a.html"], problems=["broken"], busy=True)
    second = listener.next()
    assert second["changed"] == {"a.html": second["version"]}
    assert (second["problems"], second["busy"]) == (["broken"], True)
    news.tell(problems=[])
    third = listener.next()
    assert (third["changed"], third["problems"]) == (second["changed"], [])
    assert news.mark == f"{third['run']}-{third['version']}"


def test_a_quiet_time_is_bridged_so_that_a_closed_page_is_noticed(server, news, monkeypatch):
    monkeypatch.setattr(serving, "_PULSE", 0.01)
    listener = Listener(server)
    assert any(text.startswith(": still here") for text in listener.stream)


def test_every_listener_is_let_go_at_the_end(tmp_path, news):
    with serving.Server(tmp_path, 0, news) as running:
        listener = Listener(running)
        listener.next()
    assert listener.next() is None
    assert not [t for t in threading.enumerate() if "serve_forever" in t.name and t.is_alive()]
