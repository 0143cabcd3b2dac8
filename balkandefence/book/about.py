"""The page "This edition": what was chosen, what was read, how to prove it and how to cite it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from balkandefence import editions, tables
from balkandefence.book import archive, record
from balkandefence.editions import Edition

TITLE = "Defence in the Western Balkans"
AUTHORS = "The authors of Defence in the Western Balkans"
TERMS = "Text and figures CC BY 4.0, code MIT, data as the Data page says."
#: Kinds of a record that count what was published, with the words for one and for several.
_COUNTED = {
    "numbers": ("number", "numbers"),
    "figures": ("figure", "figures"),
    "tables": ("table", "tables"),
    "verdicts": ("verdict", "verdicts"),
}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _parameters(edition: Edition) -> str:
    """Return what was chosen for every page, and below it what one page alone has."""
    lines = ["| Parameter | Value | Meaning |", "|:--|:--|:--|"]
    for page_ in ("", *editions.scopes()):
        values = edition.told(page_) if page_ else edition.parameters
        for name, declared in editions.declarations(page_).items():
            alone = f" For the page {page_} alone." if page_ else ""
            shown = _shown(values[name])
            lines.append(f"| `{name}` | {shown} | {declared.description.strip()}{alone} |")
    return "\n".join(lines)


def _inputs(found: Mapping[str, Any]) -> str:
    lines = ["| Table | Rows known | SHA-256 of the rows | SHA-256 of the description |",
             "|:--|--:|:--|:--|"]  # fmt: skip
    for name, table in found.items():
        title = tables.sidecar(name).title.replace("|", "\\|")
        digests = (f"`{table[kind][:16]}`" for kind in ("sha256", "sidecar"))
        lines.append(f"| [{title}](#table-{name}) | {table['rows']:,} | {' | '.join(digests)} |")
    return "\n".join(lines)


def _packages() -> str:
    found = record.pins()
    lines = [f"- {name} {' or '.join(versions)}" for name, versions in sorted(found.items())]
    listed = "\n".join(lines)
    return f"````{{dropdown}} Packages of the lock file ({len(lines)})\n{listed}\n````"


def counts(made: record.Record) -> str:
    """Return in words how much an edition publishes."""
    parts = []
    for kind, (one, many) in _COUNTED.items():
        count = len(made[kind])
        if count:
            parts.append(f"{count:,} {one if count == 1 else many}")
    guards = sum(len(sentences) for sentences in made["guards"].values())
    parts.append(f"{guards} guarded sentence{'' if guards == 1 else 's'}")
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else parts[0]


def _verifying(id: str) -> str:
    if id not in editions.ids():
        return (
            "The parameters of this copy were chosen by hand, so there is no edition to verify it "
            "against.\nThe command that made it, given again, gives the same bytes."
        )
    return f"""In a fresh copy of the repository:

```bash
make verify ID={id}
make verify ID={id} PUBLISHED=FOLDER
make verify ID={id} PUBLISHED={archive.name(id)}
```

The first line installs the packages of the lock file, builds this edition from nothing in a clean place and compares it with the record that the repository keeps of it.
The second also compares it, file by file, with a folder that was published, such as a copy of this one.
The third does so with the archive that stands beside the editions.
Each difference is named, as before and after, with its likely cause."""  # noqa: E501


def citations(edition: Edition) -> dict[str, str]:
    """Return how to cite an edition, in each of the usual formats."""
    id, day = edition.id, edition.as_of
    note = f"As known on {day.day} {day:%B %Y}"
    return {
        "BibTeX": f"""@book{{defence-western-balkans-{id.split(" ")[0] or "own"},
  author  = {{{{{AUTHORS}}}}},
  title   = {{{TITLE}}},
  edition = {{{id}}},
  year    = {{{day.year}}},
  note    = {{{note}}},
}}""",
        "RIS": f"""TY  - BOOK
AU  - {AUTHORS}
TI  - {TITLE}
ET  - {id}
PY  - {day.year}
DA  - {day:%Y/%m/%d}
N1  - {note}
ER  - """,
        "CFF": f"""cff-version: 1.2.0
message: Please cite the edition that you used.
title: {TITLE}
type: dataset
version: "{id}"
date-released: {day.isoformat()}
authors:
  - name: {AUTHORS}
license: [MIT, CC-BY-4.0]""",
    }


def page(edition: Edition, made: record.Record) -> str:
    """Return the page's content as MyST."""
    day = f"{edition.as_of.day} {edition.as_of:%B %Y}"
    id = edition.id or "of your own parameters"
    languages = {"BibTeX": "bibtex", "RIS": "text", "CFF": "yaml"}
    cited = "\n\n".join(
        f"### {name}\n\n```{languages[name]}\n{text.rstrip()}\n```"
        for name, text in citations(edition).items()
    )
    return f"""Edition **{id}** says what was known on **{day}**.
It publishes {counts(made)}.
All of that stands, with hashes, in <a href="{record.NAME}" download>the edition's record</a>.

## What was chosen

{_parameters(edition)}

## What was read

Rows known on {day}, and the beginning of the hash of each file; the record has it whole.
The hash of the rows is that of the file which the Data page offers.

{_inputs(made["inputs"])}

## What it was made with

Python 3.11 to 3.13, and these packages, each pinned with its hash in the lock file.

{_packages()}

## How to verify it

{_verifying(edition.id)}

## How to cite it

{cited}"""
