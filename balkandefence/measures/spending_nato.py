"""Measures by NATO's definition: equipment share against burden, and money per soldier.

`nato` is the table nato_defence_expenditure, `names` the table countries. Countries outside NATO
have no rows in it. NATO's amounts are never mixed with SIPRI's: a method names both parts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.spending import full
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The day on which NATO's members undertook to spend more than the guideline.
COMMITMENT = dt.date(2025, 6, 25)

#: Percent of GDP (or, for equipment, of defence spending) that NATO's members set themselves:
#: the guidelines of 2014 and the commitment of June 2025, core defence and wider security.
MARKS = {"guideline": 2.0, "core": 3.5, "wider": 1.5, "equipment": 20.0}


@measure
def mark(name: str) -> Quantity:
    """Return one of NATO's marks in percent: guideline, core, wider or equipment.

    The guidelines (2% of GDP, 20% of it for equipment) date from 2014, the commitment to 3.5% for
    core defence and 1.5% for wider security by 2035 from June 2025.
    """
    return quantity(MARKS[name])


@measure
def commitment(as_of: dt.date) -> Words:
    """Say what NATO's members had undertaken by a day: more than the guideline since June 2025."""
    if as_of < COMMITMENT:
        return words("The members had set no higher mark by then")
    core, wider = MARKS["core"], MARKS["wider"]
    return words(
        f"In June 2025 the members undertook to spend {core}% on core defence by 2035 and up to "
        f"{wider}% more on infrastructure, resilience and industry"
    )


def nato_rows(nato: pd.DataFrame, codes: Sequence[str], first: int, last: int) -> pd.DataFrame:
    """Return NATO's rows of the given countries and years."""
    return nato[nato["iso3"].isin(list(codes)) & nato["year"].between(first, last)]


@measure
def equipment(
    nato: pd.DataFrame, codes: Sequence[str], comparators: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return NATO members' burden and equipment share over the years.

    Columns: iso3, year, burden (NATO's headline share of GDP, percent), equipment, personnel,
    infrastructure, other (percent of defence spending), equipment_usd_millions, estimate,
    comparator. Countries outside NATO's tables have no rows.
    """
    rows = nato_rows(nato, [*codes, *comparators], first, last)
    rows = rows[rows["equipment_share_pct"].notna()]
    return pd.DataFrame(
        {
            "iso3": rows["iso3"],
            "year": rows["year"].astype(int),
            "burden": rows["share_of_gdp_real_pct"],
            "equipment": rows["equipment_share_pct"],
            "personnel": rows["personnel_share_pct"],
            "infrastructure": rows["infrastructure_share_pct"],
            "other": rows["other_share_pct"],
            "equipment_usd_millions": rows["nato_current_usd_millions"]
            * rows["equipment_share_pct"]
            / 100,
            "estimate": rows["estimate"].astype(bool),
            "comparator": rows["iso3"].isin(list(comparators)),
        }
    )


#: NATO's categories, in the order in which a chart stacks them.
CATEGORIES = ("equipment", "infrastructure", "other", "personnel")


@measure
def categories(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the four categories one below the other, from `equipment`.

    Columns: iso3, year, category, share_pct (percent of defence spending), estimate, comparator.
    A country-year of which a category is not known has no rows.
    """
    whole = shares.dropna(subset=list(CATEGORIES))
    keys = ["iso3", "year", "estimate", "comparator"]
    made = whole.melt(keys, list(CATEGORIES), var_name="category", value_name="share_pct")
    order = {code: place for place, code in enumerate(dict.fromkeys(whole["iso3"]))}
    made["place"] = made["iso3"].map(order)
    made = made.sort_values(["comparator", "place", "year"], kind="stable", ignore_index=True)
    return made[["iso3", "year", "category", "share_pct", "estimate", "comparator"]]


def _first_and_last(shares: pd.DataFrame) -> pd.DataFrame:
    """Return each chosen country's shares in its first and last year, side by side."""
    own = shares[~shares["comparator"]].dropna(subset=list(CATEGORIES)).sort_values("year")
    ends = own.groupby("iso3", sort=False)
    return ends.first().add_suffix("_then").join(ends.last().add_suffix("_now"))


@measure
def categories_title(shares: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say in a title how equipment's and personnel's shares moved, by `equipment`."""
    ends = _first_and_last(shares)
    if ends.empty:
        return words("None of the chosen countries is in NATO's tables")
    first = int(ends["year_then"].min())
    if len(ends) == 1:
        row, name = ends.iloc[0], full(names)[str(ends.index[0])]
        return words(
            f"{name}'s equipment share was {row['equipment_then']:.0f}% in {first}, "
            f"{row['equipment_now']:.0f}% in {row['year_now']:.0f}"
        )
    rose = int((ends["equipment_now"] > ends["equipment_then"]).sum())
    fell = int((ends["personnel_now"] < ends["personnel_then"]).sum())
    return words(
        f"Since {first} equipment's share rose in {rose} of {len(ends)} countries, "
        f"personnel's fell in {fell}"
    )


@measure
def categories_story(shares: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say each country's equipment and personnel shares then and now, by `equipment`."""
    ends = _first_and_last(shares)
    if ends.empty:
        return words("None of the chosen countries is in NATO's tables")

    def moved(part: str, *, places: bool) -> str:
        return listed([
            f"from {row[f'{part}_then']:.0f}% to {row[f'{part}_now']:.0f}%"
            + (f" in {full(names)[str(code)]}" if places else "")
            for code, row in ends.iterrows()
        ])  # fmt: skip

    years = f"From {ends['year_then'].min():.0f} to {ends['year_now'].max():.0f}"
    return words(
        f"{years} equipment's share moved {moved('equipment', places=True)}, personnel's "
        f"{moved('personnel', places=False)}"
    )


@measure
def largest_category_story(shares: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say which category takes most of each country's spending in the newest year."""
    ends = _first_and_last(shares)
    if ends.empty:
        return words("No split of their spending is known")
    now = pd.DataFrame({name: ends[f"{name}_now"] for name in CATEGORIES})
    top = now.idxmax(axis=1)
    told = [
        f"{name} in {listed([full(names)[str(code)] for code in top.index[top == name]])}"
        for name in dict.fromkeys(map(str, top))
    ]
    return words(f"The largest part goes to {listed(told)}")


@measure
def equipment_story(shares: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say which of the countries passed both NATO lines in the newest year, by `equipment`."""
    own = shares[~shares["comparator"]]
    if own.empty:
        return words("None of the chosen countries is in NATO's tables")
    year = own["year"].max()
    now = own[own["year"] == year].set_index("iso3")
    calls, told = full(names), []
    for text, found in (
        ("passed both NATO lines", (now.burden >= MARKS["guideline"], True)),
        ("passed only NATO's equipment line", (now.burden < MARKS["guideline"], True)),
        ("passed only NATO's burden line", (now.burden >= MARKS["guideline"], False)),
        ("passed neither", (now.burden < MARKS["guideline"], False)),
    ):
        which = now.index[found[0] & ((now.equipment >= MARKS["equipment"]) == found[1])]
        if len(which):
            told.append(f"{listed([calls[c] for c in which])} {text}")
    if len(told) == 1:
        told[0] = told[0].replace("passed neither", "passed neither NATO line")
    return words(f"In {year} {listed(told)}")


@measure
def per_soldier_title(found: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str]) -> Words:
    """Say in a title who spends most and least per soldier, by `per_soldier`."""
    part = _by_one_method(found, codes)
    if part.empty:
        return words("Strengths are known only for other countries")
    ends = [full(names)[code] for code in (part["iso3"].iloc[-1], part["iso3"].iloc[0])]
    if len(part) == 1:
        return words(f"{ends[0]} spends {part['usd_thousand'].iloc[0]:,.0f} thousand per soldier")
    return words(f"Per soldier {ends[0]} spends most, {ends[1]} least")


@measure
def methods_story(found: pd.DataFrame) -> Words:
    """Say by which methods `per_soldier` could count."""
    by_cia = found.loc[found["method"] == "SIPRI and CIA", "iso3"]
    if len(by_cia):
        text = (
            "NATO counts money and soldiers of its members; elsewhere SIPRI's money is divided by "
            "a rounded strength that the CIA gives for one year"
        )
        reserves = ", which for Kosovo includes reserves" if "XKX" in set(by_cia) else ""
        return words(text + reserves)
    return words("Only NATO's counts were known, so states outside NATO are missing")


def _by_one_method(found: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return the rows of the method that covers more of the countries, lowest first."""
    own = found[found["iso3"].isin(list(codes))]
    counts = own["method"].value_counts()
    methods = sorted(counts.index, key=lambda name: (counts[name], name))
    return own[own["method"].isin(methods[-1:])].sort_values("usd_thousand")


@measure
def per_soldier(
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    economy: pd.DataFrame,
    codes: Sequence[str],
    comparators: Sequence[str],
    last: int,
) -> pd.DataFrame:
    """Return spending per soldier: iso3, method, year, spent, soldiers, usd_thousand.

    Method "NATO" divides NATO's amount by NATO's military personnel; "SIPRI and CIA" divides
    SIPRI's amount by the active strength that the CIA gives for one recent year, rounded. Each in
    the newest year up to `last`. A country without a strength has no row.
    """
    rows = nato_rows(nato, [*codes, *comparators], 0, last)
    rows = rows[rows["military_personnel_thousands"].notna()]
    newest = rows[rows["year"] == rows.groupby("iso3")["year"].transform("max")]
    by_nato = pd.DataFrame(
        {
            "iso3": newest["iso3"],
            "method": "NATO",
            "year": newest["year"].astype(int),
            "spent": newest["nato_current_usd_millions"],
            "soldiers": newest["military_personnel_thousands"] * 1000,
        }
    )
    active = economy[
        (economy["measure"] == "armed_forces_personnel_active")
        & economy["iso3"].isin(list(codes))
        & (economy["year"] <= last)
    ]
    both = active.merge(milex, on=["iso3", "year"])
    by_cia = pd.DataFrame(
        {
            "iso3": both["iso3"],
            "method": "SIPRI and CIA",
            "year": both["year"].astype(int),
            "spent": both["current_usd_millions"],
            "soldiers": both["value"],
        }
    )
    made = pd.concat([by_nato, by_cia], ignore_index=True)
    made["usd_thousand"] = 1000 * made["spent"] / made["soldiers"]
    return made[made["usd_thousand"].notna()]


@measure
def per_soldier_story(found: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str]) -> Words:
    """Say who spends most and least per soldier by the method that covers more of the countries."""
    part = _by_one_method(found, codes)
    if part.empty:
        return words("No strength is known for the chosen countries")
    method = part["method"].iloc[0]
    low, high = part.iloc[0], part.iloc[-1]
    most = f"{full(names)[high['iso3']]} spends most per soldier, {high['usd_thousand']:,.0f}"
    if len(part) == 1:
        return words(f"{most} thousand dollars by the figures of {method}")
    least = f"{full(names)[low['iso3']]} least, {low['usd_thousand']:,.0f} thousand"
    return words(f"{most} thousand dollars, and {least}, by the figures of {method}")


@measure
def restated(
    milex: pd.DataFrame, nato: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], year: int
) -> Words:
    """Say what the highest share of government spending would be with NATO's amount.

    SIPRI's share is scaled by NATO's amount over SIPRI's: the one place where the two are mixed,
    to show how much hangs on the choice.
    """
    column = "share_of_government_spending_pct"
    rows = milex[milex["iso3"].isin(list(codes)) & (milex["year"] == year)]
    rows = rows[rows[column].notna()].sort_values(column, ascending=False)
    if rows.empty:
        return words("No share of government spending is known")
    top = rows.iloc[:1]
    code, share = str(top["iso3"].iloc[0]), float(top[column].iloc[0])
    theirs = nato_rows(nato, [code], year, year)
    name = full(names)[code]
    if theirs.empty:
        text = f"{name}, which comes first, is not in NATO's tables, so SIPRI's is the only figure"
        return words(text, top)
    ratio = theirs["nato_current_usd_millions"].iloc[0] / top["current_usd_millions"].iloc[0]
    text = f"With NATO's amount in place of SIPRI's, {name}'s share would be {share * ratio:.1f}%"
    return words(text, top, theirs)
