"""References to figures and tables, and a lookup, made quick for Sphinx."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.nodes import Element
from pybtex import plugin
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

_TYPE = "exhibit"

#: What sphinxcontrib-bibtex asks pybtex for at each citation.
_PLUGINS = {
    "pybtex.backends": ("docutils", "plaintext"),
    "pybtex.style.formatting": ("unsrt",),
    "pybtex.style.labels": ("number",),
    "pybtex.style.names": ("plain",),
    "pybtex.style.sorting": ("none",),
}


class ExhibitRole(SphinxRole):
    """`{exhibit}` names a figure or table by its label and shows its number.

    Sphinx's own `numref` reads the whole page of the figure again for each mention.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a reference to be resolved once every page is numbered."""
        found = addnodes.pending_xref(
            self.rawtext,
            nodes.inline("", self.text),
            refdomain="",
            reftype=_TYPE,
            reftarget=self.text,
            refdoc=self.env.docname,
            refexplicit=False,
            refwarn=True,
        )
        self.set_source_info(found)
        return [found], []


def resolve(app: Sphinx, env: BuildEnvironment, node: Element, inner: Element) -> Element | None:
    """Return the numbered link for a reference to an exhibit, None for any other."""
    if node.get("reftype") != _TYPE:
        return None
    target = node["reftarget"]
    page, id = env.get_domain("std").anonlabels.get(target, ("", ""))  # type: ignore[attr-defined]
    kind = target.partition("-")[0]
    number = env.toc_fignumbers.get(page, {}).get(kind, {}).get(id)
    if number is None:
        return None
    shown = env.config.numfig_format[kind] % ".".join(map(str, number))
    words = nodes.inline(shown, shown, classes=["std", "std-numref"])
    return make_refnode(app.builder, node["refdoc"], page, id, words)


def _remember_plugins() -> None:
    """Register pybtex's plugins as found: it looks through all that is installed each time."""
    for group, names in _PLUGINS.items():
        for name in names:
            plugin.register_plugin(group, name, plugin.find_plugin(group, name), force=True)


#: Extensions that say nothing of reading pages at once and may be: they keep nothing a page.
_SAFE = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def _vouch(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    for name in _SAFE:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role and its resolver."""
    _remember_plugins()
    app.add_role("exhibit", ExhibitRole())
    app.connect("env-before-read-docs", _vouch)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
