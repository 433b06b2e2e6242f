"""Cuts the beginning of a log line into fields and says what each looks like: time, level, number, mark or word.

This is all that header learning knows beforehand; where the fields stand in a file is learned from the file.
"""

from __future__ import annotations

import re
from functools import lru_cache

from workbench.signals.times import MONTHS, WEEKDAYS, ZONES

TIME, LEVEL, NUMBER, MARK, WORD = "T", "L", "N", "P", "W"
"""Kinds of fields: a time or part of one, a level word, a number, punctuation only, and everything else."""

MOST_FIELDS = 16
"""Fields of a line that are looked at."""

LEVELS = (
    "trace|debug|verbose|info|information|informational|notice|note|warn|warning|err|error|crit|critical|fatal|severe"
    "|alert|emerg|emergency|panic|failure|fine|finer|finest|config|default|log|stdout|stderr"
)
LEVEL_LETTERS = "VDIWEFTNCS"
BALANCED = r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]|\((?:[^()]|\([^()]*\))*\)|<[^<>\s]*>|\{[^{}]*\}"
"""A bracket group with at most one group of its kind inside; it may contain blanks."""
FIELD = rf"(?:{BALANCED})[:,;|]*|[^\s\[(<]\S*|\S+"
DECORATION = "[](){}<>\"',;:|"
"""Characters around a field that are not part of its value."""

_FIELD = re.compile(rf"\s*({FIELD})")
_LEVEL = re.compile(rf"(?:(?i:{LEVELS})|[{LEVEL_LETTERS}])\d?")
_LONG_NAMES = (
    "january|february|march|april|june|july|august|september|october|november|december"
    "|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_TIME = re.compile(
    rf"(?i:{MONTHS}|{WEEKDAYS}|{_LONG_NAMES}|am|pm|utc|gmt|z)|{ZONES}|[+-]\d\d:?\d\d"
    r"|(?=(?:\D*\d){3})[A-Z]?\d{1,8}"
    rf"(?:[-/.:,T_ +Z]+(?:\d+|(?:(?i:{MONTHS}))\b))*(?:Z|[+-]\d\d:?\d\d)?"
)
_NUMBER = re.compile(r"[#*@]?[-+]?(?:0x[0-9a-fA-F]+|\d+(?:[.,:#/]\d+)*|(?=.*\d)[0-9a-fA-F-]{6,})")
_EPOCH = re.compile(r"1\d{8,18}(?:\.\d+)?")
_ADDRESS = re.compile(r"/?\d+(?:\.\d+){3}(?::\d+)?")
_DELIMITER = re.compile(r"[|;,\t]")
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_$]*")


def spans(text: str, most: int = MOST_FIELDS) -> list[tuple[int, int]]:
    """Return (start, end) of the first fields: bracket groups with their trailing marks, or runs of non-blanks."""
    found: list[tuple[int, int]] = []
    at = 0
    match = _FIELD.match
    while len(found) < most and (field := match(text, at)):
        found.append(field.span(1))
        at = field.end()
    return found


def is_time(value: str) -> bool:
    """Tell whether a value is a time or a part of one; addresses like 10.0.0.1 are not."""
    if _ADDRESS.fullmatch(value):
        return False
    if _TIME.fullmatch(value):
        return True
    parts = value.split()
    return len(parts) > 1 and all(_TIME.fullmatch(part.strip(",")) or _NUMBER.fullmatch(part) for part in parts)


@lru_cache(maxsize=8192)
def kind_of(field: str) -> str:
    """Return the kind of a field: T, L, N, P or W."""
    value = field.strip(DECORATION)
    if not value:
        return MARK
    if _LEVEL.fullmatch(value):
        return LEVEL
    if _EPOCH.fullmatch(value) or (not value.isdigit() and is_time(value)):
        return TIME
    if _NUMBER.fullmatch(value):
        return NUMBER
    return WORD if any(map(str.isalnum, value)) else MARK


def line_class(line: str) -> str:
    """Return a coarse class of a line's beginning; lines of one class are thought to share a header.

    The kind of the first field (numbers count as times) with its opening bracket; words are split by whether a time
    follows within the first four fields, which keeps stack traces and other bare text apart.
    """
    found = spans(line, 4)
    if not found:
        return ""
    field = line[found[0][0] : found[0][1]]
    kind = kind_of(_DELIMITER.split(field, maxsplit=1)[0] or field)
    if field[0] in "[(<{":
        return field[0] + (TIME if kind == NUMBER else kind)
    if kind == WORD:
        return "W+" if any(kind_of(line[a:b]) == TIME for a, b in found[1:]) else WORD
    return TIME if kind == NUMBER else kind


def plain_words(text: str) -> list[str]:
    """Return the words made of letters, `_` and `$`; a text with any digit counts as a value and has none."""
    words = _PLAIN_WORD.findall(text)
    return [] if words and any(map(str.isdigit, text)) else words


def all_words(text: str, most: int) -> tuple[str, ...]:
    """Return the first words made of letters, `_` and `$`, whatever stands beside them."""
    return tuple(_PLAIN_WORD.findall(text)[:most])


def is_level(value: str) -> bool:
    """Tell whether a value is a level word or a level letter."""
    return bool(_LEVEL.fullmatch(value.strip(DECORATION)))


def undecorated(text: str) -> str:
    """Return a value without marks at its ends and without brackets around it; `sshd(pam)` keeps its own."""
    value = text.strip(" \t,;:|\"'")
    while len(value) > 1 and value[0] + value[-1] in ("[]", "()", "<>", "{}"):
        value = value[1:-1].strip()
    return value[:-1] if value.endswith("]") and "[" not in value else value
