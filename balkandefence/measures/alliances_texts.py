"""Measures of what stands beside signed texts: decisions of one side, and formal treaties."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.alliances import full_names, where
from balkandefence.provenance import measure
from balkandefence.spelling import listed


@measure
def unilateral(texts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> pd.DataFrame:
    """Return decisions that one side took alone and that name one of the countries, by date.

    Columns: date (as exactly as known), decided_by, concerning, title, status, source.
    """
    rows = texts[texts["type"] == "unilateral decision"]
    named = [
        bool({*sides, *others} & set(countries))
        for sides, others in zip(rows["parties"], rows["recipients"], strict=True)
    ]
    rows = where(rows, named)
    date = rows["date_decided"].fillna(rows["date_reported"])
    return pd.DataFrame(
        {
            "date": date,
            "decided_by": [listed(full_names(codes, sides)) for sides in rows["parties"]],
            "concerning": [listed(full_names(codes, sides)) for sides in rows["recipients"]],
            "title": rows["title"],
            "status": rows["status"],
            "source": rows["source"],
        }
    ).sort_values("date", kind="stable")


@measure
def treaty_partners(
    treaties: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return with how many states each country has formal obligations at the end of ATOP.

    Columns: country, year (last of the data set), defense, consul, nonagg: numbers of states. A
    country that is not in the data set has no row.
    """
    rows = treaties[treaties["dataset"].str.startswith("ATOP")]
    year = rows["end_year"].max()
    rows = rows[(rows["end_year"] == year) & rows["iso3"].isin(list(countries))]
    made = {
        kind: where(rows, [kind in given for given in rows["obligations"]])["iso3"].value_counts()
        for kind in ("defense", "consul", "nonagg")
    }
    inside = [code for code in countries if code in set(rows["iso3"])]
    frame = pd.DataFrame({"country": full_names(codes, inside), "year": year})
    for kind, counts in made.items():
        frame[kind] = [int(counts.get(code, 0)) for code in inside]
    return frame
