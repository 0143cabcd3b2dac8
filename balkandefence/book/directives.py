"""The Sphinx extension: published figures and tables as numbered, accessible page elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

#: From how many rows on a table gets a box of its own, with sorting and a filter.
_LONG = 25
#: Letters from which on a cell's text needs a wide column to be read.
_WORDS = 45

#: Cells that no line may break: a date, a rank.
_WHOLE = re.compile(r"\d{4}-\d{2}(-\d{2})?|\d+ of \d+")


class picture(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801 (docutils' custom)
    """An image with a wide and a narrow drawing of the same chart."""


def _open_picture(writer: Any, node: picture) -> None:
    stem, alt = node["stem"], writer.attval(node["alt"])
    sizes = node["sizes"]
    wide, narrow = (f' width="{size[0]}" height="{size[1]}"' if size else "" for size in sizes)
    writer.body.append(
        f'<picture><source media="(max-width: 600px)" srcset="{stem}-narrow.svg"{narrow}>'
        f'<img src="{stem}.svg" alt="{alt}"{wide} loading="lazy"></picture>'
    )
    raise nodes.SkipNode


def _skip(writer: Any, node: nodes.Node) -> None:
    raise nodes.SkipNode


def _link(text: str, address: str, label: str) -> nodes.reference:
    link = nodes.reference("", text, refuri=address, internal=False)
    link["classes"].append("file")
    link["reftitle"] = label
    return link


def _separated(parts: list[list[nodes.Node]]) -> list[nodes.Node]:
    joined: list[nodes.Node] = []
    for part in parts:
        if joined:
            joined.append(nodes.Text(" · "))
        joined += part
    return joined


class _Published(SphinxDirective):
    """What both directives share: the record that staging left for `page/id`."""

    required_arguments = 1
    has_content = False
    kind = ""

    def record(self) -> dict[str, Any]:
        """Return what staging left for this figure or table."""
        page, _, id = self.arguments[0].partition("/")
        self.env.note_dependency(str(_file(self.env.app, page)))
        return dict(_published(self.env.app, page)[f"{self.kind}/{id}"])

    @property
    def label(self) -> str:
        """Return the target that references name."""
        return f"{self.kind}-{self.arguments[0].replace('/', '-')}"

    def register(self, node: nodes.Element) -> None:
        """Make the element a target for references and for numbering."""
        node["names"].append(self.label)
        node["ids"].append(self.label)
        self.state.document.note_explicit_target(node, node)

    def inline(self, text: str) -> list[nodes.Node]:
        """Return a text parsed as the page's own, for captions."""
        parsed, messages = self.state.inline_text(text, self.lineno)
        return [*parsed, *messages]


class PublishedFigure(_Published):
    """`{published-figure} page/id`: picture, caption, source line and links to the files."""

    kind = "figure"

    def run(self) -> list[nodes.Node]:
        """Return the page elements."""
        record = self.record()
        stem = f"figures/{self.arguments[0]}"
        figure = nodes.figure("", classes=["published"])
        figure += picture(stem=stem, alt=record["alt"], sizes=record["sizes"])
        figure += nodes.caption("", "", *self.inline(record["caption"]))
        legend = nodes.legend()
        name = record["title"]
        parts: list[list[nodes.Node]] = [
            [nodes.Text(f"Source: {record['source']}")],
            [_link("SVG", f"{stem}.svg", f"{name} (SVG)")],
            [_link("PNG", f"{stem}.png", f"{name} (PNG)")],
            [_link("CSV", f"{stem}.csv", f"{name} (data, CSV)")],
        ]
        if record["function"]:
            short = record["function"].removeprefix("balkandefence.measures.")
            parts.append([_link("Method", f"methods.html#{_anchor(short)}", f"How {name}")])
        legend += nodes.paragraph("", "", *_separated(parts), classes=["source"])
        figure += legend
        self.register(figure)
        return [figure]


def _anchor(function: str) -> str:
    return "method-" + function.removeprefix("balkandefence.").replace(".", "-").replace("_", "-")


class PublishedTable(_Published):
    """`{published-table} page/id`: caption, header with units, rows, source line and link."""

    kind = "table"

    def run(self) -> list[nodes.Node]:
        """Return the page elements."""
        record = self.record()
        headings = record["headings"]
        long = len(record["rows"]) >= _LONG
        table = nodes.table(classes=["published", "long"] if long else ["published"])
        table += nodes.title("", "", *self.inline(record["caption"]))
        # The cells as text: thousands of nodes would each be looked at again and again.
        numbers = [["number"] if heading["numeric"] else [] for heading in headings]
        columns = zip(*record["rows"], strict=True) if record["rows"] else [()] * len(headings)
        rooms = [_room(heading, cells) for heading, cells in zip(headings, columns, strict=True)]
        looks = [number + room for number, room in zip(numbers, rooms, strict=True)]
        head = _row("th", map(_heading, headings), looks)
        marked = [*looks[:1], *numbers[1:]]
        known = record["sources"]
        body = [
            _row("td", [_cell(c, h, known) for c, h in zip(cells, headings, strict=True)], marked)
            for cells in record["rows"]
        ]
        html = f"<thead>\n{head}</thead>\n<tbody>\n{''.join(body)}</tbody>\n"
        table += nodes.raw("", html, format="html")
        self.register(table)
        parts: list[list[nodes.Node]] = [
            [nodes.Text(f"Source: {record['source']}")],
            [_link("CSV", f"tables/{self.arguments[0]}.csv", f"{record['caption']} (data, CSV)")],
        ]
        if record["function"]:
            short = record["function"].removeprefix("balkandefence.measures.")
            address = f"methods.html#{_anchor(short)}"
            parts.append([_link("Method", address, "How this table was made")])
        if record["note"]:
            parts.insert(0, [nodes.Text(record["note"])])
        return [table, nodes.paragraph("", "", *_separated(parts), classes=["source"])]


def _heading(heading: dict[str, Any]) -> str:
    """Return a column's label with its unit."""
    unit = f' <span class="unit">{escape(heading["unit"])}</span>' if heading["unit"] else ""
    return escape(heading["label"]) + unit


def _room(heading: dict[str, Any], column: Sequence[Any]) -> list[str]:
    """Return the class of a column that needs more room than its share, or less."""
    if heading["keys"]:
        return ["sources"]
    return ["words"] if max((len(str(cell)) for cell in column), default=0) > _WORDS else []


def _cell(value: Any, heading: dict[str, Any], known: Mapping[str, Sequence[str]]) -> str:
    """Return a cell's text, or the links of its sources."""
    if not heading["keys"]:
        return escape(str(value))
    found = [map(escape, known[key]) for key in value if key in known]
    return " · ".join(
        f'<a class="reference external" href="{url}" title="{title}">{short}</a>'
        for url, title, short in found
    )


def _row(tag: str, cells: Iterable[str], looks: Iterable[list[str]]) -> str:
    """Return a table row, its first cell a header, each cell with the classes of its column."""
    made = []
    for number, (content, look) in enumerate(zip(cells, looks, strict=True)):
        kinds = [*look, "whole"] if _WHOLE.fullmatch(content) else look
        named = f' class="{" ".join(kinds)}"' if kinds else ""
        scope = "col" if tag == "th" else "row" if number == 0 else ""
        kind = f'th scope="{scope}"' if scope else tag
        made.append(f"<{kind}{named}>{content}</{kind[:2]}>")
    return f"<tr>{''.join(made)}</tr>\n"


@lru_cache(maxsize=64)
def _left(path: Path, _stamp: int) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _file(app: Sphinx, page: str) -> Path:
    return Path(app.srcdir) / "exhibits" / f"{page}.json"


def _published(app: Sphinx, page: str) -> dict[str, Any]:
    """Return what staging left for a page; nothing where it left nothing."""
    path = _file(app, page)
    return _left(path, path.stat().st_mtime_ns) if path.is_file() else {}


def _linked_data(app: Sphinx, page: str, _: str, context: dict[str, Any], __: object) -> None:
    """Put a page's linked data (schema.org) into its head."""
    for data in _published(app, page).get("linked_data", []):
        text = json.dumps(data, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")
        context["metatags"] += f'\n<script type="application/ld+json">{text}</script>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the picture element."""
    app.add_node(picture, html=(_open_picture, None), latex=(_skip, None), text=(_skip, None))
    app.add_directive("published-figure", PublishedFigure)
    app.add_directive("published-table", PublishedTable)
    app.connect("html-page-context", _linked_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
