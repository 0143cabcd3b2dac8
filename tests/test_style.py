"""The chart contract: one look, one colour a country, nothing cut off or overlapping."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D

from balkandefence import style, tables

LONG = "Serbia spends more on its armed forces than the five other states of the region together"


def boxes(figure, *texts):
    """Return the boxes of texts in a drawn figure, in pixels."""
    FigureCanvasAgg(figure).draw()
    return [text.get_window_extent() for text in texts]


def named(figure, gid):
    """Return the figure's text of that name."""
    return next(text for text in figure.texts if text.get_gid() == gid)


# Colours ------------------------------------------------------------------------------------


def test_every_country_and_bloc_of_the_book_has_its_own_colour(monkeypatch):
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)
    countries = tables.load("countries")
    own = set(countries.loc[countries["role"].isin(["western_balkans", "comparator"]), "iso3"])

    assert own <= set(style.COUNTRY)
    assert len(set(style.COUNTRY.values())) == len(style.COUNTRY)
    assert set(countries["supplier_bloc"].dropna()) <= set(style.BLOC)
    assert len(set(style.BLOC.values())) == len(style.BLOC)


def test_every_bloc_and_each_of_the_six_has_a_closed_shape_of_its_own():
    assert set(style.BLOC_MARK) == set(style.BLOC)
    assert set(style.COUNTRY_MARK) == {"SRB", "ALB", "BIH", "XKX", "MNE", "MKD"}
    for shapes in (style.BLOC_MARK, style.COUNTRY_MARK):
        assert len(set(shapes.values())) == len(shapes)
        assert set(shapes.values()) <= set(Line2D.filled_markers)
    assert style.country_mark("FRA") == "o"


def test_a_legend_shows_each_country_in_its_colour_and_shape():
    shown = style.country_marks(["XKX", "SRB", "XKX"], {"SRB": "Serbia", "XKX": "Kosovo"})
    looks = [(m.get_label(), m.get_color(), m.get_marker()) for m in shown]
    assert looks == [
        ("Serbia", style.COUNTRY["SRB"], style.COUNTRY_MARK["SRB"]),
        ("Kosovo", style.COUNTRY["XKX"], style.COUNTRY_MARK["XKX"]),
    ]


@pytest.mark.parametrize(("code", "colour"), [("SRB", "#b3402a"), ("FRA", "#8a94a0")])
def test_a_country_keeps_its_colour_and_any_other_is_grey(code, colour):
    assert style.colour(code) == colour


@pytest.mark.parametrize("code", ["SRB", "ALB", "BIH", "XKX", "MNE", "MKD"])
def test_a_colour_of_the_six_stands_out_from_the_paper(code):
    def luminance(colour):
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in mpl.colors.to_rgb(colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    contrast = (luminance(style.PAPER) + 0.05) / (luminance(style.colour(code)) + 0.05)
    assert contrast > 2.7


# The canvas ---------------------------------------------------------------------------------


def test_the_look_is_the_books_own_typeface_and_the_same_ids_each_time():
    style.apply()

    assert mpl.rcParams["font.family"] == ["Source Sans Pro"]
    assert mpl.rcParams["svg.hashsalt"] == "balkandefence"
    found = mpl.font_manager.findfont("Source Sans Pro", fallback_to_default=False)
    assert found.endswith("SourceSansPro-Regular.ttf")


@pytest.mark.parametrize("narrow", [False, True])
def test_a_canvas_is_as_wide_as_its_medium_and_as_high_as_its_parts(narrow):
    short, _ = style.canvas("Up", narrow=narrow, height=3)
    long, _ = style.canvas(LONG * 2, LONG * 2, narrow=narrow, height=3)

    assert short.get_size_inches()[0] == long.get_size_inches()[0] == style.WIDTH[narrow]
    assert long.get_size_inches()[1] > short.get_size_inches()[1] > 3


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("subtitle", ["", "million US dollars at constant prices of 2024 " * 3])
def test_title_subtitle_plot_and_footer_do_not_overlap_or_leave_the_picture(narrow, subtitle):
    figure, axes = style.canvas(LONG, subtitle, narrow=narrow)
    style.footer(figure, "Source: a long credit, release of 30 April 2025. Edition x. " * 6)

    title, foot = named(figure, "title"), named(figure, "footer")
    texts = [title, *([named(figure, "subtitle")] if subtitle else [])]
    stacked = [*boxes(figure, *texts), axes.get_window_extent(), *boxes(figure, foot)]

    assert stacked[-1].y0 == pytest.approx(0.05 * figure.dpi, abs=0.1)
    for upper, lower in itertools.pairwise(stacked):
        assert upper.y0 >= lower.y1
    width, height = figure.get_size_inches() * figure.dpi
    for box in (*stacked[: len(texts)], stacked[-1]):
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height


def test_a_long_footer_makes_the_picture_higher_and_a_short_one_does_not():
    figure, _ = style.canvas("Up")
    before = figure.get_size_inches()[1]
    style.footer(figure, "Source: SIPRI.")
    assert figure.get_size_inches()[1] == before

    style.footer(figure, "Source: a long credit. " * 60)

    assert figure.get_size_inches()[1] > before


def test_several_axes_are_given_as_subplots_gives_them():
    _, axes = style.canvas("Up", rows=2, columns=3, sharex=True)

    assert axes.shape == (2, 3)


# Axes ---------------------------------------------------------------------------------------


@pytest.fixture
def axes():
    made = style.canvas("Up", height=3)[1]
    made.set_ylim(0, 100)
    made.set_xlim(0, 10)
    return made


def heights(labels):
    return [label.xy[1] for label in labels]


def test_labels_far_apart_stay_where_their_lines_end(axes):
    made = style.end_labels(axes, [(10, 80, "A", "#111111"), (10, 20, "B", "#222222")])

    assert [(t.get_text(), t.xy, t.get_color()) for t in made] == [
        ("B", (10, 20), "#222222"), ("A", (10, 80), "#111111"),
    ]  # fmt: skip


@pytest.mark.parametrize("ends", [[50, 50, 50], [50, 50.5, 51, 90], [99, 100, 100], [100] * 5])
def test_labels_close_together_are_moved_apart_within_the_axis(axes, ends):
    made = style.end_labels(axes, [(10, y, f"n{i}", "#111111") for i, y in enumerate(ends)])

    found = boxes(axes.figure, *made)
    for lower, upper in itertools.pairwise(found):
        assert upper.y0 >= lower.y1 - 1
    assert max(heights(made)) <= 100 + 1e-9


def test_a_gap_of_ones_own_is_kept(axes):
    made = style.end_labels(axes, [(10, 50, n, "#111111") for n in "abc"], gap=20)

    assert heights(made) == [50, 70, 90]


def test_no_labels_are_no_labels(axes):
    assert style.end_labels(axes, []) == []


@pytest.mark.parametrize(
    ("first", "last", "most", "ticks"),
    [
        (2020, 2025, 10, [2020, 2021, 2022, 2023, 2024, 2025]),
        (2006, 2025, 10, [2007, 2009, 2011, 2013, 2015, 2017, 2019, 2021, 2023, 2025]),
        (2006, 2025, 5, [2009, 2013, 2017, 2021, 2025]),
        (2024, 2024, 10, [2024]),
    ],
)
def test_ticks_stand_on_whole_years_and_end_with_the_last(axes, first, last, most, ticks):
    style.whole_years(axes, first, last, most=most)

    assert sorted(axes.get_xticks()) == ticks
    assert [t.get_text() for t in axes.get_xticklabels()] == [str(t) for t in axes.get_xticks()]


def test_amounts_start_at_zero(axes):
    axes.set_ylim(40, 90)

    style.from_zero(axes)

    assert axes.get_ylim() == (0, 90)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_large_numbers_are_written_with_separators(axes, axis):
    style.thousands(axes, axis)

    write = getattr(axes, f"{axis}axis").get_major_formatter()
    assert [write(v, 0) for v in (0, 2.5, 1500, 1234567)] == ["0", "2.5", "1,500", "1,234,567"]


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (iter("abc"), "a, b and c")],
)
def test_names_are_listed_as_in_a_sentence(items, text):
    assert style.listed(items) == text
