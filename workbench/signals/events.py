"""The events of a log: families of messages with the vote and the consolidation that unite them, and their state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.signals.consolidate import consolidate
from workbench.signals.families import Families
from workbench.signals.rules import ALL, Rules
from workbench.signals.skeleton import NO_WORDS, Key, Skeleton
from workbench.signals.vote import Vote

Row = list[Any]
"""One family as JSON: key, words, gaps, messages, number of its root."""


class Events:
    """All that is known about the events of one log."""

    def __init__(self, rules: Rules = ALL) -> None:
        self._rules = rules
        self.families = Families()
        self._vote = Vote(self.families, rules)

    def __len__(self) -> int:
        return len(self.families)

    def learn(self, skeleton: Skeleton) -> int:
        """Return the number of the family that a message belongs to; a new one votes."""
        family = self._vote.family_of(skeleton.key)
        if family is not None:
            self.families.cover(self.families.find(family), skeleton.words, skeleton.gaps)
            return family
        family = self.families.create(skeleton.words, skeleton.gaps)
        self._vote.cast(family, skeleton)
        return family

    def text(self, family: int) -> str:
        """Return the template of a family's event."""
        return self.families.text(self.families.find(family))

    def consolidate(self) -> None:
        """Unite events that the vote alone cannot."""
        consolidate(self._vote.keys(), self.families, self._rules)

    def rows(self) -> list[Row]:
        """Return the state, oldest family first: what `of_rows` takes."""
        families = self.families
        keys = {number: key for key, number in self._vote.keys().items()}
        return [
            [
                list(keys[number]),
                families.words[number],
                families.gaps[number],
                families.counts[number],
                families.find(number),
            ]
            for number in range(len(families))
        ]

    @classmethod
    def of_rows(cls, rows: Sequence[Row], rules: Rules = ALL) -> Events:
        """Return the events of a state."""
        events = cls(rules)
        for key, words, gaps, count, root in rows:
            events._restore(tuple(key), words, gaps, count, root)
        return events

    def halved(self) -> tuple[Events, dict[int, int]]:
        """Return the events that hold the more frequent half of all families, and new numbers by old ones."""
        total = len(self.families)
        roots = [self.families.find(number) for number in range(total)]
        messages: dict[int, int] = {}
        for root, count in zip(roots, self.families.counts, strict=True):
            messages[root] = messages.get(root, 0) + count
        # Of equal ones the newer stay. A root is its event's oldest family and stays whenever another member stays.
        order = sorted(range(total), key=lambda number: (-messages[roots[number]], -roots[number], number))
        numbers = {number: new for new, number in enumerate(sorted(order[: total // 2]))}
        rows = self.rows()
        return Events.of_rows([[*rows[number][:4], numbers[roots[number]]] for number in numbers], self._rules), numbers

    def _restore(self, key: Key, words: list[str], gaps: list[str], count: int, root: int) -> None:
        number = self.families.create(words, gaps)
        self.families.counts[number] = count
        # The vote goes by the family's own words; those of a root may have been widened.
        own = tuple(word for word in key if word != "=")
        if len(own) != len(words) and key[0] != NO_WORDS:
            # Its text was rewritten since; what stood between its words is forgotten.
            gaps = ["", *(" " for _ in own[1:]), ""]
        self._vote.cast(number, Skeleton(key, own, tuple(gaps)))
        self.families.unite(root, number)
