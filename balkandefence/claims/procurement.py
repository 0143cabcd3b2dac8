"""Claims about arms suppliers: shares by value, count and money, and single deals."""

from __future__ import annotations

from typing import Any

from balkandefence.claims.evidence import FIRST, TRUE, Evidence, Expectation, Known, fact, row
from balkandefence.claims.evidence import context as bearing
from balkandefence.claims.ledger import Claim, recorded, tests_claim
from balkandefence.measures import claims_procurement as own
from balkandefence.measures import procurement

REGISTER = "SIPRI arms transfers"
DEALS = "Ledger of deals"

_NEIGHBOURS = ("ALB", "BIH", "XKX", "MNE", "MKD")
_WESTERN = {
    "Western without Turkey": own.WESTERN,
    "Western with Turkey": (*own.WESTERN, "Turkey"),
    "Western with Turkey and Israel": (*own.WESTERN, "Turkey", "Israel"),
}
_HALF = Expectation("more_than", 50.0)
_BOUGHT = ("delivering", "delivered")


def _release(known: Known) -> tuple[object, int]:
    """Return the release of the register that answers on the day, and its last year."""
    transfers = known("arms_transfers")
    return transfers["release"].max(), int(transfers["data_to_year"].max())


def _spans(*windows: tuple[int, int]) -> list[tuple[int, int]]:
    return list(dict.fromkeys(windows))


@tests_claim
def neighbours_western(claim: Claim, known: Known) -> list[Evidence]:
    """Western shares of the five: by value and count, together and lowest, three readings."""
    transfers, deals = known("arms_transfers"), known("arms_deals")
    release, last = _release(known)
    found = []
    for window in _spans((2020, 2024), (2014, last), (last - 4, last)):
        for reading, blocs in _WESTERN.items():
            told: dict[str, Any] = {"window": procurement.span(window), "unit": "%", "decimals": 0,
                    "part": "neighbours rely on the West"}  # fmt: skip
            orders = own.orders(deals, _NEIGHBOURS, window)
            found += [
                row(own.volume_share(transfers, _NEIGHBOURS, blocs, window), REGISTER,
                    f"{reading}, by value, all five", release=release, **told),
                row(own.lowest_volume_share(transfers, _NEIGHBOURS, blocs, window), REGISTER,
                    f"{reading}, by value, lowest of five", release=release, **told),
                row(own.order_share(orders, "supplier_bloc", blocs), DEALS,
                    f"{reading}, by orders, all five", **told),
                row(own.lowest_order_share(orders, "supplier_bloc", blocs), DEALS,
                    f"{reading}, by orders, lowest of five", **told),
            ]  # fmt: skip
    for window in _spans((2020, 2024), (last - 4, last)):
        found.append(row(
            own.groups_delivering(transfers, "SRB", window), REGISTER,
            "groups (Western, China, Russia) that delivered to Serbia", release=release,
            window=procurement.span(window), unit="groups", decimals=0, part="Serbia mixes",
            expects=Expectation("at_least", 3.0),
        ))  # fmt: skip
    return found


@tests_claim
def kosovo_suppliers(claim: Claim, known: Known) -> list[Evidence]:
    """The three states' share in Kosovo: by value, by orders, by money; weapons and goods apart."""
    transfers, deals = known("arms_transfers"), known("arms_deals")
    release, last = _release(known)
    three = ("USA", "TUR", "DEU")
    found = []
    for window in _spans((2021, last), (2022, last)):
        found.append(row(own.supplier_share(transfers, "XKX", three, window), REGISTER,
                         "by value", release=release, window=procurement.span(window),
                         unit="%", decimals=0))  # fmt: skip
    window = (2021, 2025)
    for what, weapons, sure in (
        ("by orders, all", False, False), ("by orders, weapons only", True, False),
        ("by orders, without single-source ones", False, True),
    ):  # fmt: skip
        orders = own.orders(deals, ["XKX"], window, weapons=weapons, sure=sure)
        found.append(row(own.order_share(orders, "supplier_iso3", three), DEALS, what,
                         window="2021–2025", unit="%", decimals=0))  # fmt: skip
    money = own.money_share(own.orders(deals, ["XKX"], window), three)
    found.append(row(money, DEALS, "by disclosed money", window="2021–2025", unit="%", decimals=0,
                     says="No price of these orders is disclosed"))  # fmt: skip
    for iso3, name in (("USA", "United States"), ("TUR", "Turkey"), ("DEU", "Germany")):
        share = own.order_share(own.orders(deals, ["XKX"], window), "supplier_iso3", [iso3])
        found.append(bearing(share, DEALS, f"{name}, by orders", window="2021–2025", unit="%",
                             decimals=0))  # fmt: skip
    return found


@tests_claim
def kosovo_nato_standard(claim: Claim, known: Known) -> list[Evidence]:
    """The share of Kosovo's orders whose item is of NATO standard or calibre."""
    deals = known("arms_deals")
    found = []
    for what, weapons, sure in (
        ("all orders", False, False), ("weapons only", True, False),
        ("weapons, without single-source ones", True, True),
    ):  # fmt: skip
        orders = own.orders(deals, ["XKX"], (2021, 2025), weapons=weapons, sure=sure)
        found.append(row(own.order_share(orders, "nato_standard", ["yes"]), DEALS,
                         f"NATO standard, {what}", window="2021–2025", unit="%",
                         decimals=0))  # fmt: skip
    return found


@tests_claim
def kosovo_puma(claim: Claim, known: Known) -> list[Evidence]:
    """Whether the ledger of deals has the Puma LE as delivered; the register has none."""
    deals = known("arms_deals")
    return [
        fact(own.deal_is(deals, ["K11"], _BOUGHT), DEALS, "RQ-20 Puma LE delivered",
             "The ledger has the deal with this status on the day"),
        bearing(own.register_has(known("arms_transfers"), "XKX", "US", "UAV"), REGISTER,
                "unmanned aircraft from the United States", expects=TRUE,
                says="The register covers major arms and may leave out small ones"),
    ]  # fmt: skip


@tests_claim
def kosovo_factory(claim: Claim, known: Known) -> list[Evidence]:
    """Agreement, site, works and output of the plant are four facts, each by itself."""
    industry = known("defence_industry")
    signed = own.deal_is(known("arms_deals"), ["K13"], ("ordered", *_BOUGHT))
    site = own.fact_known(industry, ["I02"])
    approved = [bearing(
        site, "Ledger of defence industry", "site approved for expropriation", expects=TRUE,
        says="The government approved the request in November 2025",
    )] if site else []  # fmt: skip
    return [
        fact(signed, DEALS, "contract with a Turkish maker signed", "Turnkey contract"),
        fact(None, DEALS, "building begun",
             "The start of building stands in one undated page only"),
        *approved,
        bearing("none on record", "Ledger of defence industry", "first output"),
    ]  # fmt: skip


def _largest(known: Known, bloc: str, window: tuple[int, int], by: str) -> list[Evidence]:
    """Return a bloc's share and place among Serbia's suppliers in a window."""
    transfers = known("arms_transfers")
    release, _ = _release(known)
    span = procurement.span(window)
    told: dict[str, Any] = {"release": release, "window": span}
    what = "deliveries" if by == "delivery" else "orders placed"
    return [
        row(own.volume_share(transfers, ["SRB"], [bloc], window, by), REGISTER,
            f"share of {what} over half", unit="%", decimals=0, expects=_HALF, **told),
        row(own.volume_rank(transfers, "SRB", bloc, window, by), REGISTER,
            f"largest supplier by {what}", unit="rank", expects=FIRST, **told),
    ]  # fmt: skip


@tests_claim
def serbia_russia_before(claim: Claim, known: Known) -> list[Evidence]:
    """Russia's share and place to 2021, in four windows, by delivery and by order."""
    found = []
    for window in ((2000, 2021), (2010, 2021), (2014, 2021), (2017, 2021)):
        for by in ("delivery", "order"):
            found += _largest(known, "Russia", window, by)
    orders = own.orders(known("arms_deals"), ["SRB"], (2014, 2021))
    found.append(row(own.order_rank(orders, "Russia"), DEALS, "most orders", window="2014–2021",
                     unit="rank", expects=FIRST))  # fmt: skip
    return found


@tests_claim
def serbia_china_since(claim: Claim, known: Known) -> list[Evidence]:
    """China's share and place since 2022: deliveries, orders placed, and number of orders."""
    transfers = known("arms_transfers")
    release, last = _release(known)
    found = [
        *_largest(known, "China", (2022, last), "delivery"),
        *_largest(known, "China", (2022, last), "order"),
    ]
    orders = own.orders(known("arms_deals"), ["SRB"], (2022, last))
    found.append(row(own.order_rank(orders, "China"), DEALS, "most orders",
                     window=f"2022–{last}", unit="rank", expects=FIRST))  # fmt: skip
    before = procurement.arrivals_sentence(
        transfers, "SRB", procurement.INVASION, last, known("countries")
    )
    found.append(bearing(before, REGISTER, "when it was ordered", release=release,
                         window=f"since {procurement.INVASION}"))  # fmt: skip
    return found


@tests_claim
def serbia_chinese_systems(claim: Claim, known: Known) -> list[Evidence]:
    """Drones and air defence from China on record; pages, not tables, state the range class."""
    deals, transfers = known("arms_deals"), known("arms_transfers")
    drones, missiles = {"part": "combat drones"}, {"part": "medium-range missile systems"}
    release, _ = _release(known)
    unclear = fact(None, REGISTER, "medium range",
                   "No table or page on record states the range class of the FK-3",
                   **missiles)  # fmt: skip
    return [
        fact(own.deal_is(deals, ["R13", "R15"], _BOUGHT), DEALS, "CH-92A or CH-95 delivered",
             "Deals with China", **drones),
        fact(own.register_has(transfers, "SRB", "China", "UCAV"), REGISTER,
             "combat drones delivered", "SIPRI's category", release=release, **drones),
        fact(own.deal_is(deals, ["R14"], _BOUGHT), DEALS, "FK-3 (HQ-22) air defence delivered",
             "Deals with China", **missiles),
        fact(own.register_has(transfers, "SRB", "China", "air defence"), REGISTER,
             "air defence delivered", "SIPRI's category", release=release, **missiles),
        *(recorded(claim, known, missiles["part"]) or [unclear]),
        bearing(own.deal_is(deals, ["R16"], _BOUGHT), DEALS, "HQ-17A delivered", expects=TRUE,
                says="The ledger calls it short-range", **missiles),
    ]  # fmt: skip
