"""Measures across countries and editions: common types, coordination, revisions, trade, plants."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.procurement import Window, name_of, span, spread
from balkandefence.measures.procurement_deals import doubts
from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: Parts and engines are no types that a force holds.
_PARTS = "engine/component"

#: How near in time two orders of a type must lie, from loosest to strictest; see `coordination`.
STEPS = {"ever": 99, "within five years": 5, "within two years": 2, "in the same year": 0}


def _orders(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return the register's entries, without parts, ordered or delivered within the years."""
    rows = transfers[transfers["recipient_iso3"].isin(list(countries))]
    came = rows["delivery_end_year"].fillna(0).between(first, last)
    placed = rows["order_year"].between(first, last)
    return rows[(came | placed) & (rows["category"] != _PARTS)]


def _common(rows: pd.DataFrame) -> pd.DataFrame:
    holders = rows.groupby("weapon")["recipient_iso3"].transform("nunique")
    return rows[holders > 1]


@measure
def common_types(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return the types that two or more of the countries received or ordered.

    Long: weapon, iso3, delivered (number), on_order (number, missing where not known), waiting
    (anything not delivered), order_year (first); most widespread type first. The register's
    designation makes a type; what a country has passed on since is not deducted.
    """
    rows = _common(_orders(transfers, countries, first, last))
    rows = rows.assign(
        waiting=rows["status"] != "delivered",
        on_order=(rows["ordered_count"] - rows["delivered_count"]).astype("Float64"),
    )
    cells = rows.groupby(["weapon", "recipient_iso3"], as_index=False).agg(
        delivered=("delivered_count", "sum"), on_order=("on_order", "sum"),
        waiting=("waiting", "max"), order_year=("order_year", "min"),
    )  # fmt: skip
    cells = cells.rename(columns={"recipient_iso3": "iso3"})
    holders = cells.groupby("weapon")["iso3"].transform("size")
    total = cells.groupby("weapon")["delivered"].transform("sum")
    ranked = cells.assign(holders=holders, total=total).sort_values(
        ["holders", "total", "weapon", "iso3"], ascending=[False, False, True, True]
    )
    return ranked.drop(columns=["holders", "total"]).reset_index(drop=True)


@measure
def types_count(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> Quantity:
    """Return how many types the countries received or ordered."""
    rows = _orders(transfers, countries, first, last)
    return quantity(float(rows["weapon"].nunique()), rows)


@measure
def common_count(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> Quantity:
    """Return how many types two or more of the countries received or ordered."""
    rows = _common(_orders(transfers, countries, first, last))
    return quantity(float(rows["weapon"].nunique()), rows)


@measure
def common_sentence(
    transfers: pd.DataFrame,
    countries: Sequence[str],
    first: int,
    last: int,
    codes: pd.DataFrame,
) -> Words:
    """Return a sentence on the most widespread type and who holds or has ordered it."""
    rows = _common(_orders(transfers, countries, first, last))
    if rows.empty:
        return words("No type was received or ordered by two of the countries.", rows)
    holders = rows.groupby("weapon")["recipient_iso3"].nunique()
    top = str(holders.sort_index().idxmax())
    mine = rows[rows["weapon"] == top]
    who = [name_of(codes, code) for code in countries if code in set(mine["recipient_iso3"])]
    listed = " and ".join([", ".join(who[:-1]), who[-1]])
    return words(f"The most widespread is the {top}, received or ordered by {listed}.", mine)


# Coordination


def _placed(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return the orders that the countries placed, one row a country, type and year."""
    rows = transfers[transfers["recipient_iso3"].isin(list(countries))]
    return rows[rows["order_year"].between(first, last) & (rows["category"] != _PARTS)]


def _matched(rows: pd.DataFrame, years: int) -> pd.Series:
    """Return which orders have an order of the same type by another country within `years`."""
    placed = list(zip(rows["weapon"], rows["recipient_iso3"], rows["order_year"], strict=True))
    found = [
        any(
            other == weapon and whose != code and abs(int(when) - int(year)) <= years
            for other, whose, when in placed
        )
        for weapon, code, year in placed
    ]
    return pd.Series(found, index=rows.index, dtype=bool)


def joint_facts(industry: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return the joint procurements found that came to an order and join two of the countries."""
    joint = industry[industry["topic"] == "joint procurement"]
    partners = joint["country_iso3"].map(lambda listed: len(set(listed) & set(countries)))
    return joint[(partners > 1) & joint["status"].isin(["signed", "ordered", "delivered"])]


@measure
def coordination(
    transfers: pd.DataFrame, industry: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return how many of the countries' orders another country's order of the same type matches.

    Rows from loosest to strictest: ever, within five years, within two years, in the same year
    (STEPS), and in one joint order. Columns step, orders (matched), share_pct (of all orders).
    An order is one entry of the register, without parts and engines; joint orders are the joint
    procurements in defence_industry that were signed and join two of the countries.
    """
    rows = _placed(transfers, countries, first, last)
    found = [(step, int(_matched(rows, years).sum())) for step, years in STEPS.items()]
    found.append(("in one joint order", len(joint_facts(industry, countries))))
    made = pd.DataFrame(found, columns=["step", "orders"])
    total = max(len(rows), 1)
    return made.assign(share_pct=100 * made["orders"] / total)


@measure
def orders_count(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> Quantity:
    """Return how many orders the register has for the countries, without parts and engines."""
    rows = _placed(transfers, countries, first, last)
    return quantity(float(len(rows)), rows)


@measure
def coordination_index(
    transfers: pd.DataFrame, countries: Sequence[str], first: int, last: int, years: int = 2
) -> Quantity:
    """Return the index of coordination: orders matched within `years`, in per cent of all orders.

    See `coordination`. A match in time need not be meant: the index is an upper bound of what was
    coordinated.
    """
    rows = _placed(transfers, countries, first, last)
    matched = _matched(rows, years)
    return quantity(100 * float(matched.mean()) if len(rows) else 0.0, rows[matched])


@measure
def joint_count(industry: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of joint orders found that join two of the countries."""
    looked = industry[industry["topic"] == "joint procurement"]
    return quantity(float(len(joint_facts(industry, countries))), looked)


# Revisions


def _editions(vintages: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return the last two editions of the register, or None where only one was published."""
    releases = sorted(vintages["release"].unique())
    if len(releases) < 2:
        return None
    earlier, later = releases[-2:]
    return vintages[vintages["release"] == earlier], vintages[vintages["release"] == later]


@measure
def revised_orders(vintages: pd.DataFrame, countries: Sequence[str], top: int = 12) -> pd.DataFrame:
    """Return the orders whose TIV differs most between the last two editions of the register.

    `vintages` is arms_transfers with all its releases. Only orders of years that both editions
    cover. Columns iso3, item, bloc, kind (removed, added, valued, changed), earlier, later,
    change: TIV ordered. `valued` is an order whose volume the earlier edition did not give.
    Empty where there is a single edition.
    """
    columns = ["iso3", "item", "bloc", "kind", "earlier", "later", "change"]
    both = _editions(vintages)
    if both is None:
        return pd.DataFrame(columns=columns)
    until = int(both[0]["data_to_year"].max())
    old, new = (
        side[
            side["recipient_iso3"].isin(list(countries)) & (side["order_year"] <= until)
        ].set_index("transfer_id")
        for side in both
    )
    every = old.index.union(new.index)
    facts = new.combine_first(old).loc[every]
    earlier = old["ordered_tiv"].reindex(every).astype(float)
    later = new["ordered_tiv"].reindex(every).astype(float)
    kind = pd.Series("changed", index=every).mask(earlier.isna(), "valued")
    kind = kind.mask(~every.isin(new.index), "removed").mask(~every.isin(old.index), "added")
    year = facts["order_year"].astype(int).astype(str)
    made = pd.DataFrame({
        "iso3": facts["recipient_iso3"], "item": facts["weapon"].astype(str) + ", " + year,
        "bloc": facts["supplier_bloc"], "kind": kind, "earlier": earlier, "later": later,
        "change": later.fillna(0.0) - earlier.fillna(0.0),
    })  # fmt: skip
    made = made[made["change"].abs() >= 1]
    size = made["change"].abs().rename("size")
    ranked = made.assign(size=size).sort_values(["size", "item"], ascending=[False, True])
    return ranked.head(top)[columns].reset_index(drop=True)


@measure
def revisions_sentence(vintages: pd.DataFrame, countries: Sequence[str]) -> Words:
    """Return a sentence on what the last edition of the register changed, or that none did."""
    both = _editions(vintages)
    if both is None:
        text = "Only one edition of the register that we hold had appeared, so none is compared."
        return words(text, vintages)
    old, new = (side[side["recipient_iso3"].isin(list(countries))] for side in both)
    gone = old[~old["transfer_id"].isin(new["transfer_id"])]
    volume = float(gone["ordered_tiv"].sum())
    dates = [f"{side['release'].max():%B %Y}" for side in both]
    if gone.empty:
        text = f"Between {dates[0]} and {dates[1]} SIPRI removed no entry on these countries."
    else:
        noun = "entries" if len(gone) > 1 else "entry"
        text = (
            f"Between {dates[0]} and {dates[1]} SIPRI removed {len(gone)} {noun} on these "
            f"countries from its register, with {volume:,.0f} million TIV on order."
        )
    return words(text, gone)


@measure
def noted_revisions(
    revisions: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return the noted changes of the register: recipient, item, earlier_value, later_value."""
    rows = revisions[revisions["recipient_iso3"].isin(list(countries))]
    names = codes.set_index("iso3")["short_name"]
    place = {code: number for number, code in enumerate(countries)}
    made = rows.assign(
        recipient=rows["recipient_iso3"].map(names), place=rows["recipient_iso3"].map(place)
    )
    made = made.sort_values(["place", "item"])
    return made[["recipient", "item", "earlier_value", "later_value", "source"]]


# Trade and plants


@measure
def trade(
    transfers: pd.DataFrame, exports: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return what each country received and supplied within the years, in million TIV.

    Columns iso3, received, supplied; supplied is missing where no edition of the exports had
    appeared, and zero where the edition has none.
    """
    found = []
    came, went = spread(transfers), spread(exports)
    for code in countries:
        got = came[(came["recipient_iso3"] == code) & came["year"].between(first, last)]
        sold = went[(went["supplier_iso3"] == code) & went["year"].between(first, last)]
        supplied = float(sold["tiv"].sum()) if len(exports) else float("nan")
        found.append((code, float(got["tiv"].sum()), supplied))
    return pd.DataFrame(found, columns=["iso3", "received", "supplied"])


@measure
def trade_sentence(
    exports: pd.DataFrame, countries: Sequence[str], window: Window, codes: pd.DataFrame
) -> Words:
    """Return a sentence on who among the countries supplied most major arms within the years."""
    if exports.empty:
        return words("No edition of the register's exports that we hold had appeared.", exports)
    mine = exports[exports["supplier_iso3"].isin(list(countries))]
    rows = spread(mine)
    rows = rows[rows["year"].between(*window)]
    by = rows.groupby("supplier_iso3")["tiv"].sum()
    if not by.sum():
        return words(f"None of them supplied major arms in {span(window)}.", mine)
    share = 100 * by.max() / by.sum()
    text = (
        f"{name_of(codes, str(by.idxmax()))} supplied {share:.0f}% of the major arms that these "
        f"countries sold or gave away in {span(window)}, by TIV."
    )
    return words(text, mine[mine.index.isin(rows.index)])


#: Topics of defence_industry on plants and frameworks, in the order of the table.
TOPICS = (
    "ammunition factory", "drones", "state company KAYO", "KAYO and Elbit",
    "KAYO and Fincantieri", "Elbit and Yugoimport", "export stop", "joint procurement", "SAFE",
    "EDF, EDIRPA, EDIP",
)  # fmt: skip


@measure
def plants(industry: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts on plants, joint procurement and EU instruments that concern the countries.

    Columns topic, country, fact, period, status (with its doubt), source; by TOPICS.
    """
    names = codes.set_index("iso3")["short_name"]
    wanted = {*countries, "WB6"}
    mine = industry["country_iso3"].map(lambda listed: bool(wanted & set(listed)))
    rows = industry[mine & industry["topic"].isin(TOPICS)]
    doubt = doubts(rows).map({"S": ", single source", "L": ", low confidence"}).fillna("")
    made = rows.assign(
        country=[", ".join(str(names[code]) for code in listed) for listed in rows["country_iso3"]],
        status=rows["status"] + doubt.mask(doubts(rows) == "SL", ", single source, low confidence"),
        place=rows["topic"].map(TOPICS.index),
    ).sort_values(["place", "fact_id"])  # fmt: skip
    return made[["topic", "country", "fact", "period", "status", "source"]]
