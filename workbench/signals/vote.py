"""Finds values made of letters: a position where several words were seen with the same other words is variable.

Leave-one-out vote over the constant words of messages, streaming, with no tree and no similarity threshold. Three
words in otherwise equal messages are a value; two (opened, closed) are not; behind a preposition stands a name.
"""

from __future__ import annotations

import re

from workbench.signals.families import Families
from workbench.signals.masks import WILDCARD
from workbench.signals.skeleton import NO_WORDS, Key, Skeleton

WORDS_NEEDED = 3
"""Distinct words that make a position variable."""
WORDS_AFTER_PREPOSITION = 2
WORDS_AT_START = 15
"""The same for the first word of a message with fewer than three others: the verb of a short message is content."""
MANY_OTHERS = 4
LONGEST_KEY = 64
"""Messages with more constant words do not vote: their tables would grow with the square of their length."""

_ALONE = ((False, False),)
_BESIDE = ((False, False), (True, False), (False, True), (True, True))
_PREPOSITIONS = frozenset(re.split(r"\s+", "for from to by of at on in with as via into user host name named called"))


Place = tuple[int, Key, bool, bool]
"""Position of a word, the other words, and whether a masked value stands right before and right behind it: in
`door <*> not open` and `door left open` the middle words are no choice of one place."""


class Vote:
    """Tables of the vote; `cast` unites families."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self._by_key: dict[Key, int] = {}
        self._seen: dict[Place, dict[str, int]] = {}

    def family_of(self, key: Key) -> int | None:
        """Return the family with this key."""
        return self._by_key.get(key)

    def cast(self, family: int, skeleton: Skeleton) -> None:
        """Enter a new family and unite it with those that differ from it in one variable position."""
        key, count = skeleton.key, len(skeleton.words)
        self._by_key[key] = family
        if key[0] == NO_WORDS or len(key) > LONGEST_KEY:
            return
        gaps = skeleton.gaps
        masked = [WILDCARD in gap for gap in gaps]
        for position in range(count + 1):
            need = words_needed(position, skeleton)
            for before, behind in _BESIDE if gaps[position].count(WILDCARD) != 1 else _ALONE:
                masked_here = self._seen.get((position, key, before, behind))
                if masked_here and len(masked_here) >= need:
                    # This message is a voted event whose value was masked.
                    self._families.unite(family, next(iter(masked_here.values())))
            if position < count and count >= 2:
                self._enter(position, key, family, need, (masked[position], masked[position + 1]))

    def _enter(self, position: int, key: Key, family: int, need: int, beside: tuple[bool, bool]) -> None:
        others = key[:position] + key[position + 1 :]
        seen = self._seen.setdefault((position, others, *beside), {})
        seen[key[position]] = family
        if len(seen) < need:
            return
        for other in seen.values():
            self._families.unite(family, other)
        masked = self._by_key.get(others)
        if masked is not None:
            self._families.unite(family, masked)

    def keys(self) -> dict[Key, int]:
        """Return the family of each key, oldest first."""
        return dict(self._by_key)


def words_needed(position: int, skeleton: Skeleton) -> int:
    """Return how many distinct words make a position of this message variable."""
    words, gaps = skeleton.words, skeleton.gaps
    if position:
        after = gaps[position] == " " and words[position - 1].lower() in _PREPOSITIONS
        return WORDS_AFTER_PREPOSITION if after else WORDS_NEEDED
    return WORDS_AT_START if not gaps[0] and len(words) < MANY_OTHERS else WORDS_NEEDED
