"""Defence in the Western Balkans: a book that proves itself."""

__version__ = "2026.11.0"

#: The edition that a plain build makes.
CURRENT = "2026.11.0"

#: The mime type under which what a cell publishes stands in its output.
MIME = "application/vnd.balkandefence.v1+json"


class BookError(Exception):
    """An error that tells its whole story in its message; the command line shows just that."""
