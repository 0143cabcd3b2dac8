"""Defence in the Western Balkans: a book that proves itself."""

__version__ = "2026.11.0"

#: The edition that a plain build makes.
CURRENT = "2026.11.0"


class BookError(Exception):
    """An error that tells its whole story in its message; the command line shows just that."""
