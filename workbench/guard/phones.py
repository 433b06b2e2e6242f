"""Finds telephone numbers: written with a country code, in a national form, or after a word such as `phone`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.guard.spans import PiiType, Span, places

_EXTENSION = r"(?:[ \t,;]{0,2}(?:x|ext\.?|extension)[ \t]?\d{1,6})?"
# ITU-T E.123 and E.164: `+`, country code, at most 15 digits in groups.
_INTERNATIONAL = re.compile(r"\+\d{1,4}(?:[ \t./-]{0,2}\(?\d{1,5}\)?){1,7}" + _EXTENSION + r"(?![\w:])")
# What stands to the left is looked at after a match, because Python's `re` is fastest with a digit in front.
# North American Numbering Plan: area code and exchange never begin with 0 or 1.
_NORTH_AMERICAN = re.compile(
    r"(?:\([2-9]\d{2}\)[-. ]?[2-9]\d{2}[-. ]?\d{4}|\d{3}([-.])\d{3}\1\d{4})" + _EXTENSION + r"(?![\w/:-]|\.\d)"
)
_TRUNK = re.compile(
    r"(?:\(0\d{1,4}\)|0[1-9]\d{0,3})(?:[ -]\d{5,8}|(?:[ .-]\d{2,4}){2,4})" + _EXTENSION + r"(?![\w/:-]|[.,]\d)"
)
_INDIAN = re.compile(r"[6-9]\d{4}[- ]\d{5}(?![\w/:-]|[.,]\d)")
_LEFT = re.compile(r"(?:(?P<country>(?:(?<=[^\w.+/=:-])|^)(?:001|1)[-. ]?)|[\w.+/=:-])$")
_GROUPED = re.compile(r"(?<![\w.+/-])\(?\d{1,5}\)?(?:[ \t./-]{0,2}\(?\d{1,14}\)?){0,6}" + _EXTENSION + r"(?![\w])")
_WORDS = (
    "phone", "mobile", "cell", "tel", "fax", "contact", "whatsapp", "sms", "msisdn", "dial", "call", "called",
    "calling", "text", "reach", "ring",
)  # fmt: skip
_AFTER_WORD = re.compile(r"\b(?:[ _-]?(?:number|no|num|nr))?[^\d\n+(]{0,24}(?=[\d(])")
# Dates, and the form of US social security numbers.
_OTHER = re.compile(r"\d{3}-\d{2}-\d{4}(?!\d)|\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)|\d{1,2}[-./]\d{1,2}[-./]\d{4}(?!\d)")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$")


def find_phones(text: str, low: str) -> Iterator[Span]:
    """Yield telephone numbers.

    Args:
        text: Any text.
        low: The same text in small letters; character by character.
    """
    if "+" in text:
        for match in _INTERNATIONAL.finditer(text):
            before = text[match.start() - 1] if match.start() else " "
            # `12:00:00 +0530` and `2024-01-01T00:00:00+02:00` are offsets of a time zone.
            if not before.isalnum() and 8 <= _digits(match.group()) <= 15 + 6 * ("x" in match.group().lower()):
                yield Span(PiiType.PHONE, *match.span())
    for pattern, least in ((_NORTH_AMERICAN, 10), (_TRUNK, 9), (_INDIAN, 10)):
        for match in pattern.finditer(text):
            start, end = match.span()
            left = _LEFT.search(text, max(0, start - 5), start)
            if left and left.group("country") and pattern is _NORTH_AMERICAN:
                start = left.start()
            elif left:
                continue
            if _digits(match.group()) >= least and not _OTHER.match(match.group()):
                yield Span(PiiType.PHONE, start, end)
    yield from _find_after_a_word(text, low)


def _find_after_a_word(text: str, low: str) -> Iterator[Span]:
    for word in _WORDS:
        for start in places(low, word) if word in low else ():
            # `telephone` is no case of its own: what stands before the word does not matter if it is part of it.
            before = low[max(0, start - 4) : start]
            lead = _AFTER_WORD.match(low, start + len(word)) if not before[-1:].isalnum() or before == "tele" else None
            match = _GROUPED.match(text, lead.end()) if lead else None
            if match and _is_number(match.group()):
                yield Span(PiiType.PHONE, *match.span())


def _is_number(text: str) -> bool:
    return 7 <= _digits(text) <= 21 and not _OTHER.match(text) and not _IPV4.match(text)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
