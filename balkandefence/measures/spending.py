"""Measures of military spending: levels, burdens, ranks, revisions, reconciliation.

Frames in, number or frame out; no files, no clock. Definitions follow SIPRI: military burden is
military expenditure as a share of GDP; constant prices are those of the release's base year.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: The column of military_expenditure for each price basis.
AMOUNT = {"constant": "constant_usd_millions", "current": "current_usd_millions"}


def _chosen(milex: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> pd.DataFrame:
    wanted = milex["iso3"].isin(list(countries)) & milex["year"].between(first, last)
    return milex[wanted]


@measure
def level(
    milex: pd.DataFrame, countries: Sequence[str], first: int, last: int, basis: str
) -> pd.DataFrame:
    """Return military expenditure by year (rows) and country (columns), in million US dollars.

    `milex` is the table military_expenditure; `basis` is constant (prices of the release's base
    year) or current. A year that the release lacks is missing, never zero.
    """
    rows = _chosen(milex, countries, first, last)
    wide = rows.pivot(index="year", columns="iso3", values=AMOUNT[basis])
    return wide.reindex(columns=[code for code in countries if code in wide])


def _in_year(milex: pd.DataFrame, countries: Sequence[str], year: int, column: str) -> pd.DataFrame:
    rows = _chosen(milex, countries, year, year)
    return rows[rows[column].notna()]


@measure
def leader(milex: pd.DataFrame, countries: Sequence[str], year: int, basis: str) -> Words:
    """Return the ISO code of the country that spent most in a year, in US dollars."""
    rows = _in_year(milex, countries, year, AMOUNT[basis])
    return words(str(rows.loc[rows[AMOUNT[basis]].idxmax(), "iso3"]), rows)


@measure
def amount(milex: pd.DataFrame, iso3: str, year: int, basis: str) -> Quantity:
    """Return one country's military expenditure in one year, in million US dollars."""
    rows = _in_year(milex, [iso3], year, AMOUNT[basis])
    return quantity(rows[AMOUNT[basis]].squeeze() if len(rows) else float("nan"), rows)
