"""Findings by theme: the facts that a chapter's prose calls by name."""
