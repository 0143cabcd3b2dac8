"""Claims about memberships, agreements and exercises."""

from __future__ import annotations

from balkandefence.claims.evidence import TRUE, Evidence, Expectation, Known, context, fact, row
from balkandefence.claims.ledger import Claim, recorded, tests_claim
from balkandefence.measures import claims_alliances as own

MEMBERSHIPS = "Memberships"
TEXTS = "Ledger of agreements"
EXERCISES = "Ledger of exercises"

_PFP = ("NATO Partnership for Peace",)


@tests_claim
def members(claim: Claim, known: Known) -> list[Evidence]:
    """Membership of three; for the two that seek entry, a formal step and a stated aim apart."""
    table = known("memberships")
    found = [
        fact(own.has_status(table, iso3, ("NATO",), ("member",)), MEMBERSHIPS,
             f"{name} is a member", "NATO", part="three are members")
        for iso3, name in (("ALB", "Albania"), ("MNE", "Montenegro"), ("MKD", "North Macedonia"))
    ]  # fmt: skip
    steps = ("MAP", "IPAP", "applied", "invited")
    part = {"part": "Bosnia and Herzegovina seeks entry"}
    found.append(fact(own.has_status(table, "BIH", ("NATO",), steps), MEMBERSHIPS,
                      "formal step of Bosnia and Herzegovina",
                      "Membership Action Plan", **part))  # fmt: skip
    part = {"part": "Kosovo seeks entry"}
    aim = own.text_known(known("agreements"), "agr-077")
    return [
        *found,
        fact(own.has_status(table, "XKX", ("NATO", *_PFP), ("participant", *steps)), MEMBERSHIPS,
             "formal step of Kosovo", "Some allies do not recognise Kosovo", **part),
        fact(aim, TEXTS, "stated aim of Kosovo",
             "Joint declaration that names Euro-Atlantic integration", **part),
    ]  # fmt: skip


@tests_claim
def serbia_neutral(claim: Claim, known: Known) -> list[Evidence]:
    """The resolution on neutrality and the Partnership for Peace."""
    table = known("memberships")
    return [
        fact(own.has_status(table, "SRB", ("military neutrality",), ("proclaimed",)), MEMBERSHIPS,
             "neutrality proclaimed", "Resolution of parliament, 2007", part="neutral"),
        fact(own.has_status(table, "SRB", _PFP, ("participant",)), MEMBERSHIPS,
             "takes part in the Partnership for Peace", "Since 2006", part="in the Partnership"),
    ]  # fmt: skip


@tests_claim
def first_china_exercise(claim: Claim, known: Known) -> list[Evidence]:
    """An exercise with China in July 2025, and none before it in the ledger."""
    table = known("exercises")
    july = own.exercises_with(table, ["SRB", "CHN"], "2025-07", "2025-07")
    before = own.exercises_with(table, ["SRB", "CHN"], "2000-01", "2025-06")
    part = {"part": "the first"}
    return [
        fact(july, EXERCISES, "held in July 2025 with Serbia and China", "Type: special forces",
             part="held in July"),
        row(before, EXERCISES, "earlier exercises with China", unit="exercises", decimals=0,
            expects=Expectation("at_most", 0.0), says="The ledger is a sample", **part),
    ]  # fmt: skip


@tests_claim
def eu_warning(claim: Claim, known: Known) -> list[Evidence]:
    """What pages report of the EU's words, for no table holds them; alignment as the setting."""
    rates = own.alignment(known("cfsp_alignment"), "SRB")
    silent = row(None, "This book", "statements of the EU on the exercise", expects=TRUE,
                 says="No table or page on record holds statements of the EU")  # fmt: skip
    return [
        *(recorded(claim, known) or [silent]),
        context(rates, "EU declarations, as published", "Serbia's rate of alignment"),
    ]  # fmt: skip


@tests_claim
def bosnia_exercises(claim: Claim, known: Known) -> list[Evidence]:
    """A published number for 2025, where there is one; what the ledger lists is a lower bound."""
    count = own.published_count(known("exercise_counts"), "BIH", 2025)
    listed = own.exercises_with(known("exercises"), ["BIH"], "2025", "2025")
    return [
        row(count, "Published counts", "exercises in the year", window="2025", unit="exercises",
            decimals=0, says="No published count for Bosnia and Herzegovina is in the data"),
        context(listed, EXERCISES, "exercises held that name it", window="2025",
                unit="exercises", decimals=0, says="A lower bound: the ledger is a sample"),
    ]  # fmt: skip


@tests_claim
def trilateral(claim: Claim, known: Known) -> list[Evidence]:
    """The joint declaration, what followed it, and what is on record of Serbia's reaction."""
    exercises, first = known("exercises"), {"part": "the three cooperate"}
    second = {"part": "Serbia condemned it"}
    silent = fact(None, TEXTS, "Serbia's reaction to the declaration",
                  "No table or page on record holds Serbia's reaction", **second)  # fmt: skip
    announced = own.exercise_known(exercises, "exe-077")
    later = [context(
        announced, EXERCISES, "exercise of the three announced", expects=TRUE,
        says="Serbia's ministry objected to it, by the ledger's note", **second,
    )] if announced else []  # fmt: skip
    together = own.exercises_with(exercises, ["ALB", "XKX", "HRV"], "2025", "9999")
    return [
        fact(own.text_known(known("agreements"), "agr-077"), TEXTS, "declaration of the three",
             "Signed in Tirana on 18 March 2025", **first),
        context(together, EXERCISES, "exercises held with all three", window="since 2025",
                unit="exercises", decimals=0, **first),
        *(recorded(claim, known, "Serbia condemned it") or [silent]),
        *later,
    ]  # fmt: skip
