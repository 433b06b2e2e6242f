"""Finds Aadhaar numbers: twelve digits whose last one is a Verhoeff check digit.

Method: J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tracts 29, Amsterdam 1969.
Numbers start with 2 to 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.guard.spans import PiiType, Span

_CANDIDATE = re.compile(r"[2-9]\d{3}([ -]?)\d{4}\1\d{4}(?!\d|[-.]\d)")
# A path, a version, a time of day or a telephone number goes on to the left of the digits.
_PART_OF_MORE = re.compile(r"(?:\w|\+|\w[-_./]|\d:)$")
_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _multiply(left: int, right: int) -> int:
    # The dihedral group D5: 0-4 are rotations, 5-9 are reflections.
    if left < 5:
        return (left + right) % 5 + (5 if right >= 5 else 0)
    return (left - right) % 5 + (0 if right >= 5 else 5)


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = _TURN[digit]
    return digit


_PRODUCT = tuple(tuple(_multiply(left, right) for right in range(10)) for left in range(10))
_PERMUTED = tuple(tuple(_permuted(digit, times) for digit in range(10)) for times in range(8))


def verhoeff_holds(digits: str) -> bool:
    """Tell whether the last digit is the Verhoeff check digit of those before it."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _PRODUCT[check][_PERMUTED[place % 8][int(digit)]]
    return check == 0


def check_digit(digits: str) -> str:
    """Return the digit that makes `digits` + it pass `verhoeff_holds`."""
    return next(str(last) for last in range(10) if verhoeff_holds(digits + str(last)))


def find_aadhaar(text: str) -> Iterator[Span]:
    """Yield the twelve-digit numbers that pass the check, written together or in groups of four."""
    for match in _CANDIDATE.finditer(text):
        start, end = match.span()
        if _PART_OF_MORE.search(text, max(0, start - 2), start) or text[end : end + 1].isalpha():
            continue
        if verhoeff_holds(match.group().replace(" ", "").replace("-", "")):
            yield Span(PiiType.AADHAAR, start, end)
