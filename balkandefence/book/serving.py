"""Serve a folder of pages on this machine alone, and tell open pages what changed.

Each page gets a small script as it is sent, never in its file. The script listens to a stream of
events, reloads its page when that or what it shows has changed, and shows what is wrong.
"""

from __future__ import annotations

import json
import mimetypes
import secrets
import threading
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from balkandefence import BookError

HOST = "127.0.0.1"
#: Addresses of the preview's own, which no page of a book has.
_OWN = "/.preview/"
_SCRIPT = Path(__file__).with_name("preview.js")
#: Seconds between signs of life to a page, by which a closed one is noticed.
_PULSE = 10.0
_TEXT = ("text/", "application/json", "image/svg+xml")
#: Named here: what the system says of these differs from machine to machine.
_KINDS = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".csv": "text/csv",
    ".json": "application/json", ".geojson": "application/json", ".svg": "image/svg+xml",
    ".ipynb": "application/json", ".yml": "text/plain", ".bib": "text/plain", ".png": "image/png",
    ".woff2": "font/woff2", ".ico": "image/x-icon", ".pdf": "application/pdf",
}  # fmt: skip
_WAITING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 1.1rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 34rem;
padding: 0 1rem; color-scheme: light dark }}</style></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>
"""


class ServingError(BookError):
    """The pages cannot be served at the port that was asked for."""


class News:
    """What open pages are told: what changed when, what is wrong, and whether work goes on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._run = secrets.token_hex(4)
        self._versions: dict[str, int] = {}
        self._version = 0
        self._problems: list[str] = []
        self._busy = False
        self._ended = False

    @property
    def mark(self) -> str:
        """Return the state that a page sent now is in."""
        return f"{self._run}-{self._version}"

    def tell(
        self,
        *,
        changed: Iterable[str] = (),
        problems: list[str] | None = None,
        busy: bool | None = None,
    ) -> None:
        """Tell every open page of changed files, of all problems there are, or of work."""
        with self._changed:
            self._version += 1
            self._versions |= dict.fromkeys(changed, self._version)
            self._problems = self._problems if problems is None else problems
            self._busy = self._busy if busy is None else busy
            self._changed.notify_all()

    def end(self) -> None:
        """Let every listener go."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def after(self, version: int) -> tuple[int, str] | None:
        """Return the state after `version` as JSON, as soon as there is one; None at the end.

        The text is empty where nothing happened for a while.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._version > version, _PULSE)
            if self._ended:
                return None
            if self._version == version:
                return version, ""
            told = {"run": self._run, "version": self._version, "changed": self._versions,
                    "problems": self._problems, "busy": self._busy}  # fmt: skip
            return self._version, json.dumps(told)


class _Handler(BaseHTTPRequestHandler):
    """Answers one page or file; everything that is not a plain reading is refused."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Send a page, a file or the stream of events."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send what would stand before a page or file."""
        self._answer(body=False)

    def _refuse(self) -> None:
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"pages can only be read\n")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _refuse  # noqa: N815

    def _answer(self, *, body: bool) -> None:
        if self.headers.get("Host") not in self.server.hosts:
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"this preview has another address\n")
            return
        path = unquote(urlsplit(self.path).path)
        if path == f"{_OWN}events" and body:
            self._stream()
        elif path == f"{_OWN}preview.js":
            self._send(HTTPStatus.OK, _KINDS[".js"], _SCRIPT.read_bytes(), body=body)
        else:
            self._file(path, body=body)

    def _file(self, path: str, *, body: bool) -> None:
        mark = self.server.news.mark  # before the reading: a page is never older than its mark
        found = self.server.find(path)
        if found is None:
            there = (self.server.folder / "index.html").is_file()
            text = "There is no such page." if there else "It opens here as soon as it is there."
            title = "Not found" if there else "The book is being built"
            page = _WAITING.format(title=title, text=text).encode()
            content = _with_script(page, mark)
            self._send(HTTPStatus.NOT_FOUND, _KINDS[".html"], content, body=body)
            return
        guessed = mimetypes.guess_type(found.name)[0]
        kind = _KINDS.get(found.suffix, guessed or "application/octet-stream")
        content = found.read_bytes()
        if kind == _KINDS[".html"]:
            content = _with_script(content, mark)
        self._send(HTTPStatus.OK, kind, content, body=body)

    def _send(self, status: HTTPStatus, kind: str, content: bytes, *, body: bool = True) -> None:
        self.send_response(status)
        named = f"{kind}; charset=utf-8" if kind.startswith(_TEXT) or "script" in kind else kind
        self.send_header("Content-Type", named)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
            self.close_connection = True  # what was sent along is not read
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(content)

    def _stream(self) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        version = -1
        while (found := self.server.news.after(version)) is not None:
            version, text = found
            self.wfile.write(f"data: {text}\n\n".encode() if text else b": still here\n\n")

    def handle(self) -> None:
        """Answer until the browser goes away, which is no error."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing of each request."""


def _with_script(page: bytes, mark: str) -> bytes:
    """Return a page with the script that keeps it up to date, as it is sent."""
    script = f'<script src="{_OWN}preview.js" data-mark="{mark}" defer></script>'.encode()
    head, end, rest = page.rpartition(b"</body>")
    return head + script + end + rest if end else page + script


class Server(ThreadingHTTPServer):
    """Serves `folder` on 127.0.0.1 while it is open, in threads of its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path, port: int, news: News) -> None:
        """Take the port, 0 for any that is free; ServingError where it is taken."""
        self.folder = folder.resolve()
        self.news = news
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            said = f"port {port} cannot be used: {error.strerror or error}"
            raise ServingError(f"{said}; name another by --port, 0 for any") from error
        self.hosts = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}
        if self.server_port == 80:
            self.hosts |= {HOST, "localhost"}

    @property
    def address(self) -> str:
        """Return where to open the book."""
        return f"http://{HOST}:{self.server_port}/"

    def find(self, path: str) -> Path | None:
        """Return the file of an address, None for what is not there or lies outside."""
        parts = [part for part in path.split("/") if part]
        if any(part in ("..", ".") or "\\" in part or "\0" in part for part in parts):
            return None
        found = self.folder.joinpath(*parts).resolve()
        if not found.is_relative_to(self.folder):
            return None
        found = found / "index.html" if found.is_dir() else found
        return found if found.is_file() else None

    def __enter__(self) -> Server:
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.news.end()
        self.shutdown()
        self.server_close()
