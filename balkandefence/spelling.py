"""How numbers and lists are written in prose; apart from publishing, which is heavy to import."""

from __future__ import annotations

from collections.abc import Iterable


def spelled(value: float, *, unit: str = "", decimals: int = 0, grouped: bool = True) -> str:
    """Return a number as prose shows it: separators, a true minus, the unit behind."""
    digits = f"{abs(value):{',' if grouped else ''}.{decimals}f}"
    negative = value < 0 and float(digits.replace(",", "")) != 0
    text = ("\N{MINUS SIGN}" if negative else "") + digits
    return f"{text}%" if unit == "%" else f"{text} {unit}".rstrip()


def listed(items: Iterable[str]) -> str:
    """Return 'a, b and c'."""
    found = list(items)
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)
