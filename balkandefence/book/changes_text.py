"""What changed, as text for a terminal, as Markdown, as JSON, and as a page of the book."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

from balkandefence import editions
from balkandefence.book import changes, countries, figure_pairs, record
from balkandefence.book.changes import CLASSES, FIRST, KINDS, Change
from balkandefence.book.figure_pairs import Picture
from balkandefence.book.record import Record
from balkandefence.editions import Edition

#: The rule of the order, told wherever the order is shown.
RULE = (
    "First the verdicts and the numbers of the front page, then by relative change: "
    "the difference divided by the larger of the two values, "
    "and of a text the part of its words that differs."
)
_NONE = "Nothing that the editions publish differs."


def _counts(found: Iterable[Change]) -> dict[str, dict[str, int]]:
    """Return how many changes there are by kind and class."""
    counted = Counter((change.kind, change.cause) for change in found)
    return {
        kind: {cause: counted[kind, cause] for cause in CLASSES if counted[kind, cause]}
        for kind in KINDS.values()
        if any(counted[kind, cause] for cause in CLASSES)
    }


def _sentence(change: Change) -> str:
    if change.how == "added":
        return f"added: {change.after}"
    if change.how == "removed":
        return f"removed: {change.before}"
    return f"{change.before} → {change.after}"


def as_text(first: str, second: str, found: list[Change]) -> str:
    """Return the changes for a terminal: counts, the twenty that matter first, the rest."""
    lines = [f"From edition {first} to {second}: {len(found)} changes"]
    for kind, causes in _counts(found).items():
        told = ", ".join(f"{count} {cause}" for cause, count in causes.items())
        lines.append(f"  {kind}: {told}")
    if not found:
        return f"From edition {first} to {second}: {_NONE[0].lower()}{_NONE[1:]}"
    for title, part in ((RULE, found[:FIRST]), ("The rest", found[FIRST:])):
        if part:
            lines += ["", title]
        for change in part:
            lines.append(f"- {change.kind} {change.id} ({change.what}): {_sentence(change)}")
            lines.append(f"    {change.cause}: {change.why}")
    return "\n".join(lines)


def as_json(first: str, second: str, found: list[Change]) -> str:
    """Return the changes for another program."""
    content = {
        "before": first,
        "after": second,
        "order": RULE,
        "counts": _counts(found),
        "changes": [{**asdict(change), "how": change.how} for change in found],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def _cell(text: object) -> str:
    plain = " ".join(str(text).split())
    for sign in "\\`*_{}[]<>$|#~":
        plain = plain.replace(sign, f"\\{sign}")
    return plain or "–"


def _table(found: list[Change], links: Mapping[str, str]) -> str:
    lines = ["| What | Before | After | Why |", "|:--|:--|:--|:--|"]
    for change in found:
        after = _cell(change.after)
        anchor = links.get(f"{change.kind}/{change.id}")
        if anchor and change.after:
            after = f"[{after}](#{anchor})"
        page = change.id.partition("/")[0]
        what = change.what if change.what == page else f"{countries.shown(page)}: {change.what}"
        why = f"*{change.cause.capitalize()}.* {_cell(change.why)}"
        cells = (_cell(what), _cell(change.before), after, why)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _summary(found: list[Change]) -> str:
    lines = [f"| | {' | '.join(CLASSES)} |", "|:--|" + "--:|" * len(CLASSES)]
    for kind, causes in _counts(found).items():
        shown = " | ".join(str(causes.get(cause, "–")) for cause in CLASSES)
        lines.append(f"| {kind.capitalize()}s | {shown} |")
    return "\n".join(lines)


def _body(found: list[Change], links: Mapping[str, str], figures: str = "") -> str:
    if not found:
        return _NONE
    parts = [
        _summary(found),
        f"## What matters first\n\n{RULE}",
        _table(found[:FIRST], links),
        *([figures] if figures else []),
    ]
    for kind in KINDS.values():
        rest = [change for change in found[FIRST:] if change.kind == kind]
        if rest:
            parts.append(f"## Other {kind}s\n\n{_table(rest, links)}")
    return "\n\n".join(parts)


def as_markdown(first: str, second: str, found: list[Change]) -> str:
    """Return the changes as Markdown that stands alone."""
    return f"# From edition {first} to {second}\n\n{_body(found, {})}"


def _links(made: Record) -> dict[str, str]:
    """Return the anchor in the book of everything that its record names."""
    return {
        f"{KINDS[kind]}/{id}": f"{prefix}-{id.replace('/', '-')}"
        for kind, prefix in (("numbers", "num"), ("figures", "figure"), ("tables", "table"))
        for id in made[kind]
    }


def page(edition: Edition, made: Record, pictures: Mapping[str, Picture] | None = None) -> str:
    """Return the page's content as MyST; it needs the record of the edition before.

    `pictures` holds the edition's figures by page and id; those that changed are shown in pairs.
    """
    if edition.id not in editions.ids():
        return "The parameters of this copy were chosen by hand, so no edition came before it."
    before = changes.previous(edition.id)
    if before is None:
        return "This is the first edition, so there is nothing to compare it with."
    if not record.file(before).is_file():
        return (
            f"Edition {before} came before this one.\n"
            "Its record is not in the repository, so this page cannot say what changed."
        )
    recorded = record.of_edition(before)
    found = changes.compare(recorded, made)
    figures = figure_pairs.section(found, recorded, made, pictures or {})
    earlier = editions.load(before)
    day = f"{earlier.as_of.day} {earlier.as_of:%B %Y}"
    head = f"The edition before is {before}, which says what was known on {day}."
    return f"{head}\n\n{_body(found, _links(made), figures)}"


_FORMATS = {"text": as_text, "markdown": as_markdown, "json": as_json}


def formatter(name: str) -> Callable[[str, str, list[Change]], str]:
    """Return what shows changes in a format; ChangesError names the formats there are."""
    if name not in _FORMATS:
        raise changes.ChangesError(f"format {name!r} is not known; it can be {', '.join(_FORMATS)}")
    return _FORMATS[name]
