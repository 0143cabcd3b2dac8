"""The key numbers of one country, together in one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from balkandefence.measures import procurement as flows
from balkandefence.measures import procurement_deals as orders
from balkandefence.measures import spending
from balkandefence.measures.country import change, delivered, is_covered, rank_of, values_of
from balkandefence.measures.country_ledgers import TRACKS, step
from balkandefence.measures.procurement import Window
from balkandefence.measures.spending import AMOUNT
from balkandefence.provenance import measure


@measure
def key_numbers(
    milex: pd.DataFrame,
    transfers: pd.DataFrame,
    deals: pd.DataFrame,
    members: pd.DataFrame,
    rows: pd.DataFrame,
    names: pd.DataFrame,
    iso3: str,
    codes: Sequence[str],
    year: int,
    basis: str,
    window: Window,
) -> pd.DataFrame:
    """Return the country's key numbers: indicator, value, period, rank; missing where unknown.

    Ranked are statistics that cover every country alike. Deals and incidents come from samples,
    whose size says how much was found, so they have no rank. `rows` is that of `incident_rows`.
    """
    made: list[tuple[str, str | None, str | None, str | None]] = []
    columns = {
        AMOUNT[basis]: (f"Military expenditure, {spending.unit(milex, basis)}", "{:,.0f}"),
        "share_of_gdp_pct": ("The same, share of GDP", "{:.1f}%"),
        "per_capita_usd": ("The same per head, current US dollars", "{:,.0f}"),
    }

    def add(label: str, values: Mapping[str, float], form: str, period: str) -> None:
        known = {code: value for code, value in values.items() if not pd.isna(value)}
        value, rank = known.get(iso3), rank_of(known, iso3, codes)
        text = None if value is None else form.format(value).replace("-", "\N{MINUS SIGN}")
        made.append((label, text, period, f"{rank[0]} of {rank[1]}" if rank else None))

    for column, (label, form) in columns.items():
        add(label, values_of(milex, iso3, codes, year, column)[0], form, str(year))
    label = f"Change over five years, {basis} prices"
    five = change(milex, iso3, codes, year, basis, 5)
    add(label, five, "{:+,.0f}%", f"{year - 5}–{year}")
    arms = delivered(transfers, iso3, codes, window)
    add("Major arms delivered, million TIV", arms, "{:,.1f}", flows.span(window))
    covered = is_covered(names, iso3)
    found = str(int(orders.headline_count(deals, [iso3]))) if covered else None
    made.append(("Orders in the ledger, thin evidence left out", found, None, None))
    for track, end in TRACKS.items():
        made.append((f"Furthest step with {end}", str(step(members, iso3, track)), None, None))
    found = str(int(rows["counted"].sum())) if covered else None
    made.append(("Incidents in the ledger, thin evidence left out", found, None, None))
    return pd.DataFrame(made, columns=["indicator", "value", "period", "rank"])
