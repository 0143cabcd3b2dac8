"""What the book's pages take from the theme, and what they leave."""

import re
from importlib.resources import files

import pytest

pytestmark = pytest.mark.xdist_group("desk")

_SIGN = re.compile(r"\bfa-(?!solid\b|lg\b|regular\b|brands\b)([a-z-]+)")


@pytest.fixture(scope="module")
def drawn(finished_desk):
    """The names of the signs that the book's style sheet draws."""
    style = (finished_desk.book / "_static/book.css").read_text(encoding="utf-8")
    return set(re.findall(r"\.fa-([a-z-]+) \{ --sign: url\(", style))


@pytest.fixture(scope="module")
def pages(finished_desk):
    return [path.read_text(encoding="utf-8") for path in finished_desk.book.glob("*.html")]


def test_no_page_loads_the_script_of_all_icons(pages):
    assert pages
    assert not any("fontawesome.js" in page for page in pages)


def test_every_sign_on_a_button_is_drawn_by_the_style_sheet(pages, drawn):
    shown = {name for page in pages for classes in re.findall(r'class="([^"]*fa-solid[^"]*)"', page)
             for name in _SIGN.findall(classes)}  # fmt: skip
    assert {"bars", "magnifying-glass", "sun", "moon"} <= shown
    assert shown <= drawn


def test_signs_that_the_themes_own_script_puts_on_a_page_are_drawn_too(drawn):
    theme = files("pydata_sphinx_theme").joinpath(
        "theme/pydata_sphinx_theme/static/scripts/pydata-sphinx-theme.js"
    )
    made = set(_SIGN.findall(theme.read_text(encoding="utf-8")))
    assert made
    assert made <= drawn


def test_the_scripts_that_open_menus_and_switch_the_light_are_still_there(pages):
    for page in pages:
        assert "scripts/bootstrap.js" in page
        assert "scripts/pydata-sphinx-theme.js" in page
