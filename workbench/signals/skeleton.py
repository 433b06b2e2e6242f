"""Cuts a masked message into constant words and the gaps between them, which hold values and punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from workbench.signals.masks import WILDCARD, MessageMasks
from workbench.signals.rules import ALL, Rules
from workbench.signals.times import MONTHS, WEEKDAYS

NO_WORDS = "\0"
"""First part of the key of a message without constant words; its text follows."""

_WORDS_REMEMBERED = 50_000

_WORD = re.compile(r"(?:<\*>|[A-Za-z0-9_$.@/#*?!\\~%+&-])+")
_CALENDAR = frozenset(f"{WEEKDAYS}|{MONTHS}".split("|"))
_EMPTY_VALUE = re.compile(r"=(?=\s|$)(?! <\*>| \w+(?![\w=]))")
_RUN = re.compile(r"<\*>(?:[\s,;|#/]*<\*>)*")
_NUMBERED = re.compile(r"(?:[A-Za-z][\w$]*(?:\.[A-Za-z][\w$]*)*[-@#./]|#)<\*>\.?")
"""A name with its number, `worker-<*>`, or a number alone, `#<*>`: the name is a part of the text."""
_ACCOUNT_WORDS = frozenset(("user", "host", "username", "hostname"))
_LITERALS = frozenset(("nil", "True", "False", "NULL", "TRUE", "FALSE"))
_UNITS = frozenset(
    (
        *"B Byte Bytes byte bytes bit bits bps".split(),  # noqa: SIM905
        *(prefix + unit for prefix in "kKMGTPE" for unit in ("B", "iB", "b", "bps", "bit", "Bps", "Hz")),
        *"ns us ms s nsec usec msec sec nsecs usecs msecs secs Hz pages".split(),  # noqa: SIM905
        *(
            unit + plural
            for unit in ("nanosecond", "microsecond", "millisecond", "second", "minute", "min", "hour", "day", "week")
            for plural in ("", "s")
        ),
    )
)
"""Units of information, time and frequency with the prefixes of SI and IEC 80000-13, a closed vocabulary."""

Key = tuple[str, ...]


@dataclass(slots=True)
class Skeleton:
    """A message as `gaps[0] words[0] gaps[1] words[1] ... gaps[n]`; `key` tells messages of one event from others."""

    key: Key
    words: tuple[str, ...]
    gaps: tuple[str, ...]


class _Kind(IntEnum):
    """What a word is by itself; units and dotted words are values only at some places."""

    WORD = 0
    MARK = 1
    MASKED = 2
    VALUE = 3
    DOTTED = 4
    UNIT = 5


class _Kinds(dict[str, _Kind]):
    """Kind of each word, worked out once."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._uses = rules.uses

    def __missing__(self, word: str) -> _Kind:
        if len(self) >= _WORDS_REMEMBERED:
            self.clear()
        kind = self[word] = self._kind(word)
        return kind

    def _kind(self, word: str) -> _Kind:
        uses = self._uses
        if (word in _LITERALS and uses("literal")) or (word in _CALENDAR and uses("calendar")):
            return _Kind.VALUE
        if word in _UNITS and uses("unit"):
            return _Kind.UNIT
        if word.isalpha():
            return _Kind.WORD
        if WILDCARD in word and (uses("glued") or not any(map(str.isalnum, word))):
            return _Kind.MASKED
        if not any(map(str.isalnum, word)):
            return _Kind.MARK
        if uses("digits") and any(map(str.isdigit, word)):
            return _Kind.VALUE
        if uses("dotted") and ("." in word[1:-1] or "/" in word or "@" in word) and not word.endswith("..."):
            return _Kind.DOTTED
        return _Kind.WORD


class Cutter:
    """Cuts masked messages; remembers up to 50,000 words."""

    def __init__(self, rules: Rules = ALL) -> None:
        self._mask = MessageMasks(rules)
        self._kinds = _Kinds(rules)
        self._assigned, self._empty = rules.uses("assigned"), rules.uses("empty")
        self._account_words = _ACCOUNT_WORDS if rules.uses("account") else frozenset()

    def cut(self, masked: str) -> Skeleton:
        """Return the constant words and gaps of a token-masked message.

        Punctuation, spacing and the number of values are no part of the key: an optional piece, or a list of any
        length, does not make another event. Empty assignments (`name=`) are counted in the key.
        """
        text = self._mask(masked)
        kinds = self._kinds
        words: list[str] = []
        gaps = [""]
        at, seen, after_value, last_word = 0, False, False, ""
        for match in _WORD.finditer(text):
            start, end = match.span()
            word, gap = match[0], text[at:start]
            at = end
            kind = kinds[word]
            if kind is _Kind.MARK:
                gaps[-1] += gap + word
                seen, after_value = True, False
                continue
            if kind is _Kind.MASKED:
                # A host, path or name glued to a masked part is one value with it; a full stop is not.
                if not _NUMBERED.fullmatch(word):
                    word = WILDCARD + "." if word[-1] == "." else WILDCARD
            elif not (
                kind is _Kind.VALUE
                or (kind is _Kind.DOTTED and seen)
                or (kind is _Kind.UNIT and after_value and gap in ("", " "))
                or (gap == " " and last_word in self._account_words)
                or (self._assigned and start and _is_assigned(text, start))
            ):
                words.append(word)
                gaps[-1] += gap
                gaps.append("")
                seen, after_value, last_word = True, False, word
                continue
            gaps[-1] += gap + word
            seen, after_value, last_word = True, True, ""
        gaps[-1] += text[at:]
        return Skeleton(self._key(text, tuple(words), gaps), tuple(words), tuple(gaps))

    def _key(self, text: str, words: Key, gaps: list[str]) -> Key:
        if not words:
            values = _WORD.sub(_without_words, "".join(gaps))
            return (NO_WORDS, _RUN.sub(WILDCARD, values).strip())
        if self._empty and "=" in text:
            return (*words, *("=" for _ in _EMPTY_VALUE.finditer(text)))
        return words


def _without_words(found: re.Match[str]) -> str:
    """Return what stands for a part of a message that has values only; marks stay."""
    return WILDCARD if any(map(str.isalnum, found[0])) or WILDCARD in found[0] else found[0]


def _is_assigned(text: str, start: int) -> bool:
    last = text[start - 1]
    return (
        last == "="
        or (last == " " and text[start - 2 : start] == "= ")
        or (last == ":" and text[start - 2 : start] != "::")
    )
