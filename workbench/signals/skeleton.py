"""Cuts a masked message into constant words and the gaps between them, which hold values and punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.signals.masks import WILDCARD, mask_skeleton
from workbench.signals.times import MONTHS, WEEKDAYS

NO_WORDS = "\0"
"""First part of the key of a message without constant words; its text follows."""

_WORD = re.compile(r"(?:<\*>|[A-Za-z0-9_$.@/#*?!-])+")
_CALENDAR = re.compile(rf"(?:{WEEKDAYS}|{MONTHS})")
_EMPTY_VALUE = re.compile(r"=(?=\s|$)(?! <\*>| \w+(?![\w=]))")
_RUN = re.compile(r"<\*>(?:[\s,;|#/]*<\*>)*")
_ACCOUNT_WORDS = frozenset(("user", "host", "username", "hostname"))
_LITERALS = frozenset(("nil", "True", "False", "NULL", "TRUE", "FALSE"))
_UNITS = frozenset(
    re.split(
        r"\s+",
        "bytes byte B KB MB GB TB KiB MiB GiB kB ms us ns s sec secs second seconds min mins minutes hours hour days"
        " Hz kHz MHz GHz pages",
    )
)

Key = tuple[str, ...]


@dataclass(slots=True)
class Skeleton:
    """A message as `gaps[0] words[0] gaps[1] words[1] ... gaps[n]`; `key` tells messages of one event from others."""

    key: Key
    words: list[str]
    gaps: list[str]


class _Scan:
    """State of the walk over the words of one message."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.gaps = [""]
        self.seen = 0
        self.after_value = False
        self.last_word = ""

    def mark(self, text: str) -> None:
        self.gaps[-1] += text
        self.seen += 1
        self.after_value = False

    def value(self, text: str) -> None:
        self.gaps[-1] += text
        self.seen += 1
        self.after_value, self.last_word = True, ""

    def word(self, text: str) -> None:
        self.words.append(text)
        self.gaps.append("")
        self.seen += 1
        self.after_value, self.last_word = False, text


def cut(masked: str) -> Skeleton:
    """Return the constant words and gaps of a token-masked message.

    Punctuation, spacing and the number of values are no part of the key: an optional piece, or a list of any length,
    does not make another event. Empty assignments (`name=`) are counted in the key.
    """
    text = mask_skeleton(masked)
    scan, at = _Scan(), 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        word, gap = match.group(), text[at:start]
        scan.gaps[-1] += gap
        at = end
        if WILDCARD in word:
            # A host, path or name glued to a masked part is one value with it; a full stop is not.
            scan.value(WILDCARD + "." if word[-1] == "." else WILDCARD)
        elif not any(map(str.isalnum, word)):
            scan.mark(word)
        elif _is_value(word, gap, text[max(0, start - 2) : start], scan):
            scan.value(word)
        else:
            scan.word(word)
    scan.gaps[-1] += text[at:]
    return Skeleton(_key(text, scan.words, scan.gaps), scan.words, scan.gaps)


def _is_value(word: str, gap: str, before: str, scan: _Scan) -> bool:
    assigned = before[-1:] == "=" or before == "= " or (before[-1:] == ":" and before != "::")
    return (
        assigned
        or word in _LITERALS
        or any(map(str.isdigit, word))
        or (gap == " " and scan.last_word in _ACCOUNT_WORDS)
        or (scan.seen > 0 and _is_dotted(word))
        or (scan.after_value and gap in ("", " ") and word in _UNITS)
        or bool(_CALENDAR.fullmatch(word))
    )


def _is_dotted(word: str) -> bool:
    return ("." in word[1:-1] or "/" in word or "@" in word) and not word.endswith("...")


def _key(text: str, words: list[str], gaps: list[str]) -> Key:
    if not words:
        return (NO_WORDS, _RUN.sub(WILDCARD, "".join(gaps)).strip())
    return (*words, *("=" for _ in _EMPTY_VALUE.finditer(text)))
