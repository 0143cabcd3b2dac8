"""A new claim: an entry in the ledger, a function that tests it, and a test of that function.

It begins with what one table says; authors add other bases to the function from there.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from balkandefence import CURRENT, atomic, editions, paths, tables
from balkandefence.claims import ledger, rule
from balkandefence.claims.evidence import Evidence, Known
from balkandefence.claims.ledger import Claim
from balkandefence.claims.lookup import looked_up
from balkandefence.claims.rule import Verdict
from balkandefence.scaffold import ScaffoldError, known_source, wanting

_FUNCTION = '''

@tests_claim
def {name}(claim: Claim, known: Known) -> list[Evidence]:
    """{title}."""
    return looked_up(
        claim,
        known,
        {table},
{column}        where={{
{where}
        }},
    )
'''

_HEAD = '''"""Claims about {theme}."""

from __future__ import annotations

from balkandefence.claims.evidence import Evidence, Known
from balkandefence.claims.ledger import Claim, tests_claim
'''
_IMPORT = "from balkandefence.claims.lookup import looked_up\n"
_LEDGER = re.compile(r"^from balkandefence\.claims\.ledger import .+\n", re.MULTILINE)

_TEST = """

def test_{name}_has_the_verdict_it_began_with(outcome: Outcomes) -> None:
    found = outcome({id}, {day})
    assert found.verdict.word == {word}
    assert found.tables == ({table},)
"""

_TEST_HEAD = '''"""The claims about {theme}, on the project's own tables."""

from __future__ import annotations

from tests.claims.conftest import Outcomes
'''

#: How a number of a table can be compared with the quoted one; a place among others cannot.
_RELATIONS = ("equal", "at_least", "at_most", "more_than")
#: How a value that a row must hold is read, by the type of its column.
_VALUES: dict[str, Callable[[str], Any]] = {
    "string": str, "year": int, "integer": int, "boolean": {"yes": True, "no": False}.__getitem__,
}  # fmt: skip
#: The option by which an author says what a field of the entry holds.
_OPTIONS = {"said_by": "--said-by", "reported_in": "--source", "test": "the id"}


@dataclass(frozen=True)
class Made:
    """What was written for a claim, and the verdict with which it begins."""

    files: list[str]
    verdict: Verdict


def _theme(id: str, theme: str) -> tuple[str, str]:
    """Return a claim's theme and what its function is called."""
    themes = get_args(ledger.Theme)
    first, _, rest = id.partition("-")
    theme = theme or first
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", id):
        raise ScaffoldError(f"{id!r}: use lower-case words joined by '-', such as spending-lead")
    if theme not in themes:
        raise ScaffoldError(f"{id!r}: name the theme by --theme, one of {', '.join(themes)}")
    if id in [claim.id for claim in ledger.load()]:
        raise ScaffoldError(f"{id!r} is in data/claims.yml already")
    name = (rest if theme == first else id).replace("-", "_")
    return theme, f"in_{name}" if name[0].isdigit() else name


def _nearest(given: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"


def _column(described: tables.Sidecar, name: str, option: str) -> tables.Column:
    known = [column.name for column in described.columns]
    if name not in known:
        hint = _nearest(name, known)
        raise ScaffoldError(f"{option}: table {described.name} has no column {name!r}; {hint}")
    return described.column(name)


def _where(described: tables.Sidecar, given: Sequence[str]) -> dict[str, Any]:
    """Return by column what a row must hold, of the column's own type."""
    where: dict[str, Any] = {}
    for text in given:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not value:
            raise ScaffoldError(f"--where {text!r}: expected COLUMN=VALUE, such as iso3=SRB")
        kind = _column(described, name, "--where").type
        try:
            where[name] = _VALUES[kind](value)
        except KeyError as error:
            expected = "yes or no" if kind == "boolean" else "a column of words, years or counts"
            raise ScaffoldError(f"--where {text!r}: expected {expected}") from error
        except ValueError as error:
            raise ScaffoldError(f"--where {text!r}: {name} holds whole numbers") from error
    return where


def _table(name: str, column: str, relation: str) -> tables.Sidecar:
    try:
        described = tables.sidecar(name)
    except tables.SidecarError as error:
        raise ScaffoldError(f"--table: {error}") from error
    if described.format != "csv":
        raise ScaffoldError(f"--table {name}: a map has no rows that could say it")
    if column and _column(described, column, "--column").type not in ("integer", "number"):
        raise ScaffoldError(f"--column {column}: it holds no numbers; leave it out to count rows")
    if column and relation == "is_true":
        raise ScaffoldError("--column: say the number that was quoted by --value")
    return described


def _claim(entry: Mapping[str, Any]) -> Claim:
    """Return an entry as the ledger reads it; refuse it in the words of the options."""
    try:
        return Claim.model_validate(entry)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            field = str(fault["loc"][0]) if fault["loc"] else ""
            option = _OPTIONS.get(field, f"--{field.replace('_', '-')}" if field else "the claim")
            faults.append(f"{option}: {fault['msg'].removeprefix('Value error, ')}")
        raise ScaffoldError("\n".join(faults)) from error


def _evidence(claim: Claim, known: Known, table: str, column: str,
              where: Mapping[str, Any]) -> list[Evidence]:  # fmt: skip
    try:
        found = looked_up(claim, known, table, column, where=where)
    except ValueError as error:
        key = [name for name in tables.sidecar(table).table_schema.primaryKey if name not in where]
        hint = f", such as {key[0]}=…" if key else ""
        raise ScaffoldError(f"table {table}: {error}; say more by --where{hint}") from error
    if all(row.number is None for row in found):
        told = ", ".join(f"{name} is {value}" for name, value in where.items())
        raise ScaffoldError(f"table {table}: no row says it where {told}")
    return found


def _appended(path: Path, head: str, text: str) -> str:
    before = path.read_text(encoding="utf-8") if path.is_file() else head
    return before.rstrip("\n") + "\n" + text


def _importing(text: str) -> str:
    """Return a theme's module that imports what the new function calls."""
    return text if _IMPORT in text else _LEDGER.sub(lambda found: found[0] + _IMPORT, text, count=1)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def new(
    id: str,
    *,
    title: str,
    statement: str,
    said_by: str,
    source: str,
    reported: str,
    subject: str,
    table: str,
    where: Sequence[str],
    column: str = "",
    value: str = "",
    unit: str = "",
    relation: str = "",
    made: str = "",
    theme: str = "",
) -> Made:
    """Write entry, function and test for a claim; return the files and its verdict as it begins.

    Raises ScaffoldError for an id that is taken or malformed, for what only the author can know
    and did not say, and where the table says nothing of the claim, or more than one thing.
    """
    theme, name = _theme(id, theme)
    wanting({
        "--title": title, "--statement": statement, "--said-by": said_by, "--source": source,
        "--reported": reported, "--subject": subject, "--table": table, "--where": "".join(where),
    })  # fmt: skip
    known_source(source)
    speaker, comma, role = said_by.partition(",")
    if not comma or not role.strip():
        raise ScaffoldError(f"--said-by {said_by!r}: expected NAME, ROLE")
    codes = [code.strip() for code in subject.split(",")]
    if unknown := sorted({*codes} - {*tables.load("countries")["iso3"]}):
        raise ScaffoldError(f"--subject: table countries has no {', '.join(unknown)}")
    try:
        day = tables.day(made) if made else tables.bounds(reported)[1]
    except ValueError as error:
        raise ScaffoldError(f"{'--made' if made else '--reported'}: {error}") from error
    if relation and relation not in _RELATIONS:
        raise ScaffoldError(f"--relation {relation}: expected one of {', '.join(_RELATIONS)}")
    relation = relation or ("equal" if value else "is_true")
    described = _table(table, column, relation)
    entry = {
        "id": id, "theme": theme, "kind": "quantity" if value else "fact",
        "title": title, "statement": statement,
        "said_by": [{"name": speaker.strip(), "role": role.strip()}],
        "reported_in": [source], "reported": reported, "made": day, "subject": codes,
        **({"value": value, "unit": unit} if value else {}),
        "relation": relation, "test": f"{theme}.{name}",
    }  # fmt: skip
    claim = _claim(entry)
    chosen = _where(described, where)
    today = editions.load(CURRENT).as_of
    verdict = rule.verdict(claim, _evidence(claim, Known(today), table, column, chosen))
    module = paths.root() / "balkandefence" / "claims" / f"{theme}.py"
    if module.is_file() and f"def {name}(" in module.read_text(encoding="utf-8"):
        raise ScaffoldError(f"claims/{theme}.py has a function {name} already; choose another id")
    function = _FUNCTION.format(
        name=name,
        title=title.replace("\\", "").replace('"', "'").rstrip("."),
        table=_quoted(table),
        column=f"        {_quoted(column)},\n" if column else "",
        where="\n".join(f"            {_quoted(k)}: {_quoted(v)}," for k, v in chosen.items()),
    )
    told = _TEST.format(
        name=name, id=_quoted(id), day=_quoted(str(today)), word=_quoted(verdict.word),
        table=_quoted(table),
    )  # fmt: skip
    test = paths.root() / "tests" / "claims" / f"test_{theme}.py"
    written = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=100)
    entries = paths.data() / "claims.yml"
    texts = {
        entries: _appended(entries, "", f"\n{written}"),
        module: _importing(_appended(module, _HEAD.format(theme=theme), function)),
        test: _appended(test, _TEST_HEAD.format(theme=theme), told),
    }
    atomic.write(texts)
    return Made([path.relative_to(paths.root()).as_posix() for path in texts], verdict)
