"""The browser that the tests drive."""

from __future__ import annotations

import os
import shutil

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
