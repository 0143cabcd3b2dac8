"""A new claim: an entry in the ledger, a function that tests it, and a test of that function."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from balkandefence import BookError, atomic, paths
from balkandefence.claims import ledger

_ENTRY = """
- id: {id}
  theme: {theme}
  kind: quantity
  title: TODO a short title
  statement: TODO what was said, in our own words.
  said_by:
    - {{name: TODO who said it, role: TODO in which role}}
  reported_in: [TODO-key-in-references-bib]
  reported: '{year}'
  made: {year}-12-31
  subject: [SRB]
  value: '1'
  unit: TODO unit
  relation: equal
  test: {test}
"""

_FUNCTION = '''

@tests_claim
def {name}(claim: Claim, known: Known) -> list[Evidence]:
    """TODO: what is computed, by which bases."""
    return [row(None, "TODO source", "TODO definition", says="TODO compute it by a measure")]
'''

_HEAD = '''"""Claims about {theme}."""

from __future__ import annotations

from balkandefence.claims.evidence import Evidence, Known, row
from balkandefence.claims.ledger import Claim, tests_claim
'''

_TEST = """

def test_{name}_gives_a_verdict(outcome: Outcomes) -> None:
    assert outcome("{id}", "2026-11-21").verdict.word != "cannot"  # TODO: the verdict you expect
"""

_TEST_HEAD = '''"""The claims about {theme}, on the project's own tables."""

from __future__ import annotations

from tests.claims.conftest import Outcomes
'''


class ScaffoldError(BookError, ValueError):
    """A claim of this name cannot be made."""


def _package() -> Path:
    return paths.root() / "balkandefence" / "claims"


def _appended(path: Path, head: str, text: str) -> str:
    before = path.read_text(encoding="utf-8") if path.is_file() else head
    return before.rstrip("\n") + "\n" + text


def _importing(text: str) -> str:
    """Return a theme's module that imports `row`, which the new function uses."""
    found = re.search(r"from balkandefence\.claims\.evidence import (.+)", text)
    if found and "row" not in [name.strip() for name in found[1].split(",")]:
        names = sorted({*(name.strip() for name in found[1].split(",")), "row"}, key=_by_kind)
        line = f"from balkandefence.claims.evidence import {', '.join(names)}"
        return text.replace(found[0], line)
    return text


def _by_kind(name: str) -> tuple[int, str]:
    """Return what sorts imported names as the linter wants them: constants, classes, functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def new(id: str, theme: str = "", year: int = 2026) -> list[Path]:
    """Write entry, function and test for a claim and return the files touched.

    `theme` is that with which the id begins, unless it is named. Raises ScaffoldError for an id
    that is taken or malformed, and for an unknown theme.
    """
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
    name = f"in_{name}" if name[0].isdigit() else name
    module = _package() / f"{theme}.py"
    if module.is_file() and f"def {name}(" in module.read_text(encoding="utf-8"):
        raise ScaffoldError(f"claims/{theme}.py has a function {name} already; choose another id")
    test = paths.root() / "tests" / "claims" / f"test_{theme}.py"
    entry = _ENTRY.format(id=id, theme=theme, year=year, test=f"{theme}.{name}")
    made = _appended(module, _HEAD.format(theme=theme), _FUNCTION.format(name=name))
    texts = {
        paths.data() / "claims.yml": _appended(paths.data() / "claims.yml", "", entry),
        module: _importing(made),
        test: _appended(test, _TEST_HEAD.format(theme=theme), _TEST.format(name=name, id=id)),
    }
    atomic.write(texts)
    return list(texts)
