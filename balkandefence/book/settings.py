"""What Jupyter Book is told beside the pages: their order and its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from balkandefence import paths, yamls
from balkandefence.book import about, plan
from balkandefence.editions import Edition


def _flat(content: Any) -> Any:
    """Return a table of contents in which every page stands at the top of the site."""
    if isinstance(content, dict):
        return {
            key: Path(value).name if key in ("root", "file") else _flat(value)
            for key, value in content.items()
            if key not in ("run", "country")
        }
    return [_flat(entry) for entry in content] if isinstance(content, list) else content


def order(edition: Edition) -> str:
    """Return _toc.yml with the pages of an edition."""
    return str(yaml.safe_dump(_flat(plan.toc(edition)), sort_keys=False))


def settings(edition: Edition) -> str:
    """Return _config.yml with the edition's id and day in the footer."""
    content = yamls.read((paths.root() / "_config.yml").read_text(encoding="utf-8"))
    as_of = f"{edition.as_of.day} {edition.as_of:%B %Y}"
    footer = f"Edition {edition.id}, as known on {as_of}. {about.TERMS}"
    # by its id the page knows whether it stands in the folder of a released edition
    content.setdefault("html", {})["extra_footer"] = f'<p data-edition="{edition.id}">{footer}</p>'
    return str(yaml.safe_dump(content, sort_keys=True, allow_unicode=True))
