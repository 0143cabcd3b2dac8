"""The folder in which drawn pictures are kept between runs."""

from __future__ import annotations

import json
from pathlib import Path

from balkandefence import sealed

#: The environment's name for the folder of pictures.
FOLDER = "BALKANDEFENCE_DRAWN"
#: Bytes that all pictures may take together.
LIMIT = 300_000_000

#: A chart as it is published: wide and narrow as SVG, wide as PNG in base 64.
Picture = dict[str, str]


def taken(path: Path) -> Picture | None:
    """Return a kept picture, None where there is none or it is damaged."""
    content = sealed.read(path)
    return None if content is None else dict(json.loads(content))


def keep(path: Path, picture: Picture) -> None:
    """Keep a picture, as far as there is room for it."""
    sealed.write(path, json.dumps(picture).encode())
