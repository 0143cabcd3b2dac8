"""What Jupyter Book is told beside the pages: their order and its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from balkandefence import paths, yamls
from balkandefence.book import about, plan
from balkandefence.editions import Edition
from balkandefence.yamls import Fault

#: Where Jupyter Book's settings stand, below the project's folder.
FILE = "_config.yml"


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


def _read() -> dict[str, Any]:
    content = yamls.read((paths.root() / FILE).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("html") or {}, dict):
        raise ValueError("expected settings, and below html: such as use_issues_button: true")
    return content


def faults() -> list[Fault]:
    """Return what is wrong with _config.yml before Jupyter Book reads it, each with its line."""
    try:
        _read()
    except yaml.YAMLError as error:
        return [yamls.broken(error)]
    except (OSError, ValueError) as error:
        return [Fault(str(error), 1)]
    return []


def settings(edition: Edition) -> str:
    """Return _config.yml with the edition's id and day in the footer."""
    content = _read()
    as_of = f"{edition.as_of.day} {edition.as_of:%B %Y}"
    footer = f"Edition {edition.id}, as known on {as_of}. {about.TERMS}"
    # by its id the page knows whether it stands in the folder of a released edition
    footed = {"extra_footer": f'<p data-edition="{edition.id}">{footer}</p>'}
    content["html"] = {**(content.get("html") or {}), **footed}
    return str(yaml.safe_dump(content, sort_keys=True, allow_unicode=True))
