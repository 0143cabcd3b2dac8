"""What an author saves is noticed, however the editor saves; what an editor keeps is not."""

import os

import desk as desks
import pytest

from balkandefence.book import watching


@pytest.fixture
def watch(bare_desk):
    with watching.Watch() as begun:
        yield begun
    assert not any(thread.is_alive() for thread in begun._threads)


def noticed(watch, *files):
    """Return whether exactly these files of the desk are told, maybe in several turns."""
    left = {file.resolve() for file in files}
    while left:
        told = {file.resolve() for file in watch.next()}
        assert told <= {file.resolve() for file in files}
        left -= told
    return True


def begun(watch, desk):
    """Wait until the watching threads look: a file saved again and again is then told."""
    for folder in ("chapters", "."):
        probe = desk.root / folder / ("probe.md" if folder == "chapters" else "probe.py")
        desks.wait_for(lambda file=probe: file.write_text("x") and seen(watch, file), "the watch")
        probe.unlink()
        desks.wait_for(lambda file=probe: seen(watch, file), "the end of the probe", 10)
    while watch.waiting():
        watch.next()


def seen(watch, file):
    return bool(watch.waiting()) and file in watch.next()


@pytest.mark.parametrize(
    "file",
    ["chapters/tanks.ipynb", "chapters/index.md", "data/parades.csv", "data/parades.yml",
     "editions/2026.11.0.yml", "references.bib", "_config.yml", "_toc.yml", "parades.py"],
)  # fmt: skip
def test_every_file_that_makes_the_book_is_watched(bare_desk, watch, file):
    begun(watch, bare_desk)
    path = bare_desk.root / file
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert noticed(watch, path)


def test_a_file_put_in_the_place_of_the_old_one_is_noticed_again_and_again(bare_desk, watch):
    begun(watch, bare_desk)
    target = bare_desk.root / "references.bib"
    for turn in range(3):
        part = bare_desk.root / ".references.bib.new"
        part.write_text(f"% turn {turn}\n")
        os.replace(part, target)
        assert noticed(watch, target)


@pytest.mark.parametrize(
    "name",
    [".tanks.ipynb.swp", ".~tanks.ipynb", "tanks.md~", "#index.md#", "4913", "tanks.ipynb.tmp",
     ".ipynb_checkpoints/tanks-checkpoint.txt", "__pycache__/tanks.pyc", "picture.png"],
)  # fmt: skip
def test_what_an_editor_keeps_for_itself_is_not(bare_desk, watch, name):
    begun(watch, bare_desk)
    own = bare_desk.root / "chapters" / name
    own.parent.mkdir(exist_ok=True)
    own.write_text("x")
    (bare_desk.root / "_build").mkdir(exist_ok=True)
    (bare_desk.root / "_build" / "page.md").write_text("x")
    (bare_desk.root / "notes.md").write_text("x")
    index = bare_desk.root / "chapters" / "index.md"
    index.write_text("# After it\n")
    assert noticed(watch, index)


def test_the_package_is_watched_wherever_it_stands(bare_desk):
    assert watching.package() == desks.CHECKOUT / "balkandefence"
