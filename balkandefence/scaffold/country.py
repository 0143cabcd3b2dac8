"""A country besides the six: what it takes before an edition may choose it.

Its page then says what the tables hold on it and names as a gap what they do not.
"""

from __future__ import annotations

import csv
import io
import re

from balkandefence import editions, paths, style
from balkandefence.scaffold import ScaffoldError, known_source, wanting, write

_ALSO = re.compile(r"  also: \[(.+)\]")
#: Colours for lines that have none yet; each differs from those in use.
_SPARE = ("#a0522d", "#4f7f3a", "#5a6fb0", "#b0578f", "#7a6a2f", "#2f6f6f", "#8c564b", "#556b2f")
_PLAIN = re.compile(r"[^,\"\n]{2,}")


def _rows() -> list[dict[str, str]]:
    text = (paths.data() / "countries.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _parameters(iso3: str) -> str:
    """Return parameters.yml in which the book may be about the country and bring it forward."""
    lines = (paths.editions() / "parameters.yml").read_text(encoding="utf-8").split("\n")
    for name in ("countries", "highlight"):
        begin = lines.index(f"{name}:")
        role = next(n for n in range(begin, len(lines)) if lines[n].startswith("  role:"))
        found = _ALSO.fullmatch(lines[role + 1])
        codes = [*found[1].split(", "), iso3] if found else [iso3]
        lines[role + 1 : role + (2 if found else 1)] = [f"  also: [{', '.join(sorted(codes))}]"]
    return "\n".join(lines)


def _table(rows: list[dict[str, str]]) -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["iso3"]))
    return made.getvalue()


def _colours(iso3: str) -> str | None:
    """Return style.py with a colour for the country, None where it has one."""
    if iso3 in style.COUNTRY:
        return None
    free = [colour for colour in _SPARE if colour not in style.COUNTRY.values()]
    if not free:
        raise ScaffoldError(f"no spare colour is left for {iso3}; add one to COUNTRY in style.py")
    text = (paths.root() / "balkandefence" / "style.py").read_text(encoding="utf-8")
    begin = text.index("COUNTRY = {")
    end = text.index("\n}\n", begin)
    return f'{text[:end]}\n    "{iso3}": "{free[0]}",{text[end:]}'


def new(
    iso3: str, *, name: str = "", short_name: str = "", source: str = "", note: str = ""
) -> list[str]:
    """Let editions choose a country; return the files that were changed.

    A code that is in countries.csv keeps its row. Raises ScaffoldError for a malformed code, one
    that can be chosen already or is no state, and for a new code without name and source.
    """
    if not re.fullmatch(r"[A-Z]{3}", iso3):
        raise ScaffoldError(f"{iso3!r} is no country's code: three capitals of ISO 3166, as GRC")
    rows = _rows()
    row = next((row for row in rows if row["iso3"] == iso3), None)
    is_new = row is None
    if row is None:
        wanting({"--name": name, "--short-name": short_name, "--source": source})
        for given in (name, short_name):
            if not _PLAIN.fullmatch(given):
                raise ScaffoldError(f"{given!r} is no name: two letters or more, without commas")
        row = dict.fromkeys(rows[0], "") | {
            "iso3": iso3, "name": name, "short_name": short_name, "kind": "state",
            "role": "other", "source": known_source(source), "note": note,
        }  # fmt: skip
        rows.append(row)
    elif iso3 in editions.declarations()["countries"].codes():
        raise ScaffoldError(f"{iso3} can be chosen already: --param 'countries=[…, {iso3}]'")
    elif row["kind"] != "state":
        raise ScaffoldError(f"{iso3} is no state but {row['kind']}: {row['name']}")
    changed = {paths.editions() / "parameters.yml": _parameters(iso3)}
    if is_new:
        changed[paths.data() / "countries.csv"] = _table(rows)
    if colours := _colours(iso3):
        changed[paths.root() / "balkandefence" / "style.py"] = colours
    return write({}, changed)
