"""The facts of the chapter on procurement, section by section, and the titles they give.

Measures compute; here their results only get the names by which prose calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import publishing
from balkandefence.measures import procurement as flows
from balkandefence.measures import procurement_deals as ledger
from balkandefence.measures import procurement_money as money
from balkandefence.measures import procurement_types as types
from balkandefence.measures.procurement import INVASION, Window
from balkandefence.provenance import Fact, Words
from balkandefence.publishing import Heading
from balkandefence.spelling import spelled

#: Tables that the chapter loads first, in the order in which it unpacks them.
TABLES = (
    "arms_transfers", "arms_deals", "defence_industry", "countries", "exchange_rates",
    "arms_exports", "arms_transfer_revisions",
)  # fmt: skip

#: Columns of the chapter's tables.
PRICES = {
    "recipient": "Recipient", "system": "System", "supplier": "Seller",
    "year": Heading("Order", grouped=False), "price": Heading("Price, million"),
    "eur_millions": Heading("In euro", "million", 1), "doubt": "Doubt",
    "source": Heading("Sources", keys=True),
}  # fmt: skip
REVISIONS = {
    "recipient": "Recipient", "item": "Item", "earlier_value": "Edition of 2025",
    "later_value": "Edition of 2026", "source": Heading("Sources", keys=True),
}  # fmt: skip
PLANTS = {
    "topic": "Topic", "country": "Country", "fact": "What is known", "period": "Date",
    "status": "Status", "source": Heading("Sources", keys=True),
}  # fmt: skip
LEDGER = {
    "deal_id": "Deal", "recipient": "Recipient", "system": "System", "seller": "Seller",
    "status": "Status", "order": "Order", "delivery": "Delivery",
    "number": "Came, of ordered", "doubt": "Doubt", "source": Heading("Sources", keys=True),
}  # fmt: skip

#: What the marks in the column of doubts mean.
DOUBT = "Doubt: S rests on a single source, L on low confidence."


def deliveries(
    transfers: pd.DataFrame,
    codes: pd.DataFrame,
    countries: Sequence[str],
    highlight: str,
    windows: Sequence[Window],
) -> list[Fact]:
    """Return the facts on who delivered what to whom, and how concentrated it is."""
    recent, end = windows[-1], windows[-1][1]
    return [
        Fact("window-recent", flows.period(transfers, recent), "the last window of deliveries"),
        Fact("window-earlier", flows.period(transfers, windows[0]), "the window compared with it"),
        Fact("highlight", flows.country(codes, highlight), "country brought forward"),
        Fact("largest-recipient", flows.largest_recipient(transfers, countries, recent, codes),
             "country that received most TIV"),
        Fact("largest-recipient-share",
             flows.largest_recipient_share(transfers, countries, recent),
             "its share of TIV delivered to the countries", "%"),
        Fact("received", flows.received(transfers, countries, recent),
             "TIV delivered to the countries", "million TIV"),
        Fact("highlight-top-bloc", flows.top_bloc(transfers, highlight, recent),
             "bloc that delivered most to the highlighted country"),
        Fact("highlight-top-bloc-share", flows.top_bloc_share(transfers, highlight, recent),
             "its share of TIV delivered to that country", "%"),
        Fact("highlight-shift", flows.shift(transfers, highlight, windows, codes),
             "who delivered most to the highlighted country, in two windows"),
        Fact("leaders", flows.leaders(transfers, countries, recent, codes),
             "bloc that delivered most, by country"),
        Fact("highlight-outstanding", flows.outstanding(transfers, highlight, recent, codes),
             "how much of the TIV ordered has not come"),
        Fact("highlight-arrivals",
             flows.arrivals_sentence(transfers, highlight, INVASION, end, codes),
             "how much of what came after 2022 had been ordered before"),
        Fact("highlight-russia", flows.bloc_since(transfers, highlight, "Russia", INVASION, end),
             "what Russia delivered after 2022"),
        Fact("highlight-concentration", flows.concentration_of(transfers, highlight, recent),
             "concentration of the highlighted country's suppliers"),
        Fact("highlight-item", flows.largest_item(transfers, highlight, recent),
             "its largest item with its share of TIV"),
        Fact("one-item-recipients", flows.one_item_recipients(transfers, countries, recent),
             "countries where one item made more than half of TIV"),
    ]  # fmt: skip


def orders(
    deals: pd.DataFrame,
    codes: pd.DataFrame,
    rates: pd.DataFrame,
    countries: Sequence[str],
    highlight: str,
    recent: Window,
) -> list[Fact]:
    """Return the facts on the ledger: counts, standards, channels, money."""
    plans = ("announced", "approved")
    return [
        Fact("deals-count", ledger.count(deals, countries), "rows in the ledger"),
        Fact("highlight-deals-count", ledger.count(deals, [highlight]),
             "rows in the ledger for the highlighted country"),
        Fact("firm-count", ledger.firm_count(deals, countries), "deals with an order"),
        Fact("headline-count", ledger.headline_count(deals, countries),
             "orders that do not rest on thin evidence"),
        Fact("thin-count", ledger.thin_count(deals, countries), "orders on thin evidence"),
        Fact("plans-count", ledger.status_count(deals, countries, plans),
             "deals announced or approved"),
        Fact("doubtful-count", ledger.status_count(deals, countries, ("alleged", "unknown")),
             "deals alleged, or of unknown fate"),
        Fact("highlight-first-seller", ledger.first_blocs(deals, [highlight], recent),
             "bloc with most orders from the highlighted country"),
        Fact("nato-standard-share", ledger.standard_share(deals, countries),
             "share of NATO-standard items among orders", "%"),
        Fact("highlight-standard-share", ledger.standard_share(deals, [highlight]),
             "the same in the highlighted country", "%"),
        Fact("others-standard-share", ledger.standard_share_others(deals, countries, highlight),
             "the same in the other countries", "%"),
        Fact("given-share", ledger.channel_share(deals, countries, "given"),
             "share of gifts among orders", "%"),
        Fact("highlight-given-share", ledger.channel_share(deals, [highlight], "given"),
             "the same in the highlighted country", "%"),
        Fact("paid-count", money.paid_count(deals, countries), "orders that are paid for"),
        Fact("priced-count", money.priced_count(deals, countries),
             "of these, orders with a public price"),
        Fact("disclosed", money.disclosed(deals, rates, countries, codes),
             "sum of public prices", "million euro"),
        Fact("dearest", money.dearest(deals, rates, countries, codes), "the dearest public price"),
        Fact("silent-blocs", money.silent_blocs(deals, countries),
             "sellers without any public price"),
    ]  # fmt: skip


def across(
    transfers: pd.DataFrame,
    vintages: pd.DataFrame,
    industry: pd.DataFrame,
    exports: pd.DataFrame,
    codes: pd.DataFrame,
    countries: Sequence[str],
    windows: Sequence[Window],
    first: int,
) -> list[Fact]:
    """Return the facts on common types, coordination, revisions and exports."""
    end = windows[-1][1]
    index = types.coordination_index(transfers, countries, first, end)
    return [
        Fact("types-count", types.types_count(transfers, countries, first, end),
             "types received or ordered"),
        Fact("common-count", types.common_count(transfers, countries, first, end),
             "types received or ordered by two or more countries"),
        Fact("common-widest", types.common_sentence(transfers, countries, first, end, codes),
             "the most widespread type"),
        Fact("orders-count", types.orders_count(transfers, countries, first, end),
             "orders in the register, without parts"),
        Fact("coordination-index", index, "orders matched within two years", "%"),
        Fact("joint-count", types.joint_count(industry, countries), "joint orders found"),
        Fact("revisions", types.revisions_sentence(vintages, countries),
             "entries that the last edition of the register removed"),
        Fact("suppliers-out", types.trade_sentence(exports, countries, windows[-1], codes),
             "who supplied most to others"),
    ]  # fmt: skip


def titles(found: Sequence[Fact]) -> dict[str, str]:
    """Return the title of each figure, computed from the chapter's facts."""
    t = {
        fact.id: str(fact.value) if isinstance(fact.value, Words) else spelled(
            fact.value, unit=fact.unit, decimals=fact.decimals)
        for fact in found
    }  # fmt: skip
    joint = "none was a joint order" if t["joint-count"] == "0" else f"{t['joint-count']} joint"
    unpriced = f"{t['priced-count']} of {t['paid-count']} orders that are paid for"
    return {
        "blocs": f"Of the major arms delivered here in {t['window-recent']}, "
        f"{t['largest-recipient']} received {t['largest-recipient-share']}",
        "deal-blocs": f"{t['highlight']}'s first seller in {t['window-recent']}: by orders "
        f"{t['highlight-first-seller']}, by volume {t['highlight-top-bloc']}",
        "highlight-suppliers": t["highlight-outstanding"].partition(";")[0].removesuffix("."),
        "arrivals": t["highlight-arrivals"].removesuffix("."),
        "concentration": f"In {t['one-item-recipients']} of the countries one item made more "
        f"than half of all deliveries in {t['window-recent']}",
        "commonality": f"{t['common-count']} of {t['types-count']} types were received or "
        "ordered by more than one of the countries",
        "coordination": f"{t['coordination-index']} of orders met another country's order of the "
        f"type within two years; {joint}",
        "standards": f"{t['nato-standard-share']} of orders are of NATO standard; the share in "
        f"{t['highlight']} is {t['highlight-standard-share']}",
        "channels": f"{t['given-share']} of orders were gifts, in {t['highlight']} "
        f"{t['highlight-given-share']}",
        "money": f"The price is public for {unpriced}",
        "timeline": f"The ledger holds {t['deals-count']} deals; in {t['firm-count']} of them "
        "something was ordered",
        "highlight-deals": f"{t['highlight']}: {t['highlight-deals-count']} deals from order to "
        "last delivery",
        "revisions": t["revisions"].removesuffix("."),
        "trade": t["suppliers-out"].removesuffix("."),
    }


def drawn(id: str, chart: Callable[..., Figure], data: pd.DataFrame, **told: Any) -> None:
    """Publish a figure where there is something to draw; the text then says that there is none."""
    if len(data):
        publishing.figure(id, chart, data, **told)


def listed(id: str, data: pd.DataFrame, columns: dict[str, Heading | str], **told: Any) -> None:
    """Publish a table where there is something to list; the text then says that there is none."""
    if len(data):
        publishing.table(id, data, columns, **told)
