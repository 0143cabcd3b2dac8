"""Release an edition: freeze its proved book on a site beside the earlier ones, in one step."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from balkandefence import BookError, editions, paths
from balkandefence.book import (
    archive,
    build,
    checksums,
    crate,
    folders,
    pdf,
    publish,
    record,
    site,
    verify,
)
from balkandefence.book.running import Report
from balkandefence.editions import Edition


class ReleaseError(BookError):
    """An edition is not released; the site stands as it was."""


@dataclass(frozen=True)
class Result:
    """A site with the edition on it: its front page, and whether it was there before."""

    index: Path
    was_there: bool
    editions: list[str]


def _refuse_unsaved() -> None:
    """Raise ReleaseError where the checkout is not just what is committed."""
    root = paths.root()
    command = ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=all", "-z"]
    try:
        ran = subprocess.run(command, capture_output=True, check=True, timeout=120)
    except FileNotFoundError as error:
        raise ReleaseError(
            "git is not installed; a release is made from what is committed"
        ) from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode("utf-8", "replace").strip() or str(error)
        told = "is not a git checkout, and a release is made from what is committed"
        raise ReleaseError(f"{root} {told}: {said}") from error
    found = [line for line in ran.stdout.decode("utf-8", "replace").split("\0") if line]
    if found:
        listed = "\n  ".join(found[:20])
        more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
        said = "the tree is not what is committed; commit or remove these"
        raise ReleaseError(f"{said}:\n  {listed}{more}")


def _refuse_other(id: str, before: Path, now: Path) -> None:
    """Raise ReleaseError where an edition was released with other bytes."""
    _, differences = folders.compare(before, now)
    if differences:
        first = differences[0]
        place = f", {first.place}" if first.place else ""
        said = (
            f"edition {id} was released with other bytes: {len(differences)} differences, the "
            f"first in {first.file}{place}: {first.before} → {first.after}"
        )
        how = "a released edition never changes; give what changed an edition of its own"
        raise ReleaseError(f"{said}\n{how}")


def _refuse_unproved(id: str, outcome: verify.Outcome) -> None:
    if outcome.differences:
        said = f"edition {id} differs from its record, so it is not released"
        raise ReleaseError(f"{outcome}\n\n{said}; see the README, Release an edition")


def _print(folder: Path, edition: Edition) -> None:
    """Put the edition's PDF into its folder; without an installed Chromium there is none."""
    try:
        pdf.refuse()
    except pdf.PdfError:
        return
    pdf.make(folder, edition, folder / pdf.name(edition))
    pdf.link(folder, pdf.name(edition))


def _freeze(book: Path, folder: Path, edition: Edition) -> None:
    """Write an edition's frozen folder: the book as built, and what a release adds to it."""
    shutil.copytree(book, folder, ignore=shutil.ignore_patterns(publish.MARK))
    _print(folder, edition)
    crate.write(folder)
    checksums.write(folder)


def _add(made: Path, book: Path, edition: Edition) -> bool:
    """Add an edition to a copy of the site; return whether it was there already, the same."""
    folder = made / edition.id
    if folder.is_dir():
        if (folder / pdf.name(edition)).is_file():
            pdf.link(book, pdf.name(edition))
        _refuse_other(edition.id, folder, book)
        return True
    _freeze(book, folder, edition)
    top = archive.name(edition.id).removesuffix(".tar.gz")
    archive.write(folder, made / archive.name(edition.id), top=top, day=edition.as_of)
    return False


def release(id: str, out: Path, *, jobs: int, report: Report) -> Result:
    """Prove an edition and put it on the site at `out`; whatever happens, the site stays whole.

    An edition that is there already, with the same bytes, stays as it is; the pages around the
    editions are then made anew. Raises EditionError, RecordError, ReleaseError, SiteError,
    PublishError, or the error of the build; then, and when interrupted, `out` is as it was.
    """
    edition = editions.load(id)
    record.of_edition(id)
    _refuse_unsaved()
    publish.refuse(out, publish.SITE_MARK)
    publish.recover(out, publish.SITE_MARK)
    site.refuse_damaged(out)
    with (
        build.interruptible(),
        verify.rebuilt(id, jobs=jobs, report=report) as (book, outcome),
        tempfile.TemporaryDirectory(prefix="balkandefence-release-") as place,
    ):
        _refuse_unproved(id, outcome)
        made = Path(place) / "site"
        if out.is_dir():
            shutil.copytree(out, made)
        made.mkdir(exist_ok=True)
        was_there = _add(made, book, edition)
        site.write(made)
        listed = [found.id for found in site.read(made)]
        publish.publish(made, out, publish.SITE_MARK)
    return Result(out / "index.html", was_there, listed)
