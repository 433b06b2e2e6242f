"""Writes shares the same way wherever people read them: in a sentence, a table, a terminal and a notebook."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share of 0..1 in percent; small ones keep a digit."""
    value = share * 100
    return (f"{value:.1f}".removesuffix(".0") if 0 < value < 10 else f"{value:.0f}") + " %"
