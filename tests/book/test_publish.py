"""A book is put in place as a whole, or not at all."""

import errno
import os
import subprocess
import sys

import pytest

from balkandefence.book import publish
from balkandefence.book.publish import MARK, PublishError


def book(folder, text):
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text)
    return folder


@pytest.fixture
def out(tmp_path):
    """A published book of the text "old"."""
    place = tmp_path / "site" / "html"
    publish.publish(book(tmp_path / "first", "old"), place)
    return place


def text_of(out):
    return (out / "index.html").read_text()


def beside(out):
    return sorted(path.name for path in out.parent.iterdir())


@pytest.fixture
def no_exchange(monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda first, second: False)


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_built(out):
    (out.parent / "note").write_text("")
    with pytest.raises(PublishError, match=r"note/html cannot be made, .*; name another"):
        publish.refuse(out.parent / "note" / "html")
    publish.refuse(out.parent / "later" / "html")
    assert beside(out) == ["html", "note"]


def test_the_first_book_makes_its_folder_and_marks_it(out):
    assert text_of(out) == "old"
    assert (out / MARK).is_file()
    assert beside(out) == ["html"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "html").mkdir()
    publish.publish(book(tmp_path / "made", "new"), tmp_path / "html")
    assert text_of(tmp_path / "html") == "new"
    assert beside(tmp_path / "html") == ["html"]


def test_a_new_book_takes_the_place_of_the_old_one_whole(out, tmp_path):
    (out / "old.html").write_text("a page that the new book has not")
    publish.publish(book(tmp_path / "made", "new"), out)
    assert text_of(out) == "new"
    assert not (out / "old.html").exists()
    assert beside(out) == ["html"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel which calls were made")
def test_the_exchange_is_one_step_in_which_no_rename_leaves_a_gap(out, tmp_path, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("renamed in two steps although the system can exchange")

    monkeypatch.setattr(os, "rename", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    new = book(tmp_path / "made", "new")
    assert publish._exchange(new, out)
    assert (text_of(out), text_of(new)) == ("new", "old")


def test_readers_find_a_whole_book_at_every_moment(out, tmp_path):
    watch = (
        "import sys, pathlib\n"
        f"page = pathlib.Path({str(out / 'index.html')!r})\n"
        "print('ready', flush=True)\n"
        f"stop = pathlib.Path({str(tmp_path / 'stop')!r})\n"
        "seen = set()\n"
        "while not stop.exists(): seen.add(page.read_text())\n"
        "print(*sorted(seen))\n"
    )
    reader = subprocess.Popen([sys.executable, "-c", watch], stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "ready\n"
    for n in range(200):
        publish.publish(book(tmp_path / "made", f"new-{n:03}"), out)
    (tmp_path / "stop").touch()
    seen, _ = reader.communicate(timeout=30)
    assert reader.returncode == 0, "the page was missing at some moment"
    assert len(seen.split()) > 1


def test_where_folders_cannot_be_exchanged_two_renames_do_it(out, tmp_path, no_exchange):
    publish.publish(book(tmp_path / "made", "new"), out)
    assert text_of(out) == "new"
    assert beside(out) == ["html"]


def test_a_system_without_the_exchange_is_told_from_one_that_has_it(out, tmp_path, monkeypatch):
    def missing(name, use_errno):
        raise OSError(errno.ENOSYS, "no such library")

    monkeypatch.setattr(publish.ctypes, "CDLL", missing)
    assert publish._exchange(tmp_path, out) is False


def test_macos_is_asked_for_its_own_exchange(monkeypatch, tmp_path):
    asked = []

    class Library:
        def renamex_np(self, first, second, flag):
            asked.append((first, second, flag))
            return 0

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(publish.ctypes, "CDLL", lambda name, use_errno: Library())
    assert publish._exchange(tmp_path / "a", tmp_path / "b") is True
    assert asked == [(os.fsencode(tmp_path / "a"), os.fsencode(tmp_path / "b"), 2)]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_where_the_second_rename_fails_the_old_book_comes_back(
    out, tmp_path, no_exchange, monkeypatch, error
):
    rename, calls = os.rename, []

    def fail_second(first, second):
        calls.append(first)
        if len(calls) == 2:
            raise error
        rename(first, second)

    made = book(tmp_path / "made", "new")
    monkeypatch.setattr(publish.shutil, "move", rename)
    monkeypatch.setattr(os, "rename", fail_second)
    with pytest.raises(type(error)):
        publish.publish(made, out)
    assert text_of(out) == "old"
    assert beside(out) == ["html"]


def test_a_book_set_aside_by_a_killed_build_is_put_back(out):
    os.rename(out, publish._previous(out))
    publish.recover(out)
    assert text_of(out) == "old"
    assert beside(out) == ["html"]


def test_a_book_in_its_place_is_never_replaced_by_one_set_aside(out):
    stale = book(publish._previous(out), "stale")
    (stale / MARK).touch()
    publish.recover(out)
    assert text_of(out) == "old"


def test_a_folder_that_is_no_book_is_not_put_in_its_place(tmp_path):
    book(tmp_path / ".html.previous", "a stranger's")
    publish.recover(tmp_path / "html")
    assert not (tmp_path / "html").exists()


def test_what_a_killed_build_left_beside_the_book_is_cleared(out, tmp_path):
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    book(out.with_name(f".html.new-{ended.stdout.strip()}"), "half made")
    book(out.with_name(f".html.new-{os.getppid()}"), "being made by another build")
    publish.publish(book(tmp_path / "made", "new"), out)
    assert beside(out) == [f".html.new-{os.getppid()}", "html"]


def test_a_folder_with_other_files_is_refused_and_kept(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(PublishError, match="holds other files; name an empty or a new folder"):
        publish.publish(book(tmp_path.with_name("made-elsewhere"), "new"), tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_is_refused_and_kept(tmp_path):
    (tmp_path / "html").write_text("a file")
    with pytest.raises(PublishError, match="is a file; name a folder"):
        publish.publish(book(tmp_path / "made", "new"), tmp_path / "html")
    assert (tmp_path / "html").read_text() == "a file"
