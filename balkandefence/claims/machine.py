"""The claims for machines: claims.json, CSV files, and ClaimReview (schema.org) for the head."""

from __future__ import annotations

import csv
import inspect
import io
import json
from collections.abc import Sequence
from typing import Any

from balkandefence import sources
from balkandefence.claims import Outcome, Pair, finder, rule
from balkandefence.claims.evidence import Evidence
from balkandefence.claims.ledger import Claim, Speaker
from balkandefence.claims.rule import Verdict
from balkandefence.provenance import Provenance
from balkandefence.publishing import EditionLike

_FITS = {"agrees": "● agrees", "near": "≈ near", "differs": "✕ differs", "unknown": "? not known"}
_BOOK = "Defence in the Western Balkans"


def reading(claim: Claim, row: Evidence) -> str:
    """Return how a row compares with the claim, as shape and word; empty for context."""
    if row.role == "context" or claim.is_judged:
        return ""
    if row.role == "mixed":
        return "mixed, not like with like"
    return _FITS[rule.fit_of(claim, row)]


def provenance(pair: Pair) -> Provenance:
    """Return where today's verdict comes from: the claim's function and the rows it read."""
    rows: dict[str, set[int]] = {}
    for found in pair.now.evidence:
        for table, lines in found.provenance.rows.items():
            rows.setdefault(table, set()).update(lines)
    return Provenance(
        function=f"balkandefence.claims.{pair.claim.test}",
        arguments={"claim": pair.claim.id, "known": pair.now.day.isoformat()},
        tables=pair.tables,
        rows={table: tuple(sorted(lines)) for table, lines in sorted(rows.items())},
    )


def recorded(pair: Pair) -> dict[str, Any]:
    """Return what an edition's record keeps of a claim."""
    return {
        "what": pair.claim.title,
        "text": pair.now.verdict.text,
        "value": pair.now.verdict.share,
        "when_made": pair.then.verdict.text,
        "sentence": pair.now.verdict.sentence,
    }


def csv_text(pair: Pair) -> str:
    """Return a claim's evidence as CSV: a row a basis and day."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    head = ["when", "known_on", "part", "source", "release", "definition", "prices", "window",
            "role", "value", "shown", "unit", "reading", "note", "keys"]  # fmt: skip
    writer.writerow(head)
    for when, outcome in (("made", pair.then), ("today", pair.now)):
        for row in outcome.evidence:
            basis = row.basis
            writer.writerow(
                [when, outcome.day, row.part, basis.source, basis.release or "", basis.definition,
                 basis.prices, basis.window, row.role,
                 "" if row.number is None else f"{row.number:.10g}", row.shown, row.unit,
                 reading(pair.claim, row), row.says, ";".join(row.sources)]
            )  # fmt: skip
    return made.getvalue()


def _evidence(claim: Claim, row: Evidence) -> dict[str, Any]:
    basis, found = row.basis, row.provenance
    return {
        "part": row.part,
        "source": basis.source,
        "release": basis.release.isoformat() if basis.release else None,
        "definition": basis.definition,
        "prices": basis.prices,
        "window": basis.window,
        "role": row.role,
        "value": row.number,
        "shown": row.shown,
        "unit": row.unit,
        "reading": rule.fit_of(claim, row) if row.role == "like" else None,
        "note": row.says,
        "pages": [sources.load()[key].url for key in row.sources],
        "function": found.function,
        "arguments": dict(found.arguments),
        "rows": {table: list(lines) for table, lines in found.rows.items()},
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.text,
        "sentence": verdict.sentence,
        "bases_that_agree": verdict.agree,
        "bases_known": verdict.known,
        "bases_not_known": verdict.unknown,
        "what_would_change_it": verdict.flip,
        "parts": {name: _verdict(part) for name, part in verdict.parts},
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "known_on": outcome.day.isoformat(),
        **_verdict(outcome.verdict),
        "tables": list(outcome.tables),
        "evidence": [_evidence(outcome.claim, row) for row in outcome.evidence],
        "basis_finder": finder.finding(outcome.claim, outcome.evidence),
    }


def json_text(found: Sequence[Pair], edition: EditionLike) -> str:
    """Return claims.json: the rule, and each claim with both verdicts and all evidence."""
    content = {
        "book": _BOOK,
        "edition": edition.id,
        "as_of": edition.as_of.isoformat(),
        "rule": inspect.cleandoc(rule.__doc__ or ""),
        "claims": [
            {
                **pair.claim.model_dump(mode="json"),
                "page": f"claims.html#{pair.claim.anchor}",
                "reported_at": [sources.load()[key].url for key in pair.claim.reported_in],
                "when_made": _outcome(pair.then),
                "today": _outcome(pair.now),
            }
            for pair in found
        ],
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def is_quantitative(pair: Pair) -> bool:
    """Return whether a claim is of a kind that data can test by number."""
    return pair.claim.kind in ("quantity", "forecast")


def _author(who: Speaker) -> dict[str, str]:
    made = {"@type": "Person" if who.person else "Organization", "name": who.name}
    return {**made, "jobTitle": who.role} if who.person else made


def review(pair: Pair, edition: EditionLike) -> dict[str, Any]:
    """Return a claim as schema.org ClaimReview; the verdict in words is its alternateName.

    A claim that cannot be checked has no ratingValue. Addresses are relative to the page, because
    the book may stand anywhere.
    """
    claim, verdict = pair.claim, pair.now.verdict
    rating: dict[str, Any] = {
        "@type": "Rating",
        "alternateName": verdict.text,
        "bestRating": max(rule.RATING.values()),
        "worstRating": min(rule.RATING.values()),
        "ratingExplanation": verdict.sentence,
    }
    if verdict.word in rule.RATING:
        rating["ratingValue"] = rule.RATING[verdict.word]
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"claims.html#{claim.anchor}",
        "datePublished": edition.as_of.isoformat(),
        "author": {"@type": "Organization", "name": f"The authors of {_BOOK}"},
        "claimReviewed": claim.statement,
        "itemReviewed": {
            "@type": "Claim",
            "author": [_author(who) for who in claim.said_by],
            "datePublished": claim.reported,
            "appearance": [
                {"@type": "CreativeWork", "url": sources.load()[key].url}
                for key in claim.reported_in
            ],
        },
        "reviewRating": rating,
    }
