"""Defence in the Western Balkans: a book that proves itself."""

__version__ = "2026.11.0"
