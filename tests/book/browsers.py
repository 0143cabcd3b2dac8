"""The browser that the tests drive, and what stands on the sheets that it prints."""

from __future__ import annotations

import os
import shutil

import pikepdf
import pytest


def installed_browser() -> str:
    """Return the program of an installed Chromium; fail where there is none."""
    named = os.environ.get("CHROMIUM")
    found = named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        pytest.fail("no Chromium: install chromium, or name one in the variable CHROMIUM")
    return found


def elements(node, kind):
    """Return every element of a kind in a tree of tags."""
    if isinstance(node, pikepdf.Array):
        return [found for kid in node for found in elements(kid, kind)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    below = elements(node.K, kind) if "/K" in node else []
    return [node, *below] if node.get("/S") == f"/{kind}" else below


def sheets(node):
    """Return the sheets on which an element's content stands."""
    if isinstance(node, pikepdf.Array):
        return {sheet for kid in node for sheet in sheets(kid)}
    if not isinstance(node, pikepdf.Dictionary):
        return set()
    own = {node.Pg.objgen} if "/Pg" in node else set()
    return own | (sheets(node.K) if "/K" in node else set())
