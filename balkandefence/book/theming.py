"""What the book's pages take from the theme, and what they leave: a Sphinx extension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.application import Sphinx
from sphinx.config import Config

if TYPE_CHECKING:
    from docutils import nodes


def _without_thebe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave out the scripts of sphinx-thebe: it adds one twice, which browsers refuse."""
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "THEBE_JS_URL" not in script.attributes.get("body", "")
        and "sphinx-thebe" not in str(script.filename)
    ]


_ARROW = '<summary><span class="toctree-toggle"'


def _name_arrows(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the arrows that open a part of the contents a name, for those who cannot see them."""
    made = context.get("generate_toctree_html")
    if made is None:
        return

    def named(*arguments: Any, **settings: Any) -> str:
        label = _ARROW.replace("<summary", '<summary aria-label="Show or hide its pages"')
        return str(made(*arguments, **settings)).replace(_ARROW, label)

    context["generate_toctree_html"] = named


def _use_own_templates(app: Sphinx, config: Config) -> None:
    """Let the book's templates go before those of the theme that have the same name."""
    config.templates_path = [*config.templates_path, str(Path(__file__).with_name("theme"))]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what changes the theme's pages."""
    app.connect("config-inited", _use_own_templates)
    app.connect("html-page-context", _without_thebe, priority=900)
    app.connect("html-page-context", _name_arrows, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
