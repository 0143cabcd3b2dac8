"""The verdict rule: written once, the same for every claim.

1. A disputed responsibility, a view or a proposal is **not for us to judge**. A person says so in
   the ledger, with reason and date; the evidence that bears on it is shown all the same.
2. Each basis that counts (role "like") is compared with what was said. It *agrees* where the
   number rounds to the quoted one (half a unit of its last digit each way), where a bound is
   kept, a place is the first, a fact is on record. It is *near* where a number misses by no more
   than CLOSE of the quoted value. Mixed bases and context never count.
3. **Holds**: every basis is known and agrees.
   **Holds under a named definition only**: some agree; the others do not, or are not known.
   **Close**: none agrees, none is unknown, and at least one is near.
   **Does not hold**: every basis is known, and none agrees or is near.
   **Cannot be checked with this data**: no basis is known; or none agrees and one that would
   matter is not known.
4. A statement with several parts takes the verdict of its weakest part, in the order holds, named
   definition, close, cannot be checked, does not hold. The parts are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from balkandefence.claims.evidence import Evidence, Expectation, superseded
from balkandefence.claims.ledger import Claim
from balkandefence.spelling import listed, spelled

#: How far a number may miss the quoted one and still be close, as a share of the quoted one.
CLOSE = 0.05

Word = Literal["holds", "named", "close", "cannot", "fails", "not-ours"]
Fit = Literal["agrees", "near", "differs", "unknown"]

#: The words of the verdicts, each with a shape of its own so that colour is not needed.
WORDS: dict[Word, str] = {
    "holds": "Holds",
    "named": "Holds under a named definition only",
    "close": "Close",
    "fails": "Does not hold",
    "cannot": "Cannot be checked with this data",
    "not-ours": "Not for us to judge",
}
SHAPES: dict[Word, str] = {
    "holds": "●", "named": "◐", "close": "≈", "fails": "✕", "cannot": "?", "not-ours": "◇",
}  # fmt: skip
#: What a reader of machine data gets as a rating, from 1 to 5; none where there is no verdict.
RATING: dict[Word, int] = {"holds": 5, "named": 4, "close": 3, "fails": 1}

#: From the firmest to the weakest; a statement takes the verdict of its weakest part.
_ORDER: tuple[Word, ...] = ("holds", "named", "close", "cannot", "fails")
_EPSILON = 1e-9


@dataclass(frozen=True)
class Verdict:
    """What the rule gives for a claim on a day, with the working."""

    word: Word
    sentence: str
    agree: int = 0
    known: int = 0
    unknown: int = 0
    flip: str = ""
    parts: tuple[tuple[str, Verdict], ...] = ()
    agreeing: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """Return the verdict in words."""
        return WORDS[self.word]

    @property
    def badge(self) -> str:
        """Return the verdict as shape and words."""
        return f"{SHAPES[self.word]} {self.text}"

    @property
    def share(self) -> float | None:
        """Return the share of known bases that agree, in percent."""
        return 100 * self.agree / self.known if self.known else None


def fit(value: float | None, expects: Expectation) -> Fit:
    """Return how a value compares with what was said; see the rule's second point."""
    if value is None:
        return "unknown"
    said = expects.value
    near = CLOSE * abs(said) + _EPSILON
    match expects.relation:
        case "is_true":
            return "agrees" if value else "differs"
        case "first":
            return "agrees" if value == 1 else "differs"
        case "equal":
            miss = abs(value - said)
            agrees = miss <= expects.step / 2 + _EPSILON
        case "at_least":
            miss, agrees = said - value, value >= said - _EPSILON
        case "at_most":
            miss, agrees = value - said, value <= said + _EPSILON
        case "more_than":
            miss, agrees = said - value, value > said + _EPSILON
    return "agrees" if agrees else "near" if miss <= near else "differs"


def fit_of(claim: Claim, row: Evidence) -> Fit:
    """Return how an evidence row compares with what the claim said."""
    return fit(row.number, row.expects or claim.expects)


def word(fits: Sequence[Fit]) -> Word:
    """Return the verdict that the rule's third point gives for the bases that count."""
    unknown, agree = fits.count("unknown"), fits.count("agrees")
    if unknown == len(fits):
        return "cannot"
    if agree:
        return "holds" if agree == len(fits) else "named"
    if unknown:
        return "cannot"
    return "close" if "near" in fits else "fails"


def _gap(claim: Claim, row: Evidence) -> float:
    """Return how far a known number lies from the quoted one, as a share of it."""
    expects = row.expects or claim.expects
    value = row.number
    return abs(value - expects.value) / abs(expects.value) if value is not None else float("inf")


def _is_number(claim: Claim, row: Evidence) -> bool:
    relation = (row.expects or claim.expects).relation
    return relation not in ("is_true", "first") and row.unit != "rank"


def _span(rows: Sequence[Evidence]) -> str:
    ordered = sorted((row for row in rows if row.number is not None), key=lambda r: r.number or 0.0)
    low, high = ordered[0], ordered[-1]
    if low.shown == high.shown:
        return low.shown
    plain = (
        spelled(low.number or 0.0, decimals=low.decimals) if low.unit == high.unit else low.shown
    )
    return f"{plain} to {high.shown}"


def _percent(share: float) -> str:
    return spelled(100 * share, unit="%", decimals=1 if share < 0.1 else 0)


def _sentence(claim: Claim, rows: Sequence[Evidence], fits: Sequence[Fit], made: Word) -> str:
    agree = [row for row, how in zip(rows, fits, strict=True) if how == "agrees"]
    known = [row for row in rows if row.number is not None]
    missing = [row for row in rows if row.number is None]
    count = f"{len(agree)} of {len(known)} bases" if len(known) > 1 else "the only one known"
    if made == "holds":
        alone = f"the one basis there is: {rows[0].basis.label}"
        return f"It holds on {alone if len(rows) == 1 else f'all {len(rows)} bases'}."
    if made == "named":
        listing = [row.basis.label for row in agree]
        more = f" and {len(agree) - 3} more" if len(agree) > 3 else ""
        text = f"It holds only by {'; '.join(listing[:3])}{more} ({count})."
        if all(superseded(row, rows) for row in agree):
            text += " None of these is in the newest release."
        rest = [row for row in known if row not in agree]
        if rest and all(_is_number(claim, row) for row in rest):
            text += f" The others give {_span(rest)}."
        return text + _missing(missing)
    if made == "cannot":
        told = "The one known basis does not agree."
        many = f"None of {len(known)} known bases agrees."
        return (told if len(known) == 1 else many if known else "") + _missing(missing)
    best = min(known, key=lambda row: _gap(claim, row))
    if not _is_number(claim, best):
        shown = list(dict.fromkeys(row.shown for row in known))
        if len(known) == 1:
            return f"The one basis there is, {best.basis.label}, gives {best.shown}."
        return f"None of {len(known)} bases agrees: {listed(shown)}."
    near = f"the nearest, {best.basis.label}, gives {best.shown}, {_percent(_gap(claim, best))} off"
    return f"No basis gives it; {near}."


def _missing(rows: Sequence[Evidence]) -> str:
    told = [row.says or f"{row.basis.label} is not known" for row in rows]
    return "".join(f" {text.rstrip('.')}." for text in dict.fromkeys(told[:3]))


def _flip(claim: Claim, rows: Sequence[Evidence], fits: list[Fit], made: Word) -> str:
    """Return what would change the verdict: a basis less, or a figure that moves, and to what."""
    told = []
    for place, row in enumerate(rows):
        rest = fits[:place] + fits[place + 1 :]
        if rest and word(rest) != made:
            told.append((row.basis.label, word(rest)))
    parts = [f"without {label}: {WORDS[then].lower()}" for label, then in told[:2]]
    moves = []
    for place, row in enumerate(rows):
        if row.number is None or not _is_number(claim, row):
            continue
        other: Fit = "near" if fits[place] == "agrees" else "agrees"
        then = word([*fits[:place], other, *fits[place + 1 :]])
        if then != made:
            moves.append((_move(claim, row), row.basis.label, then))
    if moves:
        share, label, then = min(moves)
        parts.append(f"a change of {_percent(share)} in {label}: {WORDS[then].lower()}")
    if not parts:
        plain = {"holds": "a record that says otherwise", "cannot": "data on what is not known"}
        parts.append(plain.get(made, "no single basis, and no small change in one"))
    return "; ".join(parts)


def _move(claim: Claim, row: Evidence) -> float:
    """Return by which share of itself a row's number must move to change sides."""
    expects, value = row.expects or claim.expects, row.number
    assert value is not None
    half = expects.step / 2 if expects.relation == "equal" else 0.0
    edges = [expects.value - half, expects.value + half]
    return min(abs(edge - value) for edge in edges) / (abs(value) or 1.0)


def _one(claim: Claim, rows: Sequence[Evidence]) -> Verdict:
    counted = [row for row in rows if row.role == "like"]
    fits = [fit_of(claim, row) for row in counted]
    if not counted:
        return Verdict("cannot", "No table of this book bears on it.")
    made = word(fits)
    return Verdict(
        made,
        _sentence(claim, counted, fits, made).strip(),
        agree=fits.count("agrees"),
        known=len(fits) - fits.count("unknown"),
        unknown=fits.count("unknown"),
        flip=_flip(claim, counted, fits, made),
        agreeing=tuple(
            row.basis.label for row, how in zip(counted, fits, strict=True) if how == "agrees"
        ),
    )


def weakest(words: Iterable[Word]) -> Word:
    """Return the weakest of the parts' verdicts."""
    return max(words, key=_ORDER.index)


def verdict(claim: Claim, rows: Sequence[Evidence]) -> Verdict:
    """Return the verdict on a claim for its evidence; see the rule at the head of this module.

    Raises ValueError where there is no evidence at all: no verdict without evidence.
    """
    if not rows:
        raise ValueError(f"{claim.id}: no verdict without evidence")
    if claim.is_judged and claim.judgement is not None:
        return Verdict("not-ours", claim.judgement.text)
    names = list(dict.fromkeys(row.part for row in rows if row.role == "like"))
    if len(names) < 2:
        return _one(claim, rows)
    parts = tuple((name, _one(claim, [r for r in rows if r.part == name])) for name in names)
    made = weakest(part.word for _, part in parts)
    told = [f"{name[:1].upper()}{name[1:]}: {part.text.lower()}." for name, part in parts]
    return Verdict(
        made,
        " ".join(told),
        agree=sum(part.agree for _, part in parts),
        known=sum(part.known for _, part in parts),
        unknown=sum(part.unknown for _, part in parts),
        flip="; ".join(dict.fromkeys(part.flip for _, part in parts if part.word == made)),
        parts=parts,
        agreeing=tuple(label for _, part in parts for label in part.agreeing),
    )
