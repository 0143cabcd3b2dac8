"""Claims about incidents: what is on record, and who says what where it is disputed."""

from __future__ import annotations

from balkandefence.claims.evidence import Evidence, Expectation, Known, context, fact, row
from balkandefence.claims.ledger import Claim, tests_claim
from balkandefence.measures import claims_alliances as own
from balkandefence.measures import incidents_harm

LEDGER = "Ledger of incidents"
BANJSKA = "20230924-XKX-1"


@tests_claim
def banjska(claim: Claim, known: Known) -> list[Evidence]:
    """The clash on record, and the number of officers killed."""
    ledger = known("incidents")
    clash = own.incident_is(ledger, BANJSKA, "armed_clash")
    killed = incidents_harm.case_number(ledger, BANJSKA, "killed_security_count") if clash else None
    return [
        fact(clash, LEDGER, "armed clash on record",
             "Banjska, 24 September 2023", part="the attack"),
        row(killed, LEDGER, "officers killed", unit="killed", decimals=0, part="one officer killed",
            expects=Expectation("equal", 1.0, 1.0)),
        context(own.incident_text(ledger, BANJSKA, "side_a"), LEDGER, "who attacked"),
        context(own.incident_text(ledger, BANJSKA, "casualty_note"), LEDGER, "counts by source"),
    ]  # fmt: skip


@tests_claim
def banjska_attribution(claim: Claim, known: Known) -> list[Evidence]:
    """Who says what: attribution, positions, reply, and where the courts stood."""
    ledger = known("incidents")
    columns = {
        "attribution_detail": "attribution",
        "disputed_note": "positions",
        "reply": "reply",
        "outcome": "latest outcome",
    }
    return [
        context(own.incident_text(ledger, BANJSKA, column), LEDGER, what)
        for column, what in columns.items()
    ]
