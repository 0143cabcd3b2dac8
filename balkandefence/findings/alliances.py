"""The facts of the chapter on alliances, section by section."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures import alliances, alliances_profile, alliances_voting
from balkandefence.measures import alliances_exercises as exercising
from balkandefence.provenance import Fact

#: The year in which Serbia suspended exercises with foreign partners.
SUSPENDED = 2022

_EASTERN = ("RUS", "BLR", "CHN")
_ALL_BLOCS = (*exercising.WEST, *exercising.EAST, "TUR", "other")


def ladder(members: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> list[Fact]:
    """Return who is in NATO and where the others stand."""
    outside = alliances.outside_steps(members, countries, codes)
    return [
        Fact(
            "nato-members-count",
            alliances.nato_members_count(members, countries),
            "number of the countries that are members of NATO",
        ),
        Fact(
            "nato-members",
            alliances.nato_members(members, countries, codes),
            "countries that are members of NATO",
        ),
        Fact(
            "not-in-nato",
            alliances.not_in_nato(members, countries, codes),
            "countries that are not members of NATO",
        ),
        Fact("outside-steps", outside, "last step on the NATO ladder of those outside"),
    ]


def ties(
    texts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame, highlight: str
) -> list[Fact]:
    """Return how many signed texts were found and who has any with which power."""
    east = alliances.tied_with(texts, countries, _EASTERN, codes)
    return [
        Fact(
            "texts-count",
            alliances.texts_listed(texts, countries),
            "signed texts found that name the countries",
        ),
        Fact(
            "texts-single",
            alliances.texts_single_source(texts, countries),
            "share of these that rest on one source",
            unit="%",
        ),
        Fact("tied-east", east, "countries with a text with Russia, Belarus or China"),
        Fact(
            "tied-turkey",
            alliances.tied_with(texts, countries, ("TUR",), codes),
            "countries with a text with Turkey",
        ),
        Fact(
            "tied-us",
            alliances.tied_with(texts, countries, ("USA",), codes),
            "countries with a text with the United States",
        ),
        Fact(
            "highlight-partners",
            alliances.partners_count(texts, highlight, alliances.POWERS, codes),
            "partners outside the six in signed texts of the country brought forward",
        ),
    ]


def exercises(
    held: pd.DataFrame,
    countries: Sequence[str],
    codes: pd.DataFrame,
    years: tuple[int, int],
    highlight: str,
) -> list[Fact]:
    """Return what the ledger of exercises holds, with and without its weaker rows."""
    chosen = (held, countries, *years)
    mine = (held, [highlight])
    counted, firm = exercising.exercises_count, exercising.exercises_firm_count
    east = exercising.east_partners(*chosen, codes)
    return [
        Fact(
            "exercises-count",
            counted(held, countries, _ALL_BLOCS, *years),
            "exercises held in the ledger that name the countries",
        ),
        Fact(
            "exercises-single",
            exercising.exercises_single_source(*chosen),
            "share of these that rest on one source",
            unit="%",
        ),
        Fact(
            "exercises-complete",
            exercising.exercises_complete(*chosen),
            "share of these with a complete list of participants",
            unit="%",
        ),
        Fact("exercises-east", east, "countries in listed exercises with Russia, Belarus or China"),
        Fact(
            "highlight-exercises-nato",
            counted(*mine, ("NATO/US",), *years),
            "exercises with NATO or the US in the ledger, all rows, country brought forward",
        ),
        Fact(
            "highlight-exercises-east",
            counted(*mine, exercising.EAST, *years),
            "exercises with Russia, Belarus or China in the ledger, all rows, same country",
        ),
        Fact(
            "highlight-exercises-nato-firm",
            firm(*mine, ("NATO/US",), *years),
            "of those with NATO or the US, rows with two or more origins",
        ),
        Fact(
            "highlight-exercises-east-firm",
            firm(*mine, exercising.EAST, *years),
            "of those with Russia, Belarus or China, rows with two or more origins",
        ),
        Fact(
            "highlight-verdict",
            exercising.verdict(held, highlight, *years),
            "whether the ledger can say with whom that country exercised more",
        ),
        Fact(
            "later-exercises",
            exercising.later_exercises(held, countries, years[1]),
            "exercises held after the last year shown",
        ),
    ]


def suspension(held: pd.DataFrame, counts: pd.DataFrame) -> list[Fact]:
    """Return Serbia's published numbers of exercises and what the ledger lists since 2022."""
    found = [
        Fact(
            f"serbia-{name}-{year}",
            exercising.published_range(counts, "SRB", partner, year),
            f"Serbia's published number of exercises {name}, {year}",
        )
        for partner, name, year in (
            ("NATO", "nato", SUSPENDED - 3),
            ("RUS", "russia", SUSPENDED - 3),
            ("NATO", "nato", SUSPENDED - 1),
            ("RUS", "russia", SUSPENDED - 1),
            ("ALL", "all", SUSPENDED),
            ("ALL", "all", SUSPENDED + 1),
        )
    ]
    return [
        *found,
        Fact(
            "serbia-since",
            exercising.since(held, "SRB", SUSPENDED),
            "Serbia's exercises in the ledger since the suspension",
        ),
        Fact(
            "serbia-last-russia",
            exercising.last_with(held, "SRB", "RUS/BLR"),
            "Serbia's last exercise with Russia or Belarus in the ledger",
        ),
    ]


def votes(
    un: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame, years: tuple[int, int]
) -> list[Fact]:
    """Return how the states vote, how firm that is, and what moved in 2022."""
    voting = alliances_voting
    return [
        Fact(
            "un-lean",
            voting.lean(un, countries, *years, codes),
            "who votes nearer to Germany and who to Russia, last sound year",
        ),
        Fact(
            "un-years",
            voting.years_towards_russia(un, countries, *years, codes),
            "years in which states voted nearer to Russia",
        ),
        Fact(
            "un-releases",
            voting.releases_agree(un, countries, *years),
            "how well two releases of the voting data agree",
        ),
        Fact("un-shift", voting.shift_told(un, countries, years[1]), "what moved in 2022"),
        Fact(
            "un-weak",
            voting.weak_years(un, countries, *years),
            "years of the voting data that cannot be read by themselves",
        ),
        Fact("un-us", voting.why_not_us(un, *years), "how far the US point moved"),
        Fact(
            "un-us-same",
            voting.us_same(un, countries, *years),
            "share of states and years in which a tilt against the US is the same for all",
            unit="%",
        ),
    ]


def declarations(
    cfsp: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame, last: int
) -> list[Fact]:
    """Return who joins most EU declarations, and each country's newest value."""
    return [
        Fact(
            "most-aligned",
            alliances_voting.most_aligned(cfsp, countries, last, codes),
            "countries with the highest alignment with EU declarations last known",
        ),
        Fact(
            "alignment-told",
            alliances_voting.alignment_told(cfsp, countries, last, codes),
            "newest published alignment with EU declarations",
        ),
    ]


def missions(
    contributed: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> list[Fact]:
    """Return who stands in the newest list of KFOR."""
    part = exercising.kfor_part(contributed, countries, codes)
    return [Fact("kfor-part", part, "personnel in KFOR by country, newest list")]


def profile(components: pd.DataFrame, codes: pd.DataFrame) -> list[Fact]:
    """Return which order of the countries the weights cannot change."""
    return [
        Fact(
            "profile-order",
            alliances_profile.order_told(components, codes),
            "order of the countries that holds under every set of weights",
        ),
        Fact(
            "weights-count",
            alliances_profile.weights_count(components),
            "sets of weights tried",
        ),
        Fact(
            "weights-margin",
            alliances_profile.margin(components),
            "lead in points below which two countries count as level",
        ),
    ]
