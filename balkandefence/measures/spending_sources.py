"""Measures that set sources side by side: SIPRI, NATO and the budgets reported at home.

`milex` is military_expenditure, `nato` nato_defence_expenditure, `budgets` national_budgets,
`rates` exchange_rates. NATO's amounts follow NATO's definition: they are shown beside SIPRI's and
never mixed with them, except where a name says so. Amounts are million current US dollars.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from balkandefence.measures.spending import full, short
from balkandefence.measures.spending_nato import nato_rows
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: Scopes of national_budgets that mean a country's whole defence budget.
WHOLE = ("ministry", "ministry total", "defence total", "defence total, ministry reply")

#: How far a figure had come, from what was spent to what was planned; the first is preferred.
STAGES = {
    "official_series": "outturn",
    "outturn": "outturn",
    "actual": "outturn",
    "after_rebalance": "amended",
    "rebalance": "amended",
    "reported": "reported",
    "adopted": "adopted",
    "initial": "initial",
    "draft": "draft",
    "plan": "draft",
    "claimed_total": "claimed",
}

#: Two figures closer than this, in percent, count as the same figure.
SAME = 0.5


def _rates(milex: pd.DataFrame, rates: pd.DataFrame) -> Callable[[str, int, str], float]:
    """Return what tells US dollars per unit of a country's currency in a year.

    The country's own money by the rate in SIPRI's own row, so that equal amounts stay equal; euro
    elsewhere by the European Central Bank's average. Not a number where no rate is known.
    """
    dollars = milex["current_usd_millions"] / milex["local_currency_millions"]
    keys = zip(milex["iso3"], milex["year"], milex["currency"], strict=True)
    own: dict[tuple[str, int, str], float] = {}
    for key, found in zip(keys, dollars.astype(float), strict=True):
        own.setdefault(key, found)
    by_ecb = rates[(rates["series"] == "ecb") & (rates["currency"] == "USD")]
    by_ecb = by_ecb[~by_ecb["partial_year"].astype(bool)].drop_duplicates("year")
    euro = dict(zip(by_ecb["year"], by_ecb["rate"].astype(float), strict=True))

    def rate(iso3: str, year: int, currency: str) -> float:
        if currency == "USD":
            return 1.0
        if (iso3, year, currency) in own:
            return own[iso3, year, currency]
        return euro.get(year, float("nan")) if currency == "EUR" else float("nan")

    return rate


def _in_dollars(milex: pd.DataFrame, budgets: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return the budget rows that are whole amounts, with `usd` and the stage's `kind`."""
    rows = budgets[
        budgets["measure"].isin(["defence_budget", "defence_spending"])
        & budgets["amount_millions"].notna()
        & budgets["scope"].isin(WHOLE)
        & budgets["stage"].isin(list(STAGES))
    ].copy()
    factor = map(_rates(milex, rates), rows["iso3"], rows["year"], rows["currency"])
    rows["usd"] = rows["amount_millions"] * pd.Series(list(factor), index=rows.index, dtype=float)
    rows["kind"] = rows["stage"].map(STAGES)
    return rows[rows["usd"].notna()]


@measure
def side_by_side(
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    budgets: pd.DataFrame,
    rates: pd.DataFrame,
    codes: Sequence[str],
    first: int,
    last: int,
) -> pd.DataFrame:
    """Return every amount for a country and year: iso3, year, source, kind, usd_millions, single.

    `source` is SIPRI, NATO or home; `kind` says printed, estimate or, for home, how far the
    budget had come; `single` marks what one second-hand page alone reports. Home amounts are
    turned into dollars at the year's average rate. Amounts of parts of a budget are left out.
    """
    inside = milex["iso3"].isin(list(codes)) & milex["year"].between(first, last)
    ours = milex[inside & milex["current_usd_millions"].notna()]
    theirs = nato_rows(nato, codes, first, last)
    home = _in_dollars(milex, budgets, rates)
    home = home[home["iso3"].isin(list(codes)) & home["year"].between(first, last)]
    label = {True: "estimate", False: "printed"}
    parts = [
        pd.DataFrame({"iso3": ours["iso3"], "year": ours["year"], "source": "SIPRI",
                      "kind": ours["sipri_estimate"].astype(bool).map(label),
                      "usd_millions": ours["current_usd_millions"], "single": False}),
        pd.DataFrame({"iso3": theirs["iso3"], "year": theirs["year"], "source": "NATO",
                      "kind": theirs["estimate"].astype(bool).map(label),
                      "usd_millions": theirs["nato_current_usd_millions"], "single": False}),
        pd.DataFrame({"iso3": home["iso3"], "year": home["year"], "source": "home",
                      "kind": home["kind"], "usd_millions": home["usd"],
                      "single": home["single_secondary_page"].astype(bool)}),
    ]  # fmt: skip
    made = pd.concat([part for part in parts if len(part)], ignore_index=True)
    order = made["iso3"].map({code: place for place, code in enumerate(codes)})
    return made.astype({"year": int}).iloc[order.argsort(kind="stable")]


def _percent(value: float, base: float) -> float:
    return 100 * (value / base - 1)


def _stage(row: pd.Series) -> str:
    return f"{row['kind']}, one page" if row["single_secondary_page"] else str(row["kind"])


def _best(home: pd.DataFrame) -> pd.Series | None:
    """Return the home figure that came furthest towards what was spent."""
    order = list(STAGES)
    if home.empty:
        return None
    return home.iloc[home["stage"].map(order.index).to_numpy().argmin()]


def _reasons(
    row: pd.Series, home: pd.DataFrame, earlier: pd.DataFrame, marks: set[str]
) -> list[str]:
    """Return why SIPRI's amount differs, or what it equals, as far as the data themselves tell."""
    told = []
    for _, old in earlier.iterrows():
        before = old["nato_local_currency_millions"]
        moved = abs(_percent(before, row["nato_local"])) > 2
        if moved and abs(_percent(row["sipri_local"], before)) <= SAME:
            way = "cut" if before > row["nato_local"] else "raised"
            told.append(f"SIPRI repeats NATO's figure of {old['release']:%B %Y}, {way} since")
    early = home[home["kind"].isin(["draft", "initial", "adopted"])]
    early = early[~early["single_secondary_page"].astype(bool)]
    same = early[(early["usd"] / row["sipri"] - 1).abs() * 100 <= SAME]
    if len(same) and not told:
        told.append(f"SIPRI equals the {same['kind'].iloc[0]} budget")
    if row["topped_up"] and not str(row["stage"]).startswith("amended"):
        told.append("budget topped up later")
    if row["estimated"]:
        told.append("SIPRI's own estimate")
    if row["nato_gap_pct"] < -2 and "excludes_military_pensions" in marks:
        told.append("SIPRI marks military pensions as left out")
    if not told and row[["nato_gap_pct", "home_gap_pct"]].abs().max() <= 2:
        told.append("agree within 2%")
    if not told and abs(row["nato_gap_pct"]) <= 2:
        told.append("SIPRI and NATO agree; home figure unexplained")
    if not told and "adopted_budget_not_actual" in marks:
        told.append("SIPRI counts adopted budgets")
    return told or ["not explained"]


@measure
def reconciliation(
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    budgets: pd.DataFrame,
    rates: pd.DataFrame,
    scope: pd.DataFrame,
    names: pd.DataFrame,
    codes: Sequence[str],
    first: int,
    last: int,
) -> pd.DataFrame:
    """Return one row a country and year that SIPRI and another source cover, newest first.

    Columns: iso3, country, case (country and year), year, sipri, nato, nato_gap_pct (SIPRI over
    NATO), home, stage, home_gap_pct (SIPRI over home), reason. `nato` holds every edition known:
    the newest counts, older ones tell where SIPRI repeats a figure that NATO has since changed.
    """
    newest = nato[nato["release"] == nato["release"].max()]
    dollars = _in_dollars(milex, budgets, rates)
    extra = budgets[budgets["stage"].isin(["supplement", "rebalance"])
                    & (budgets["measure"] == "defence_budget")]  # fmt: skip
    topped = set(zip(extra["iso3"], extra["year"], strict=True))
    found = []
    for code in codes:
        marks = set(scope.loc[scope["iso3"] == code, "meaning"])
        inside = (milex["iso3"] == code) & milex["year"].between(first, last)
        for _, ours in milex[inside].sort_values("year", ascending=False).iterrows():
            year = ours["year"]
            theirs = newest[(newest["iso3"] == code) & (newest["year"] == year)]
            home = dollars[(dollars["iso3"] == code) & (dollars["year"] == year)]
            best = _best(home)
            if theirs.empty and best is None:
                continue
            row = pd.Series(
                {
                    "iso3": code,
                    "country": short(names)[code],
                    "case": f"{short(names)[code]} {year}",
                    "year": int(year),
                    "sipri": ours["current_usd_millions"],
                    "sipri_local": ours["local_currency_millions"],
                    "nato": theirs["nato_current_usd_millions"].sum(min_count=1),
                    "nato_local": theirs["nato_local_currency_millions"].sum(min_count=1),
                    "home": float("nan") if best is None else best["usd"],
                    "stage": None if best is None else _stage(best),
                    "topped_up": (code, year) in topped,
                    "estimated": bool(ours["sipri_estimate"]),
                }
            )
            row["nato_gap_pct"] = _percent(row["sipri"], row["nato"])
            row["home_gap_pct"] = _percent(row["sipri"], row["home"])
            earlier = nato[(nato["iso3"] == code) & (nato["year"] == year)]
            earlier = earlier[earlier["release"] < nato["release"].max()]
            row["reason"] = "; ".join(_reasons(row, home, earlier, marks))
            found.append(row.drop(["sipri_local", "nato_local", "topped_up", "estimated"]))
    columns = ["iso3", "country", "case", "year", "sipri", "nato", "nato_gap_pct", "home", "stage"]
    columns += ["home_gap_pct", "reason"]
    return pd.DataFrame(found, columns=columns).reset_index(drop=True)


@measure
def gap_top(reconciled: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say where SIPRI and NATO differ most, by `reconciliation`."""
    both = reconciled[reconciled["nato_gap_pct"].notna()]
    if both.empty:
        return words("NATO counts none of these countries, so SIPRI stands beside budgets alone")
    top = both.sort_values("nato_gap_pct", key=lambda gaps: -gaps.abs()).iloc[0]
    way = "above" if top["nato_gap_pct"] > 0 else "below"
    name = full(names)[top["iso3"]]
    text = f"{name} in {top['year']}: SIPRI is {abs(top['nato_gap_pct']):.0f}% {way} NATO"
    return words(f"The sources differ most on {text}")


@measure
def gap_story(reconciled: pd.DataFrame, names: pd.DataFrame, large: float = 10.0) -> Words:
    """Say where SIPRI and NATO differ by more than `large` percent, by `reconciliation`."""
    both = reconciled[reconciled["nato_gap_pct"].notna()]
    if both.empty:
        return words("NATO counts none of these countries, so SIPRI cannot be checked against it")
    far = both[both["nato_gap_pct"].abs() > large].sort_values(["iso3", "year"])
    told = [
        f"{full(names)[row['iso3']]} in {row['year']} ({row['nato_gap_pct']:+.0f}%)"
        for _, row in far.iterrows()
    ]
    text = f"SIPRI and NATO differ by more than {large:.0f}% for {listed(told)}"
    near = f"SIPRI and NATO agree within {large:.0f}% in every year shown"
    return words((text if told else near).replace("-", "−"))


@measure
def repeated_story(reconciled: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say in which years SIPRI's amount for a country equals a budget before the year's changes."""
    own = reconciled[reconciled["iso3"] == iso3].sort_values("year")
    same = own[own["reason"].str.contains("SIPRI equals")]
    years = listed([str(year) for year in same["year"]])
    name = full(names)[iso3]
    if same.empty:
        return words(f"SIPRI's figures for {name} equal no budget that we found")
    return words(
        f"SIPRI's figures for {name} equal the budget as drafted or first voted in {years}"
    )


#: From plan to result.
_ORDER = ("draft", "initial", "adopted", "supplement", "amended", "claimed", "reported",
          "outturn", "NATO", "SIPRI")  # fmt: skip


@measure
def budget_steps(
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    budgets: pd.DataFrame,
    rates: pd.DataFrame,
    cases: Sequence[tuple[str, int]],
) -> pd.DataFrame:
    """Return every amount known for single country-years, supplements and claims included.

    Columns: iso3, year, label, kind (as in side_by_side, and supplement), eur_millions, single,
    lower_bound. Amounts are turned into euro at the year's average rate; where a figure exists
    in local money and in euro, the euro one stands.
    """
    found = []
    rate = _rates(milex, rates)
    for code, year in cases:
        ours = milex[(milex["iso3"] == code) & (milex["year"] == year)]
        euro = rate(code, year, "EUR")
        for rows, column, source in (
            (ours, "current_usd_millions", "SIPRI"),
            (nato_rows(nato, [code], year, year), "nato_current_usd_millions", "NATO"),
        ):
            for _, row in rows[rows[column].notna()].iterrows():
                found.append((code, year, source, source, row[column] / euro, False, False))
        own = budgets[(budgets["iso3"] == code) & (budgets["year"] == year)]
        own = own[(own["measure"] == "defence_budget") & own["amount_millions"].notna()]
        for _, row in own.iterrows():
            twin = own[(own["scope"] == row["scope"]) & (own["stage"] == row["stage"])]
            if row["currency"] != "EUR" and (twin["currency"] == "EUR").any():
                continue
            value = row["amount_millions"] * rate(code, year, row["currency"]) / euro
            extra = row["stage"] == "supplement" or "instalment" in row["scope"]
            kind = "supplement" if extra else STAGES.get(row["stage"], row["stage"])
            label = row["scope"] if row["scope"].startswith(kind) else f"{kind}: {row['scope']}"
            label += " (our sum)" if row["derived"] else ""
            single, least = bool(row["single_secondary_page"]), bool(row["lower_bound"])
            found.append((code, year, label, kind, value, single, least))
    columns = ["iso3", "year", "label", "kind", "eur_millions", "single", "lower_bound"]
    made = pd.DataFrame(found, columns=columns)
    rank = made["iso3"].map({code: 100 * place for place, (code, _) in enumerate(cases)})
    rank += made["kind"].map(_ORDER.index)
    return made[made["eur_millions"].notna()].loc[rank.sort_values(kind="stable").index]


@measure
def steps_story(steps: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say how far a first budget fell short of SIPRI's amount, for the case with most between."""
    found: list[tuple[float, str]] = []
    for code, own in steps.groupby("iso3", sort=False):
        first = own.loc[own["kind"].isin(["initial", "draft"]), "eur_millions"]
        final = own.loc[own["kind"] == "SIPRI", "eur_millions"]
        if len(first) and len(final):
            share = 100 * first.iloc[0] / final.iloc[0]
            year = own["year"].iloc[0]
            text = f"first budget of {year} was {share:.0f}% of what SIPRI counts for the year"
            found.append((abs(share - 100), f"{full(names)[str(code)]}'s {text}"))
    return words(max(found)[1] if found else "No first budget can be set beside SIPRI's amount")


#: What the matrix of missing data asks of each country and year.
ASKED = (
    "SIPRI amounts",
    "SIPRI share of government spending",
    "NATO amounts and categories",
    "NATO military personnel",
    "Budget reported at home",
    "Outturn reported at home",
)


@measure
def availability(
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    budgets: pd.DataFrame,
    codes: Sequence[str],
    first: int,
    last: int,
) -> pd.DataFrame:
    """Return for each series, country and year whether a figure is known: asked, iso3, year, state.

    `state` is printed, estimate, one page (a budget that one secondary page alone reports) or
    missing.
    """
    home = budgets[budgets["scope"].isin(WHOLE) & budgets["amount_millions"].notna()]
    firm = home[~home["single_secondary_page"].astype(bool)]
    alone = set(zip(home["iso3"], home["year"], strict=True)) - set(
        zip(firm["iso3"], firm["year"], strict=True)
    )
    spent = home["stage"].map(STAGES) == "outturn"
    sources = (
        (milex[milex["current_usd_millions"].notna()], "sipri_estimate"),
        (milex[milex["share_of_government_spending_pct"].notna()], "sipri_estimate"),
        (nato[nato["equipment_share_pct"].notna()], "estimate"),
        (nato[nato["military_personnel_thousands"].notna()], "estimate"),
        (home, None),
        (home[spent], None),
    )
    found = []
    for asked, (rows, flag) in zip(ASKED, sources, strict=True):
        printed = set(zip(rows["iso3"], rows["year"], strict=True))
        marked = rows[rows[flag].astype(bool)] if flag else rows.iloc[:0]
        estimated = set(zip(marked["iso3"], marked["year"], strict=True))
        for code in codes:
            for year in range(first, last + 1):
                key = (code, year)
                state = "missing" if key not in printed else "printed"
                if flag is None and key in printed and key in alone:
                    state = "one page"
                found.append((asked, code, year, "estimate" if key in estimated else state))
    return pd.DataFrame(found, columns=["asked", "iso3", "year", "state"])


@measure
def coverage(available: pd.DataFrame, asked: str) -> Quantity:
    """Return the share of country-years for which a series has a figure, in percent.

    Figures that one secondary page alone reports do not count.
    """
    part = available[available["asked"] == asked]
    return quantity(100 * float(part["state"].isin(["printed", "estimate"]).mean()))
