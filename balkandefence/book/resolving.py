"""Numbers of figures and tables, references to them, and a lookup, made quick for Sphinx."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Any

from docutils import nodes
from docutils.nodes import Element
from pybtex import plugin
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode
from sphinxcontrib.bibtex import plugin as bibtex

_TYPE = "exhibit"

#: What sphinxcontrib-bibtex asks pybtex for at each citation.
_PLUGINS = {
    "pybtex.backends": ("docutils", "plaintext"),
    "pybtex.style.formatting": ("unsrt",),
    "pybtex.style.labels": ("number",),
    "pybtex.style.names": ("plain",),
    "pybtex.style.sorting": ("none",),
}

#: The attributes that Sphinx asks for when it numbers figures and tables.
_ASKED = ("ids", "entries")

#: Sphinx's own numbering.
_sphinx_numbers = TocTreeCollector.assign_figure_numbers


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


class Outlines(EnvironmentCollector):
    """Keeps of each page what its figures and tables are numbered by.

    Sphinx reads every page whole again for that, whenever any of them changed.
    """

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Keep the outline of the page that is read."""
        domains: Any = app.env.domains.values()
        numbered = {kind for domain in domains for kind in domain.enumerable_nodes}
        _outlines(app.env)[app.env.docname] = _outline(doctree, numbered)

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page."""
        _outlines(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
    ) -> None:
        """Take over the outlines of pages that another process read."""
        found = _outlines(other)
        _outlines(env).update({name: found[name] for name in docnames if name in found})


def _outlines(env: Any) -> dict[str, Element]:
    """Return the outline of each page that was read, by its name."""
    found: dict[str, Element] = vars(env).setdefault("outlines", {})
    return found


def _outline(tree: Element, numbered: set[type]) -> Element:
    """Return a tree's sections, lists of pages and numbered things, these with their captions.

    Nothing is numbered without a caption or a title.
    """
    found = Element()
    for node in tree.children:
        if not isinstance(node, Element):
            continue
        inner = _outline(node, numbered).children
        if isinstance(node, nodes.section | addnodes.toctree):
            found.append(_bare(node, inner))
            continue
        said = [part for part in node if isinstance(part, nodes.caption | nodes.title)]
        if said and type(node) in numbered:
            found.append(_bare(node, [type(part)("", part.astext()) for part in said]))
        found.extend(inner)
    return found


def _bare(node: Element, children: Sequence[nodes.Node]) -> Element:
    """Return a node of the same kind; a copy would hold on to the whole page."""
    kept = {name: node[name] for name in _ASKED if name in node}
    return type(node)("", *children, **kept)


def _number(self: TocTreeCollector, env: Any) -> list[str]:
    """Number figures and tables as Sphinx does, from the pages' outlines."""
    known, whole = _outlines(env), env.get_doctree
    env.get_doctree = lambda name: known[name] if name in known else whole(name)
    try:
        return _sphinx_numbers(self, env)
    finally:
        vars(env).pop("get_doctree", None)


def _remember_plugins() -> None:
    """Look once through all that is installed: these do at each citation, and ten times before."""
    installed = entry_points().select
    for asking in (plugin, bibtex):
        vars(asking)["entry_points"] = installed
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
    """Register the role, its resolver and the outlines."""
    _remember_plugins()
    TocTreeCollector.assign_figure_numbers = _number  # type: ignore[method-assign]
    app.add_env_collector(Outlines)
    app.add_role("exhibit", ExhibitRole())
    app.connect("env-before-read-docs", _vouch)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
