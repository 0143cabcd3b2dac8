"""A small checkout in a temporary folder, in which a test can break one thing at a time.

`project` is the checkout; the package is pointed at it. It holds three tables, one of each clock:
`countries` (static), `spending` (releases) and `events` (known_from).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from balkandefence import MIME, publishing

REPOSITORY = Path(__file__).resolve().parents[1]

REFERENCES = """\
@misc{atlas,
  title     = {An Atlas of Štip},
  publisher = {Maps \\& Sons},
  date      = {2020-05},
  url       = {https://example.org/atlas_1},
  urldate   = {2026-11-21},
}

@misc{ledger-2024, title = {Ledger}, publisher = {Counters}, date = {2024-04-30}}

@misc{gazette, title = {{[Two {drones} for \\$3 m, 5\\% down]}}, publisher = {Gazette}}
"""

PARAMETERS = """\
as_of: {type: date, description: Day of knowledge., minimum: 2024-04-30, maximum: 2026-11-21,
        default: 2026-11-21}
first_year: {type: year, description: First., minimum: 2006, maximum: 2025, default: 2006}
last_year: {type: year, description: Last., minimum: 2007, maximum: 2026, default: 2025}
countries: {type: countries, role: western_balkans, description: The six., minimum: 2,
            default: [SRB, ALB, XKX]}
comparators: {type: countries, role: comparator, description: For scale., minimum: 0,
              default: [HRV]}
price_basis: {type: choice, choices: [constant, current], description: Prices., default: constant}
highlight: {type: country, role: western_balkans, description: Brought forward., default: SRB}
"""

EDITION = """\
title: November 2026
as_of: 2026-11-21
first_year: 2006
last_year: 2025
countries: [SRB, ALB, XKX]
comparators: [HRV]
price_basis: constant
highlight: SRB
"""

_HEAD = """\
name: {name}
title: Table of {name}
description: Made by hand.
row: One row.
credit: Credit of {name}
processing: None.
coverage: Little.
compiled: 2026-11-21
clock: {clock}
redistribute: rows
licenses: [{{name: CC0-1.0, title: None}}]
sources: [{{title: Atlas, key: atlas}}]
schema:
  primaryKey: {key}
  fields:
{fields}
{more}"""

COUNTRIES = """\
iso3,short_name,role,source
SRB,Serbia,western_balkans,atlas
ALB,Albania,western_balkans,atlas
XKX,Kosovo,western_balkans,atlas
HRV,Croatia,comparator,atlas
EST,Estonia,comparator,atlas
"""

SPENDING = """\
iso3,year,release,amount_usd_millions,estimated,basis,source
SRB,2023,2024-04-30,2000.5,yes,budget,ledger-2024;atlas
SRB,2023,2025-04-30,2100,no,outturn,atlas
SRB,2024,2025-04-30,2400,,,atlas
ALB,2024,2025-04-30,,no,budget,atlas
"""

EVENTS = """\
event_id,countries,date_start,date_end,known_from,outcome,people_count,source
E1,SRB;ALB,2023-06-01,2023-06,2023-06-02,settled,12,atlas
E2,XKX,2024-05,2025-02-03,2024-05-20,agreed,,gazette
E3,,2025,,,,3,gazette
"""

_FIELDS = {
    "countries": """\
  - {name: iso3, type: string, constraints: {required: true, unique: true, pattern: '[A-Z]{3}'}}
  - {name: short_name, type: string, constraints: {required: true}}
  - {name: role, type: string, constraints: {enum: [western_balkans, comparator]}}
""",
    "spending": """\
  - {name: iso3, type: string, constraints: {required: true}}
  - {name: year, type: year, constraints: {required: true, minimum: 2000, maximum: 2025}}
  - {name: release, type: date, constraints: {required: true, minimum: 2024-01-01}}
  - {name: amount_usd_millions, type: number, unit: million US dollars,
     constraints: {minimum: 5, maximum: 9000}}
  - {name: estimated, type: boolean}
  - {name: basis, type: string, constraints: {enum: [budget, outturn]}}
""",
    "events": """\
  - {name: event_id, type: string, constraints: {required: true, pattern: 'E\\d'}}
  - {name: countries, type: list, constraints: {enum: [SRB, ALB, XKX, MKD]}}
  - {name: date_start, type: partial-date, constraints: {required: true, minimum: '1999'}}
  - {name: date_end, type: partial-date, constraints: {maximum: '2026'}}
  - {name: known_from, type: date}
  - {name: outcome, type: string}
  - {name: people_count, type: integer, unit: people, constraints: {minimum: 0}}
""",
}

_CLOCKS = {
    "countries": "{kind: static}",
    "spending": "{kind: release, column: release}",
    "events": "{kind: known_from, column: known_from,"
    " later: [{when: date_end, clear: [date_end, outcome]}]}",
}

_KEYS = {"countries": "[iso3]", "spending": "[iso3, year, release]", "events": "[event_id]"}

_LINK = "  foreignKeys: [{{fields: {0}, reference: {{resource: countries, fields: iso3}}}}]\n"

_MORE = {
    "countries": "",
    "spending": _LINK.format("iso3"),
    "events": _LINK.format("countries") + "  ordered: [[date_start, date_end]]\n",
}


def _sidecar(name: str) -> str:
    source = "  - {name: source, type: keys, constraints: {required: true}}"
    told = (_FIELDS[name] + source).replace("type:", "title: T, description: D., type:")
    return _HEAD.format(
        name=name, clock=_CLOCKS[name], key=_KEYS[name], fields=told, more=_MORE[name]
    )


class Content(dict[str, Any]):
    """What a sidecar says."""

    def field(self, name: str) -> dict[str, Any]:
        """Return the declaration of one column."""
        return next(f for f in self["schema"]["fields"] if f["name"] == name)


class Project:
    """A checkout to be altered; every alteration makes sure that it alters something."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, file: str, text: str | bytes) -> Path:
        """Write a file, as UTF-8 with bare line feeds where it is text."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def replace(self, file: str, *changes: tuple[str, str]) -> None:
        """Replace texts in a file, each where it stands first."""
        text = (self.root / file).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{old!r} is not in {file}"
            text = text.replace(old, new, 1)
        self.write(file, text)

    def sidecar(self, table: str, change: Callable[[Content], object]) -> None:
        """Let `change` alter the content of a table's sidecar."""
        path = self.root / f"data/{table}.yml"
        content = Content(yaml.safe_load(path.read_text(encoding="utf-8")))
        before = yaml.safe_dump(dict(content))
        change(content)
        after = yaml.safe_dump(dict(content))
        assert after != before, "the sidecar is as it was"
        self.write(f"data/{table}.yml", after)

    def remove(self, file: str) -> None:
        """Delete a file."""
        (self.root / file).unlink()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Make a small, faultless checkout and point the package at it."""
    made = Project(tmp_path)
    tables = {"countries": COUNTRIES, "spending": SPENDING, "events": EVENTS}
    for name, rows in tables.items():
        made.write(f"data/{name}.csv", rows)
        made.write(f"data/{name}.yml", _sidecar(name))
    made.write("references.bib", REFERENCES)
    made.write("editions/parameters.yml", PARAMETERS)
    made.write("editions/2026.11.0.yml", EDITION)
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(tmp_path))
    monkeypatch.delenv("BALKANDEFENCE_CHECKED", raising=False)
    return made


class Shown(list[dict[str, Any]]):
    """What a notebook showed."""

    @property
    def record(self) -> dict[str, Any]:
        """Return the record of the one thing that was shown."""
        (shown,) = self
        found: dict[str, Any] = shown[MIME]
        return found


@pytest.fixture
def published(project: Project, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Begin an edition of 30 June 2025 in the small checkout; return what is shown from then on."""
    shown = Shown()
    monkeypatch.setattr(publishing, "display", lambda made, raw: shown.append(made))
    monkeypatch.setattr(publishing, "_current", None)
    publishing.begin(SimpleNamespace(id="2026.11.0", as_of=dt.date(2025, 6, 30)))
    return shown


@pytest.fixture
def repository() -> Path:
    """Return the root of the real checkout."""
    return REPOSITORY
