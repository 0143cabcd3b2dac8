"""The pages of countries: one each from the edition's list, and the grid made of them."""

import json

import pytest

from balkandefence import editions
from balkandefence.book import countries, plan
from balkandefence.book.stage import Chapter

TOC = """format: jb-book
root: chapters/index
chapters:
  - file: chapters/countries
    sections:
      - file: chapters/country
        each: countries
        also: [HRV]
"""


def page(code, **texts):
    shown = {"name": code.title(), **texts}
    numbers = {id.replace("_", "-"): {"text": text} for id, text in shown.items()}
    return Chapter(f"country-{code.lower()}", numbers=numbers)


def chapters(*pages):
    return {"spending": Chapter("spending"), **{made.page: made for made in pages}}


@pytest.fixture
def contents(bare_desk):
    bare_desk.write("_toc.yml", TOC)
    bare_desk.write("chapters/countries.md", "# Countries\n\n<!-- countries -->\n")
    cells = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    bare_desk.write("chapters/country.ipynb", json.dumps(cells))


def pages_of(**changes):
    return [found.name for found in plan.pages(editions.load(changes=changes))]


def test_adding_a_country_to_the_edition_adds_its_page_with_nothing_else_edited(contents):
    two = pages_of(countries=["XKX", "ALB"], highlight="ALB")
    three = pages_of(countries=["XKX", "ALB", "MNE"], highlight="ALB")
    assert two == ["index", "countries", "country-xkx", "country-alb", "country-hrv"]
    assert [name for name in three if name not in two] == ["country-mne"]


def test_each_page_is_run_with_its_country_beside_the_editions_parameters(contents):
    edition = editions.load(changes={"countries": ["XKX", "ALB"], "highlight": "ALB"})
    told = {job.page: job.parameters for job in plan.jobs(edition)}
    assert told["country-hrv"] == {**edition.parameters, "country": "HRV"}
    assert len({str(job.parameters) for job in plan.jobs(edition)}) == 3


def test_a_card_shows_the_numbers_that_its_page_published_with_their_ranks():
    edition = editions.load(changes={"countries": ["XKX", "ALB"], "highlight": "ALB"})
    alb = page("ALB", spending="60 million", spending_rank="second of two", burden="2%")
    grid = countries.grid(edition, chapters(alb))
    assert "[Alb](country-alb.md)" in grid
    assert "Spending: [60 million](#num-country-alb-spending), second of two" in grid
    assert "Share of GDP: [2%](#num-country-alb-burden)\n" in grid


def test_what_a_page_did_not_publish_is_a_dash_and_no_rank_is_shown_without_one():
    edition = editions.load()
    hrv = page("HRV", spending_rank="not ranked", received="3 TIV", received_rank="not ranked")
    grid = countries.grid(edition, chapters(hrv))
    assert "- Spending: –\n" in grid
    assert "[3 TIV](#num-country-hrv-received)\n" in grid
    assert "not ranked" not in grid


def test_countries_that_the_edition_does_not_compare_stand_apart():
    edition = editions.load(changes={"countries": ["XKX", "ALB"], "highlight": "ALB"})
    grid = countries.grid(edition, chapters(page("XKX"), page("ALB"), page("HRV")))
    own, beside = grid.split("## Beside them")
    assert own.count(":::{grid-item-card}") == 2
    assert "country-hrv.md" in beside
    assert "Beside" not in countries.grid(edition, chapters(page("XKX")))


def test_a_book_without_country_pages_says_so():
    assert countries.grid(editions.load(), chapters()) == "This edition has no country pages."


def test_a_countrys_page_is_called_by_the_countrys_name():
    assert countries.shown("country-alb") == "Albania"
    assert countries.shown("country-bih") == "Bosnia and Herzegovina"
    assert countries.shown("spending") == "Spending"
    assert countries.shown("country-xyz") == "Country xyz"
