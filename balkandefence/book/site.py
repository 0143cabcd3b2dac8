"""The site of released editions: its front page, the list of editions, and the pages of latest/.

All of it is made anew from the frozen folders at each release; these themselves are never touched.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from balkandefence import BookError
from balkandefence.book import about, archive, changes, checksums, crate, folders, publish, record
from balkandefence.book.record import Record

_ID = re.compile(r"\d{4}\.(?:[1-9]|1[0-2])\.\d+")
LATEST = "latest"
#: For any reader of the version switchers' usual form, and for our own pages: these read it by a
#: script element, which works from a folder too.
LISTS = ("switcher.json", "switcher.js")


class SiteError(BookError):
    """A site is not as it was released; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Released:
    """One released edition as its frozen folder tells of it."""

    id: str
    title: str
    as_of: dt.date
    record: Record
    pages: tuple[str, ...]
    has_pdf: bool

    @property
    def day(self) -> str:
        """Return the edition's day in words."""
        return f"{self.as_of.day} {self.as_of:%B %Y}"

    @property
    def is_readable(self) -> bool:
        """Return whether its record has the form that this program reads."""
        return bool(self.record.get("format") == record.FORMAT)

    @property
    def order(self) -> tuple[int, ...]:
        """Return what puts editions in their order."""
        return tuple(int(part) for part in self.id.split("."))


def ids(site: Path) -> list[str]:
    """Return the ids of the editions that have a folder on the site."""
    return sorted(path.name for path in site.glob("*") if _ID.fullmatch(path.name))


def read(site: Path) -> list[Released]:
    """Return the editions on a site, the newest first."""
    found = []
    for id in ids(site):
        # a record of an older form still says what the edition is
        made = json.loads((site / id / record.NAME).read_text(encoding="utf-8"))
        found.append(Released(
            id, str(made.get("title", id)), dt.date.fromisoformat(made["as_of"]), made,
            tuple(sorted(path.name for path in (site / id).glob("*.html"))),
            (site / id / folders.pdf_name(id)).is_file(),
        ))  # fmt: skip
    return sorted(found, key=lambda edition: edition.order, reverse=True)


def _is_frozen(file: str) -> bool:
    """Return whether a file of the site may never change: an edition's or its archive."""
    named = file.removeprefix("balkandefence-").removesuffix(".tar.gz")
    return bool(_ID.fullmatch(file.partition("/")[0]) or _ID.fullmatch(named))


def refuse_damaged(site: Path) -> None:
    """Raise SiteError where a site's released files are not just as they were released."""
    if not (site / publish.SITE_MARK).is_file():
        return
    try:
        faults = checksums.faults(site)
    except checksums.ChecksumsError as error:
        raise SiteError(f"{site} is damaged: {error}; restore it from a copy") from error
    told = [_fault(*fault) for fault in faults if _is_frozen(fault[0])]
    if told:
        more = f"\n  and {len(told) - 10} more" if len(told) > 10 else ""
        listed = "\n  ".join(told[:10])
        said = "what was released never changes; restore these from a copy"
        raise SiteError(f"{site} is damaged, {said}:\n  {listed}{more}")


def _fault(file: str, listed: str, is_now: str) -> str:
    if is_now == "none":
        return f"{file} is missing"
    if listed == "none":
        return f"{file} was not released"
    return f"{file} is {is_now[:12]}, released as {listed[:12]}"


def lists(editions: list[Released]) -> dict[str, str]:
    """Return the texts of both lists of editions by file name, the newest edition first.

    Addresses are relative to the list, so that the site works wherever it is laid.
    """
    switcher: list[dict[str, Any]] = [
        {"name": edition.id, "version": edition.id, "url": f"{edition.id}/"} for edition in editions
    ]
    if switcher:
        switcher[0] |= {"name": f"{editions[0].id} (newest)", "preferred": True}
    more = [
        entry | {"day": edition.day, "pages": edition.pages}
        for entry, edition in zip(switcher, editions, strict=True)
    ]
    texts = [json.dumps(found, indent=1, ensure_ascii=False) for found in (switcher, more)]
    return {LISTS[0]: f"{texts[0]}\n", LISTS[1]: f"window.bookEditions = {texts[1]};\n"}


def _changed(edition: Released, on_site: dict[str, Released]) -> tuple[str, str]:
    """Return the edition before, "" for the first, and in words how much changed since."""
    id = changes.previous(edition.id)
    if id is None:
        return "", ""
    before = on_site[id].record if id in on_site else None
    if before is None and record.file(id).is_file():
        before = record.of_edition(id)
    if before is None or before["format"] != record.FORMAT or not edition.is_readable:
        return id, ""
    count = len(changes.compare(before, edition.record))
    return id, f"{count:,} change{'' if count == 1 else 's'} since {id}"


def _size(path: Path) -> str:
    return f"{max(path.stat().st_size / 1e6, 0.1):.1f} MB"


def _shown(site: Path, editions: list[Released]) -> Iterator[dict[str, Any]]:
    """Yield what the front page shows of each edition."""
    on_site = {edition.id: edition for edition in editions}
    for edition in editions:
        folder, packed = site / edition.id, site / archive.name(edition.id)
        cited = f"{about.AUTHORS}: {about.TITLE}, edition {edition.id}"
        before, changed = _changed(edition, on_site)
        yield {
            "id": edition.id,
            "title": edition.title,
            "day": edition.day,
            "date": edition.as_of.isoformat(),
            "before": before,
            "changed": changed,
            "pages": set(edition.pages),
            "counts": about.counts(edition.record) if edition.is_readable else "",
            "pdf": folders.pdf_name(edition.id) if edition.has_pdf else "",
            "pdf_size": _size(folder / folders.pdf_name(edition.id)) if edition.has_pdf else "",
            "archive": packed.name,
            "archive_size": _size(packed),
            "archive_sum": record.sha256(packed.read_bytes()),
            "cited": f"{cited}, as known on {edition.day}.",
        }


def _templates() -> Environment:
    loader = PackageLoader("balkandefence.book", "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


def _lead_on(site: Path, editions: list[Released], template: Any) -> None:
    """Write latest/: of each page that any edition has, one that leads to the newest with it."""
    folder = site / LATEST
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    newest: dict[str, str] = {}
    for edition in editions:
        for page in edition.pages:
            newest.setdefault(page, edition.id)
    for page, id in newest.items():
        text = template.render(title=about.TITLE, place=f"../{id}/{page}", id=id)
        (folder / page).write_text(text, encoding="utf-8")


def write(site: Path) -> None:
    """Write all of a site that is not frozen: lists, front page, latest/ and checksums."""
    editions = read(site)
    templates = _templates()
    for name, text in lists(editions).items():
        (site / name).write_text(text, encoding="utf-8")
    _lead_on(site, editions, templates.get_template("latest.html"))
    shown = list(_shown(site, editions))
    added = {"crate": crate.NAME, "sums": checksums.NAME, "record": record.NAME}
    page = templates.get_template("editions.html").render(
        title=about.TITLE, editions=shown, latest=LATEST, **added
    )
    (site / "index.html").write_text(page, encoding="utf-8")
    checksums.write(site)
