"""The claims chapter: every statement with both verdicts, its evidence and its sources.

The chapter's notebook calls these functions; each publishes what staging turns into a page.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterable, Sequence

import pandas as pd

from balkandefence import publishing
from balkandefence.charts import claims as charts
from balkandefence.claims import Pair, finder, frames, machine, rule
from balkandefence.claims.evidence import Evidence
from balkandefence.claims.ledger import Claim
from balkandefence.measures import claims_verdicts as tallies
from balkandefence.provenance import Fact, Provenance, Words
from balkandefence.publishing import EditionLike
from balkandefence.spelling import spelled

#: Rows of evidence that stand open on the page; more are folded away.
_OPEN = 12
_THEMES = {
    "spending": "Spending and the economy",
    "procurement": "Procurement",
    "alliances": "Alliances",
    "incidents": "Incidents",
}
_PACKAGE = "balkandefence.claims."
_STORY = """\
## One basis for several numbers?

News quotes numbers without release, price basis or definition.
If one basis gives several numbers of a story at once, it explains them better than one that gives \
a single number."""


def verdicts(found: Sequence[Pair]) -> pd.DataFrame:
    """Return one row a claim: id, theme, made, today (the verdicts in words)."""
    rows = [
        (pair.claim.id, pair.claim.theme, pair.then.verdict.text, pair.now.verdict.text)
        for pair in found
    ]
    frame = pd.DataFrame(rows, columns=["id", "theme", "made", "today"])
    frame.attrs = {"tables": tuple(sorted({name for pair in found for name in pair.tables}))}
    return frame


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _badge(word: rule.Word) -> str:
    return (
        f'<span class="verdict verdict-{word}"><span aria-hidden="true">{rule.SHAPES[word]}</span> '
        f"{rule.WORDS[word]}</span>"
    )


def _cell(text: object) -> str:
    """Return text that is safe in a cell of a Markdown table."""
    plain = " ".join(str(text).split())
    for sign in "\\`*_[]<>|":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    marks = ["--:" if place in numeric else ":--" for place in range(len(head))]
    lines = [head, marks, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def facts(found: Sequence[Pair], story: str = "drones-and-missiles-2025") -> list[Fact]:
    """Return the numbers of the chapter's opening: counts, and what the basis finder found."""
    table = verdicts(found)
    mine = [pair for pair in found if pair.claim.story == story]
    joint = finder.joint([(pair.claim, pair.now.evidence) for pair in mine])
    sentence = finder.joint_finding(joint, {pair.claim.id: pair.claim for pair in mine})
    sentence = sentence if mine else "No story that quotes several numbers had appeared by this day"
    made = Provenance(f"{_PACKAGE}finder.joint_finding", {"story": story}, table.attrs["tables"])
    return [
        Fact("statements", tallies.statements(table), "statements that the ledger tests"),
        Fact("changed", tallies.changed(table), "statements with another verdict than when made"),
        Fact("summary", tallies.summary(table), "verdicts today, most frequent first"),
        Fact("story-finding", Words(sentence.rstrip("."), made), "what the basis finder found"),
    ]


def rules() -> None:
    """Publish the verdict rule as it stands in the code that applies it, with its tolerance."""
    text = inspect.cleandoc(rule.__doc__ or "").split("\n\n", 1)[1]
    close = spelled(100 * rule.CLOSE, unit="%")
    legend = ", ".join(_badge(word) for word in rule.WORDS)
    publishing.section(
        "rule",
        f"The rule is the same for every statement; this is its text from the code.\n\n"
        f"{text.replace('CLOSE', close)}\n\nThe signs: {legend}.",
    )


def overview(found: Sequence[Pair], edition: EditionLike) -> None:
    """Publish the table of all statements with both verdicts, and claims.json."""
    rows = [
        [
            f"[{_cell(pair.claim.title)}](#{pair.claim.anchor})",
            _cell(", ".join(who.name for who in pair.claim.said_by)),
            _badge(pair.then.verdict.word),
            _badge(pair.now.verdict.word),
        ]
        for pair in found
    ]
    head = ["Statement", "Said by", "When it was made", f"Today ({_day(edition.as_of)})"]
    nothing = "None of the statements of the ledger had been made by this day."
    publishing.section(
        "overview",
        f"{_counts(found)}\n\n{_table(head, rows)}" if rows else nothing,
        files={"claims.json": machine.json_text(found, edition)},
        linked_data=[
            machine.review(pair, edition) for pair in found if machine.is_quantitative(pair)
        ],
    )


def _counts(found: Sequence[Pair]) -> str:
    """Return how many statements have which verdict, when made and today, as a table."""
    rows = [
        [
            _badge(word),
            str(sum(pair.then.verdict.word == word for pair in found)),
            str(sum(pair.now.verdict.word == word for pair in found)),
        ]
        for word in rule.WORDS
    ]
    return _table(["Verdict", "When it was made", "Today"], rows, numeric=(1, 2))


# One section a claim


def sections(found: Sequence[Pair]) -> None:
    """Publish a section a claim, by theme: verdict, figure where it helps, evidence, sources."""
    for theme, name in _THEMES.items():
        mine = [pair for pair in found if pair.claim.theme == theme]
        for place, pair in enumerate(mine):
            heading = f"## {name}\n\n" if place == 0 else ""
            _claim(pair, heading)


def _claim(pair: Pair, heading: str) -> None:
    claim = pair.claim
    publishing.section(
        claim.id,
        heading + _head(pair),
        provenance=machine.provenance(pair),
        verdict=machine.recorded(pair),
        bears_on=[claim.theme, *(f"country-{code.lower()}" for code in claim.subject)],
        link=(claim.title, claim.anchor),
        files={f"claims/{claim.id}.csv": machine.csv_text(pair)},
    )
    data = frames.bases(pair.claim, pair.now.evidence, pair.tables)
    if 2 <= len(data) <= _OPEN:
        said = f"{claim.value} {claim.unit}".replace(" %", "%")
        publishing.figure(
            f"{claim.id}-bases",
            charts.bases,
            data,
            title=f"{claim.title}: {_said_by_bases(data)}",
            caption=f"What each basis gives beside the quoted {said}.",
            unit="Per cent" if claim.unit == "%" else claim.unit[:1].upper() + claim.unit[1:],
        )
    publishing.section(f"{claim.id}-evidence", _evidence(pair))


def _said_by_bases(data: pd.DataFrame) -> str:
    return f"{int(data['agrees'].sum())} of {len(data)} bases agree"


def _head(pair: Pair) -> str:
    claim, then, now = pair.claim, pair.then.verdict, pair.now.verdict
    keys = ",".join(claim.reported_in)
    rows = [
        [f"When it was made ({_day(pair.then.day)})", _badge(then.word), _share(then)],
        [f"Today ({_day(pair.now.day)})", _badge(now.word), _share(now)],
    ]
    parts = [
        f"({claim.anchor})=\n### {claim.title}",
        f"> {claim.statement}",
        f"Said by {claim.speakers} {{footcite}}`{keys}`.",
        _table(["As known", "Verdict", "Bases that agree"], rows),
        f"**{now.text}.**\n{_cell(now.sentence)}",
    ]
    if claim.judgement:
        parts.append(
            f"*A person's judgement of {_day(claim.judgement.date)}, apart from what is computed:* "
            f"{claim.judgement.reason}"
        )
    parts.append(f"*What changed in between:* {changed(pair)}")
    if now.flip:
        parts.append(f"*What would change the verdict:* {now.flip}.")
    found = finder.finding(claim, pair.now.evidence)
    if found:
        parts.append(found.replace("Basis finder:", "*Basis finder:*"))
    return "\n\n".join(parts)


def _share(verdict: rule.Verdict) -> str:
    if verdict.word == "not-ours":
        return "–"
    unknown = f", {verdict.unknown} not known" if verdict.unknown else ""
    if not verdict.known:
        return "none known"
    return f"{verdict.agree} of {verdict.known}{unknown}"


def changed(pair: Pair) -> str:
    """Return in words what changed between the day of the statement and the edition's day."""
    then, now = pair.then, pair.now
    if then.day == now.day:
        return "the two days are the same."
    told = []
    if then.verdict.word != now.verdict.word:
        told.append(
            f"the verdict went from {then.verdict.text.lower()} to {now.verdict.text.lower()}"
        )
    before = {(row.part, row.basis): row for row in then.evidence if row.role == "like"}
    after = {(row.part, row.basis): row for row in now.evidence if row.role == "like"}
    new = [row.basis for key, row in after.items() if key not in before and row.number is not None]
    releases = sorted({f"{b.source} of {b.release:%B %Y}" for b in new if b.release})
    plain = sum(1 for basis in new if not basis.release)
    if releases:
        told.append(f"newer releases: {', '.join(releases)}")
    if plain:
        told.append("1 other basis" if plain == 1 else f"{plain} other bases")
    moved = [key for key in before if key in after and before[key].shown != after[key].shown]
    if moved:
        told.append(
            "other values: "
            + "; ".join(
                f"{key[1].label} from {before[key].shown} to {after[key].shown}"
                for key in moved[:3]
            )
        )
    if not told:
        return "neither the verdict nor any basis that counts."
    if then.verdict.word == now.verdict.word:
        told.insert(0, "not the verdict")
    return _cell("; ".join(told)) + "."


def _merged(pair: Pair) -> list[tuple[Evidence | None, Evidence | None]]:
    """Return the rows of both days side by side; a lone newer release stands beside the older."""

    def key(row: Evidence, *, release: bool) -> tuple[object, ...]:
        basis = row.basis
        full = (row.part, row.role, basis.source, basis.definition, basis.prices, basis.window)
        return (*full, basis.release) if release else full

    found: list[tuple[Evidence | None, Evidence | None]] = []
    left = list(pair.then.evidence)
    for row in pair.now.evidence:
        same = [old for old in left if key(old, release=True) == key(row, release=True)]
        if not same:
            loose = key(row, release=False)
            alike = [old for old in left if key(old, release=False) == loose]
            lone = sum(key(r, release=False) == loose for r in pair.now.evidence) == 1
            same = alike if lone and len(alike) == 1 else []
        if same:
            left.remove(same[0])
        found.append((same[0] if same else None, row))
    return found + [(row, None) for row in left]


def _off(claim: Claim, row: Evidence) -> str:
    expects = claim.expects
    if row.number is None or row.unit == "rank" or row.role == "context" or row.expects:
        return ""
    if not claim.value or claim.is_judged:
        return ""
    return spelled(100 * (row.number / expects.value - 1), unit="%", decimals=1)


def _rows(pair: Pair, role: str) -> list[list[str]]:
    made = []
    for old, new in _merged(pair):
        row = new or old
        if row is None or row.role != role:
            continue
        part = f"{row.part[:1].upper()}{row.part[1:]}: " if row.part else ""
        keys = f" {{footcite}}`{','.join(row.sources)}`" if row.sources else ""
        known = [_cell(found.shown) if found else "–" for found in (old, new)]
        made.append([_cell(part + row.basis.label) + keys, *known, _off(pair.claim, row),
                     machine.reading(pair.claim, row), _cell(row.says)])  # fmt: skip
    return made


def _are_short(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Return whether a column holds figures or words short enough to be set to the right."""
    return max(len(row[place]) for row in rows) <= 30


def _folded(title: str, text: str, *, fold: bool) -> str:
    return f"````{{dropdown}} {title}\n{text}\n````" if fold else text


def _evidence(pair: Pair) -> str:
    claim, parts = pair.claim, []
    head = ["Basis", "When made", "Today", "Against the claim", "Reading", "Note"]
    for role, title in (
        ("like", "bases that count"),
        ("mixed", "mixed bases, that are not like with like or in another unit"),
        ("context", "what else bears on it"),
    ):
        rows = _rows(pair, role)
        if not rows:
            continue
        keep = [place for place in range(len(head)) if any(row[place] for row in rows)]
        table = _table(
            [head[place] for place in keep],
            [[row[place] for place in keep] for row in rows],
            [keep.index(place) for place in (1, 2, 3) if place in keep and _are_short(rows, place)],
        )
        heading = f"{len(rows)} {title}" if len(rows) > 1 else f"1 {title}"
        fold = len(rows) > _OPEN or (role == "mixed" and len(rows) > 3)
        named = "Evidence" if role == "like" else "Shown apart" if role == "mixed" else "Context"
        if not fold and role != "like":
            table = f"*{named}: {title}*\n\n{table}"
        parts.append(_folded(f"{named}: {heading}", table, fold=fold))
    if claim.caveats:
        parts.append("**Caveats**\n\n" + "\n".join(f"- {caveat}" for caveat in claim.caveats))
    anchor = "method-claims-" + claim.test.replace(".", "-").replace("_", "-")
    names = ", ".join(f"[{name}](#table-{name})" for name in pair.tables)
    page = f'<a href="{claim.theme}.html">{_THEMES[claim.theme]}</a>'
    parts.append(
        f"Working: [`{claim.test}`](#{anchor}) · "
        f'<a href="claims/{claim.id}.csv" download>evidence as CSV</a> · tables: {names} · '
        f"bears on: {page}"
    )
    return "\n\n".join(parts)


# The story's numbers together


def story(found: Sequence[Pair], name: str) -> None:
    """Publish which bases give the numbers of a story jointly, as a sentence and a figure."""
    mine = [pair for pair in found if pair.claim.story == name]
    if not mine:
        return
    told, joint = [_STORY], []
    for when, word in (("then", "When they were made"), ("now", "Today")):
        evidence = [(pair.claim, getattr(pair, when).evidence) for pair in mine]
        joint = finder.joint(evidence)
        sentence = finder.joint_finding(joint, {pair.claim.id: pair.claim for pair in mine})
        told.append(f"*{word}:* {sentence}")
    publishing.section("story", "\n\n".join(told))
    if not joint:
        return
    all_of = sum(one.explains_all for one in joint)
    numbers = max(len(one.values) for one in joint)
    publishing.figure(
        "joint",
        charts.joint,
        frames.joint(mine, joint),
        title=f"{all_of} of {len(joint)} bases "
        f"{'gives' if all_of == 1 else 'give'} all {numbers} numbers of the story",
        caption="The story's numbers by every basis that covers more than one of them. "
        "A basis that gives a number is not thereby shown to be the one that was used.",
    )
