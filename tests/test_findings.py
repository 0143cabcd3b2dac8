"""What the chapters say: for every edition, and for every country that has a page."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import nbformat
import pytest

from balkandefence import editions, findings, paths
from balkandefence.findings import country, outlook
from balkandefence.findings.page import Page, told
from balkandefence.provenance import Words

EDITIONS = sorted(path.stem for path in paths.editions().glob("????.*.yml"))
#: Measures of what was agreed or is assumed, which no table tells.
AGREED = {"assumed", "commitment", "mark"}
#: What a reader must never meet where a value was missing.
HOLES = re.compile(r"\b(nan|None|NaT|inf)\b|<NA>")


def modules() -> Iterator[ModuleType]:
    """Yield every module of findings that makes a page from an edition and no frames."""
    for found in pkgutil.iter_modules(findings.__path__, f"{findings.__name__}."):
        module = importlib.import_module(found.name)
        page = getattr(module, "page", None)
        if inspect.isfunction(page) and next(iter(inspect.signature(page).parameters)) == "edition":
            yield module


def pages() -> Iterator[tuple[str, str]]:
    """Yield the names of all pages: of a module, and of a country where each has its own."""
    for module in modules():
        name = module.__name__.rpartition(".")[2]
        of_one = "iso3" in inspect.signature(module.page).parameters
        for code in sorted(editions.load().countries) if of_one else [""]:
            yield name, code


@cache
def made(name: str, code: str, edition: str) -> Page:
    """Return a page, made once for all tests."""
    module = importlib.import_module(f"{findings.__name__}.{name}")
    chosen = editions.load(edition)
    if code:
        return module.page(chosen, code)
    if "assumed" in inspect.signature(module.page).parameters:
        return module.page(chosen, outlook.Assumed(2.0, 2030, 3.0))
    return module.page(chosen)


every_page = pytest.mark.parametrize(("name", "code"), sorted(pages()))
every_edition = pytest.mark.parametrize("edition", EDITIONS)


@every_edition
@every_page
def test_each_fact_has_a_name_of_its_own_and_no_hole_in_what_it_says(name, code, edition):
    facts = made(name, code, edition).facts
    ids = [fact.id for fact in facts]
    assert len(ids) == len(set(ids)) > 10
    for id, text in told(facts).items():
        assert text.strip(), id
        assert not HOLES.search(text), f"{id}: {text}"


@every_edition
@every_page
def test_each_fact_is_a_measures_and_names_its_tables(name, code, edition):
    for fact in made(name, code, edition).facts:
        provenance = fact.value.provenance
        assert provenance.function.startswith("balkandefence.measures."), fact.id
        agreed = provenance.function.rpartition(".")[2] in AGREED
        assert bool(provenance.tables) is not agreed, fact.id


@every_edition
@every_page
def test_what_the_notebook_draws_has_a_title_and_what_it_lists_has_its_columns(name, code, edition):
    page = made(name, code, edition)
    code_cells = [c for c in nbformat.read(paths.chapters() / f"{name}.ipynb", 4).cells
                  if c.cell_type == "code"]  # fmt: skip
    shown = re.findall(r'page\.(draw|list)\(\s*"([\w-]+)"', "\n".join(c.source for c in code_cells))
    assert shown
    for how, id in shown:
        frame = page.frames[id]
        if how == "draw" and len(frame):
            assert page.titles[id].strip(), id
        elif len(frame):
            assert page.columns[id].keys() <= set(frame.columns), id


def test_a_country_that_the_book_is_not_about_is_refused():
    with pytest.raises(ValueError, match="ATL"):
        country.page(editions.load(), "ATL")


def test_a_fact_is_told_with_its_unit_and_words_as_they_are():
    found = made("country", "SRB", EDITIONS[-1])
    by_id = {fact.id: fact for fact in found.facts}
    texts = told(found.facts)
    assert texts["name"] == "Serbia"
    assert isinstance(by_id["name"].value, Words)
    assert texts["burden"] == f"{by_id['burden'].value:.1f}%"
