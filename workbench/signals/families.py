"""Families of messages that are one event: union-find over keys, with one text that covers all members."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.signals.masks import WILDCARD

_JOINERS = frozenset("._-/\\~+%$@&")
"""What holds the parts of one value together, besides letters and digits."""
_VALUE = re.compile(r"((?:<\*>|[\w./\\~+%$@&-])+)")
_RUN = re.compile(r"<\*>(?:\s?<\*>)+")


class Families:
    """Numbered families, each with words and gaps; united ones share the text of the oldest."""

    def __init__(self) -> None:
        self.parents: list[int] = []
        self.words: list[tuple[str, ...]] = []
        self.gaps: list[tuple[str, ...]] = []
        self.counts: list[int] = []
        """Messages of each family by itself, united or not."""
        self.texts: list[str] = []
        """Text of each root; '' when it must be made anew."""

    def __len__(self) -> int:
        return len(self.parents)

    def create(self, words: Sequence[str], gaps: Sequence[str]) -> int:
        """Return the number of a new family."""
        self.parents.append(len(self.parents))
        self.words.append(tuple(words))
        self.gaps.append(tuple(gaps))
        self.counts.append(0)
        self.texts.append("")
        return len(self.parents) - 1

    def find(self, family: int) -> int:
        """Return the number of the oldest family it was united with."""
        parents = self.parents
        while parents[family] != family:
            parents[family] = parents[parents[family]]
            family = parents[family]
        return family

    def unite(self, one: int, other: int) -> None:
        """Make two families one event."""
        one, other = self.find(one), self.find(other)
        if one == other:
            return
        old, new = min(one, other), max(one, other)
        self.parents[new] = old
        self.cover(old, self.words[new], self.gaps[new])

    def cover(self, root: int, words: tuple[str, ...], gaps: tuple[str, ...]) -> None:
        """Widen the text of a root so that it covers a message; one with another number of words changes nothing."""
        own_words, own_gaps = self.words[root], self.gaps[root]
        if len(own_words) != len(words):
            return
        if own_gaps != gaps:
            self.gaps[root] = tuple([merge(a, b) for a, b in zip(own_gaps, gaps, strict=True)])
            self.texts[root] = ""
        if own_words != words:
            self.words[root] = tuple([a if a == b else _either(a, b) for a, b in zip(own_words, words, strict=True)])
            self.texts[root] = ""

    def rewrite(self, root: int, words: tuple[str, ...], gaps: tuple[str, ...]) -> None:
        """Give a root another text."""
        self.words[root], self.gaps[root], self.texts[root] = words, gaps, ""

    def text(self, root: int) -> str:
        """Return the template of a root."""
        text = self.texts[root]
        if not text:
            gaps = self.gaps[root]
            text = gaps[0] + "".join(word + gap for word, gap in zip(self.words[root], gaps[1:], strict=True))
            self.texts[root] = text
        return text


def _is_inside(text: str, at: int) -> bool:
    """Tell whether a character is part of a value; the full stop of a sentence is not."""
    mark = text[at]
    if mark == "." and text[at + 1 : at + 2] in ("", " "):
        return False
    return mark.isalnum() or mark in _JOINERS or WILDCARD in text[max(0, at - 2) : at + 3]


def _is_unit(one: str, other: str) -> bool:
    """Tell whether two different parts of gaps have letters only: units, which are one value with their number."""
    return one != other and one.isalpha() and other.isalpha()


def _either(one: str, other: str) -> str:
    """Return what covers two words; the full stop of a sentence is no part of its last word."""
    return WILDCARD + "." if one[-1] == other[-1] == "." else WILDCARD


def merge(one: str, other: str) -> str:
    """Return a gap that covers two: what they share at both ends, and `<*>` where they differ.

    Neither a value such as `a1.b/c-2` nor a `<*>` is ever cut in two. Gaps with the same marks are covered value by
    value.
    """
    if one == other:
        return one
    parts, others = _VALUE.split(one), _VALUE.split(other)
    if parts[::2] == others[::2] and not any(_is_unit(a, b) for a, b in zip(parts[1::2], others[1::2], strict=True)):
        return "".join([a if a == b else _either(a, b) for a, b in zip(parts, others, strict=True)])
    shortest, head = min(len(one), len(other)), 0
    while head < shortest and one[head] == other[head]:
        head += 1
    while head and _is_inside(one, head - 1):
        head -= 1
    tail = 0
    while tail < shortest - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    while tail and _is_inside(one, len(one) - tail):
        tail -= 1
    text = _RUN.sub(WILDCARD, one[:head] + WILDCARD + one[len(one) - tail :])
    # `<*> ` and `<*> KB ` share one blank, which the head has taken.
    return text + " " if one[-1:] == other[-1:] == " " != text[-1:] else text
