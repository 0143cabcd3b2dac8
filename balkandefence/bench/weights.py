"""What a browser must load before it shows a page: the page, its styles, its scripts and fonts."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

#: What of a page's links a browser loads before it shows the page.
_FIRST = ("stylesheet", "preload")


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def weight(page: Path) -> int:
    """Return the bytes of a page and all that it loads first from its own site, compressed.

    Figures are left out, both as files and inside the page.
    """
    soup = BeautifulSoup(page.read_bytes(), "html.parser")
    named = [link["href"] for link in soup.find_all("link", href=True)
             if set(link.get("rel") or ()) & set(_FIRST)]  # fmt: skip
    named += [script["src"] for script in soup.find_all("script", src=True)]
    for picture in soup.find_all(["img", "svg"]):
        picture.decompose()
    found = {
        (page.parent / str(name).partition("?")[0]).resolve()
        for name in named
        if "://" not in str(name)
    }
    whole = _compressed(str(soup).encode())
    return whole + sum(_compressed(path.read_bytes()) for path in found if path.is_file())


def of(ours: Path, stock: Path) -> list[dict[str, Any]]:
    """Return the weight of each chapter's page in our book and in a stock one."""
    found = []
    for notebook in sorted((ours / "chapters").glob("*.ipynb")):
        pages = [
            root / f"{notebook.stem}.html"
            for root in (ours / "_build/html", stock / "stock/_build/html")
        ]
        if all(page.is_file() for page in pages):
            found.append(
                {"page": notebook.stem, "ours": weight(pages[0]), "stock": weight(pages[1])}
            )
    return found
