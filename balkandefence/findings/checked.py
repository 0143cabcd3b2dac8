"""The facts of the page that sets printed figures beside ours."""

from __future__ import annotations

import pandas as pd

from balkandefence.measures import checked
from balkandefence.provenance import Fact


def page(made: pd.DataFrame, published: pd.DataFrame) -> list[Fact]:
    """Return all facts of the page, from `measures.checked.compared`."""
    printed, two, ten, further = checked.VERDICTS
    return [
        Fact("comparisons", checked.count(made), "printed figures compared"),
        Fact("as-printed", checked.count(made, (printed,)), "ours as printed"),
        Fact("within-two", checked.count(made, (printed, two)), "ours within 2%"),
        Fact("within-ten", checked.count(made, (printed, two, ten)), "ours within 10%"),
        Fact("further-off", checked.count(made, (further,)), "ours further off than 10%"),
        Fact("then", checked.then_story(made), "figures beside the release of their time"),
        Fact("left-out", checked.left_out(made, published), "figures that could not be answered"),
        Fact("furthest", checked.furthest(made), "furthest off"),
        Fact("title", checked.title(made), "title of the chart"),
    ]
