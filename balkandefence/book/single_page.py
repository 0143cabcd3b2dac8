"""Join the finished pages of a book into one page for print, without scripts.

It is made from the pages themselves, so it says what they say, and every link between them leads
to a place within it. What a reader cannot use on paper is left out, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from balkandefence import BookError
from balkandefence.book import about
from balkandefence.editions import Edition

#: Left out of every page: what needs a pointer or a script, and a chapter's code.
_NOT_FOR_PAPER = (
    "script, style, a.headerlink, button, source, p.pdf, details:has(div.highlight-python)"
)
#: Left out of one page: what fills hundreds of sheets, with the sentence that says where it is.
_ONLINE = {
    "numbers": (
        "li li > ul",
        "Here each number is given with its function and tables; "
        "the rows that it read are listed on the page Numbers of the online book.",
    ),
    "methods": (
        "details",
        "Here each function is given in its own words; "
        "its code stands on the page Methods of the online book.",
    ),
    "changes": (
        "section section:not(#what-matters-first)",
        "Here are the changes that matter first; "
        "the others stand on the page What changed of the online book.",
    ),
}
_CONTENTS = "Contents"
#: What the page may load: its pictures and fonts, and no script.
_POLICY = "default-src 'none'; img-src file: data:; font-src file:; style-src 'unsafe-inline'"
_HEADING = re.compile(r"h[1-6]")
_OUTSIDE = re.compile(r"(https?|mailto):")
#: From how many columns on a table is set in smaller type; its type and the other, in points.
_CROWDED = 8
_POINTS = {True: 6.8, False: 8.0}
#: Width and height of a sheet's text and the space around a table's row, in points.
_WIDTH, _HEIGHT, _PADDING = 482, 723, 5.1
#: Attributes that name ids of the same page.
_NAMING = ("aria-labelledby", "aria-describedby", "for", "headers")
_FONTS = {"Regular": (400, "normal"), "It": (400, "italic"),
          "Semibold": (600, "normal"), "Bold": (700, "normal")}  # fmt: skip


class SinglePageError(BookError):
    """The pages of a book cannot be joined; the message says why."""


@dataclass(frozen=True)
class Entry:
    """A page's place in the contents: the part that it opens or "", its depth, name and title."""

    part: str
    depth: int
    name: str
    title: str = ""


def order(content: Mapping[str, Any]) -> list[Entry]:
    """Return the pages that a table of contents names, in order, with parts and depths."""
    made = [Entry("", 0, Path(content["root"]).name)]
    parts = content.get("parts") or [{"chapters": content.get("chapters", [])}]
    for part in parts:
        caption = str(part.get("caption", ""))
        for name, depth in _listed(part.get("chapters", []), 0):
            made.append(Entry(caption, depth, name))
            caption = ""
    return made


def _listed(entries: Sequence[Mapping[str, Any]], depth: int) -> Iterator[tuple[str, int]]:
    for entry in entries:
        yield Path(str(entry["file"])).name, depth
        yield from _listed(entry.get("sections", []), depth + 1)


class _Article:
    """One page's content on its way into the single page."""

    def __init__(self, entry: Entry, book: Path) -> None:
        self.entry = entry
        path = book / f"{entry.name}.html"
        if not path.is_file():
            raise SinglePageError(f"{book} has no page {path.name}; build the book again")
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        found = soup.find("article")
        if found is None:
            raise SinglePageError(f"{path.name} has no article; build the book again")
        self.body = found
        self._trim()
        heading = self.body.find("h1")
        self.title = _text(heading) if heading else entry.name
        self.headings: list[str] = []
        self.ids = {str(tag["id"]) for tag in self.body.select("[id]")}

    def _trim(self) -> None:
        for tag in self.body.select(_NOT_FOR_PAPER):
            tag.decompose()
        selector, sentence = _ONLINE.get(self.entry.name, ("", ""))
        left_out = self.body.select(selector) if selector else []
        for tag in left_out:
            _end_sentence(tag)
            tag.decompose()
        heading = self.body.find("h1")
        if left_out and heading:
            note = BeautifulSoup(f'<p class="online">{sentence}</p>', "html.parser")
            heading.insert_after(note)

    def place(self, id: str = "") -> str:
        """Return the anchor in the single page of an id of this one, or of its beginning."""
        return f"{self.entry.name}--{id}" if id in self.ids else self.entry.name

    def _link(self, link: Tag, others: Mapping[str, _Article]) -> None:
        """Let a link lead into the single page or out of the book; a file's name stays as text."""
        address, _, id = str(link.get("href", "")).partition("#")
        page = others.get(address.removesuffix(".html")) if address else self
        if page is not None and (not address or address.endswith(".html")):
            link["href"] = f"#{page.place(id)}"
            link.attrs.pop("title", None)
        elif "file" in link.get_attribute_list("class") and not _OUTSIDE.match(address):
            _drop(link)
        elif not _OUTSIDE.match(address):
            link.append(" (online)")
            link.unwrap()

    def finish(self, others: Mapping[str, _Article], book: Path) -> str:
        """Return the page as a chapter of the single one."""
        for link in self.body.select("a[href]"):
            self._link(link, others)
        for tag in self.body.select("[id]"):
            tag["id"] = f"{self.entry.name}--{tag['id']}"
        for name in _NAMING:
            for tag in self.body.select(f"[{name}]"):
                ids = str(tag[name]).split()
                tag[name] = " ".join(f"{self.entry.name}--{id}" for id in ids)
        for image in self.body.select("img"):
            image["src"] = (book / str(image["src"])).resolve().as_uri()
            image.attrs.pop("loading", None)
        _open(self.body)
        for name in ("figure", "figcaption"):  # else each would be a picture without alternative
            for tag in self.body.select(name):
                tag.name = "div"
                tag["class"] = name
        for table in self.body.select("table"):
            table["class"] = " ".join([*table.get_attribute_list("class"), *_kinds(table)])
        for heading in self.body.find_all(_HEADING):
            heading.name = f"h{min(int(heading.name[1]) + self.entry.depth, 6)}"
            self.headings.append(_text(heading))
        style = f"page: {_page_name(self.entry.name)}"
        content = self.body.decode_contents()
        return f'<article id="{self.entry.name}" style="{style}">{content}</article>'


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _end_sentence(tag: Tag) -> None:
    """Let what announces a part that is left out end in a full stop."""
    before = tag.find_previous_sibling()
    last = list(before.strings)[-1] if before is not None and before.get_text() else None
    if last is not None and last.rstrip().endswith(":"):
        last.replace_with(last.rstrip().removesuffix(":") + ".")


def _kinds(table: Tag) -> list[str]:
    """Return how a table is set: in smaller type, and over several sheets where one is too low.

    Its height is reckoned as if every line were full, so a table that fits a sheet stays whole.
    """
    crowded = len(table.select("thead th")) >= _CROWDED
    size = _POINTS[crowded]
    full = _WIDTH / (size * 0.5)
    lines = [ceil(len(row.get_text(" ", strip=True)) / full) for row in table.select("tr")]
    height = sum(max(count, 1) * size * 1.3 + _PADDING for count in lines)
    return ["crowded"] * crowded + ["runs"] * (height > _HEIGHT)


def _drop(link: Tag) -> None:
    """Remove a link to a file with the dot before it."""
    before = link.previous_sibling
    if isinstance(before, str) and before.endswith(" · "):
        before.replace_with(before.removesuffix(" · "))
    link.decompose()


def _open(body: Tag) -> None:
    """Turn what a reader would fold out into a box that is open."""
    for details in body.select("details"):
        details.name = "div"
        details["class"] = "opened"
        details.attrs.pop("open", None)
        if details.summary:
            details.summary.name = "p"
            details.p["class"] = "opened-title"  # type: ignore[index]


def _page_name(name: str) -> str:
    return f"page-{name}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _style(articles: Sequence[_Article], edition: Edition) -> str:
    """Return the style sheet: fonts, the running heads of each chapter, and the common part."""
    folder = files("font_source_sans_pro") / "files"
    parts = []
    for name, (weight, style) in _FONTS.items():
        address = Path(str(folder / f"SourceSansPro-{name}.otf")).as_uri()
        parts.append(
            f'@font-face {{ font-family: "Book"; font-weight: {weight}; font-style: {style}; '
            f"src: url({address}); }}"
        )
    own = Path(__file__).with_name("print.css").read_text(encoding="utf-8")
    parts.append(own)
    running = _quoted(f"{about.TITLE} · edition {edition.id or 'of your own parameters'}")
    parts.append(f"@page {{ @top-left {{ content: {running}; }} }}")
    for article in articles:
        parts.append(
            f"@page {_page_name(article.entry.name)} "
            f"{{ @top-right {{ content: {_quoted(article.title)}; }} }}"
        )
    return "\n".join(parts)


def _cover(edition: Edition) -> str:
    """Return the first sheet: title, edition, day, terms and how to cite."""
    day = f"{edition.as_of.day} {edition.as_of:%B %Y}"
    id = edition.id or "of your own parameters"
    cited = (
        f"{about.AUTHORS} ({edition.as_of.year}). <cite>{about.TITLE}</cite>, "
        f"edition {escape(id)}, as known on {day}."
    )
    return f"""<header class="cover">
<p class="title">{about.TITLE}</p>
<p class="edition">Edition {escape(id)}</p>
<p class="day">As known on {day}</p>
<div class="colophon">
<p>{about.AUTHORS}</p>
<p>{about.TERMS}</p>
<p>To cite: {cited}</p>
<p>Every number in the text is a link to what it is and how it was computed.
The files behind figures and tables, the code and the rows stand beside the online book.</p>
</div>
</header>"""


def _contents(articles: Sequence[_Article], sheets: Mapping[str, int]) -> str:
    """Return the contents, with the sheet on which each page begins where it is known."""
    lines = []
    for article in articles:
        entry = article.entry
        if entry.part:
            lines.append(f'<li class="part">{escape(entry.part)}</li>')
        sheet = sheets.get(entry.name, "")
        lines.append(
            f'<li class="depth-{entry.depth}"><a href="#{entry.name}">'
            f'<span>{escape(article.title)}</span> <span class="sheet">{sheet}</span></a></li>'
        )
    listed = "\n".join(lines)
    return f'<nav class="contents" id="contents"><h1>{_CONTENTS}</h1>\n<ul>\n{listed}\n</ul></nav>'


class SinglePage:
    """The whole book as one page, whose contents are told the numbers of the sheets later."""

    def __init__(self, book: Path, edition: Edition, content: Mapping[str, Any]) -> None:
        """Read the finished pages in the folder `book` that the table of contents names."""
        self.edition = edition
        self.articles = [_Article(entry, book) for entry in order(content)]
        self.names = [article.entry.name for article in self.articles]
        others = {article.entry.name: article for article in self.articles}
        self._body = "\n".join(article.finish(others, book) for article in self.articles)
        self._style = _style(self.articles, edition)
        own = [text for article in self.articles for text in article.headings]
        self.headings = [_CONTENTS, *own]

    def html(self, sheets: Mapping[str, int]) -> str:
        """Return the page; `sheets` gives the number of the sheet on which each page begins."""
        return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{about.TITLE}</title>
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<style>
{self._style}
</style></head><body>
{_cover(self.edition)}
{_contents(self.articles, sheets)}
<main>
{self._body}
</main>
</body></html>
"""
