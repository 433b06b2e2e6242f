"""Finds values made of letters: a position where several words were seen with the same other words is variable.

Leave-one-out vote over the constant words of messages, streaming, with no tree and no similarity threshold. Three
words in otherwise equal messages are a value; two (opened, closed) are not; behind a preposition stands a name.
"""

from __future__ import annotations

import re

from workbench.signals.families import Families
from workbench.signals.masks import WILDCARD
from workbench.signals.rules import ALL, Rules
from workbench.signals.skeleton import NO_WORDS, Key, Skeleton

LONGEST_KEY = 64
"""Messages with more constant words do not vote: their tables would grow with the square of their length."""

_PREPOSITIONS = frozenset(re.split(r"\s+", "for from to by of at on via user host name named called"))


Place = tuple[int, bool, bool]
"""Position of a word, and whether a masked value stands right before and right behind it: in `door <*> not open` and
`door left open` the middle words are no choice of one place."""


class Vote:
    """Tables of the vote; `cast` unites families."""

    def __init__(self, families: Families, rules: Rules = ALL) -> None:
        self._families, self._rules = families, rules
        self._prepositions = _PREPOSITIONS if rules.uses("preposition") else frozenset()
        self._votes, self._looks_beside = rules.uses("vote"), rules.uses("beside")
        self._by_key: dict[Key, int] = {}
        self._lone: dict[Key, tuple[Place, str, int]] = {}
        """Other words that were seen with one word only: nearly all in free text, so they are kept small."""
        self._seen: dict[Key, dict[Place, dict[str, int]]] = {}

    def family_of(self, key: Key) -> int | None:
        """Return the family with this key."""
        return self._by_key.get(key)

    def cast(self, family: int, skeleton: Skeleton) -> None:
        """Enter a new family and unite it with those that differ from it in one variable position."""
        key, gaps, count = skeleton.key, skeleton.gaps, len(skeleton.words)
        self._by_key[key] = family
        if key[0] == NO_WORDS or len(key) > LONGEST_KEY or not self._votes:
            return
        for (position, before, behind), seen in self._seen.get(key, {}).items():
            # This message is a voted event whose value was masked.
            alone = gaps[position].count(WILDCARD) == 1
            if len(seen) >= self._needed(position, skeleton) and not (alone and (before or behind)):
                self._families.unite(family, next(iter(seen.values())))
        if count < 2:
            return
        masked = [self._looks_beside and WILDCARD in gap for gap in gaps]
        for position in range(count):
            place = (position, masked[position], masked[position + 1])
            self._enter(place, family, skeleton)

    def _enter(self, place: Place, family: int, skeleton: Skeleton) -> None:
        position, key = place[0], skeleton.key
        others, word = key[:position] + key[position + 1 :], key[position]
        places = self._seen.get(others)
        if places is None:
            lone = self._lone.pop(others, None)
            if lone is None:
                self._lone[others] = (place, word, family)
                return
            places = self._seen[others] = {lone[0]: {lone[1]: lone[2]}}
        seen = places.setdefault(place, {})
        seen[word] = family
        if len(seen) < self._needed(position, skeleton):
            return
        for other in seen.values():
            self._families.unite(family, other)
        masked = self._by_key.get(others)
        if masked is not None:
            self._families.unite(family, masked)

    def keys(self) -> dict[Key, int]:
        """Return the family of each key, oldest first."""
        return dict(self._by_key)

    def _needed(self, position: int, skeleton: Skeleton) -> int:
        """Return how many distinct words make a position of this message variable."""
        rules, words, gaps = self._rules, skeleton.words, skeleton.gaps
        if position:
            after = gaps[position] == " " and words[position - 1].lower() in self._prepositions
            return rules.after_preposition if after else rules.words_needed
        return rules.at_start if not gaps[0] and len(words) < rules.many_others else rules.words_needed
