"""How well two colours can be told apart, as the guidelines for accessible pages (WCAG) count it."""

from __future__ import annotations


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours, #rgb or #rrggbb: 1 is the same brightness, 4.5 is enough for text."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def linear(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of a colour as shares of light, 0..1."""
    digits = colour.lstrip("#")
    pairs = [digit * 2 for digit in digits] if len(digits) == 3 else [digits[at : at + 2] for at in (0, 2, 4)]
    red, green, blue = (_of_light(int(pair, 16) / 255) for pair in pairs)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _of_light(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
