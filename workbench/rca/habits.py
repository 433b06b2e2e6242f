"""What happens in the visits of each kind: many visits, few different patterns of items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Floats, Ints, Texts

_BITS = 52
"""Powers of two that a float holds exactly."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The visits of one kind. Arrays of length v are per visit."""

    kind: str
    visits: Ints
    """(v,) positions of the visits."""
    items: tuple[str, ...]
    """What happens in some of them, sorted."""
    pattern: Ints
    """(v,) the pattern of each visit."""
    present: Floats
    """(patterns, items) 1 for the items that a pattern has, else 0."""

    def among(self, number: Ints) -> Habits:
        """Return those of some visits: `number` is their new position, by the old one, and -1 for all others."""
        now = number[self.visits]
        kept = now >= 0
        return Habits(self.kind, now[kept], self.items, self.pattern[kept], self.present)

    def with_item(self, name: str, has: Flags) -> Habits:
        """Return them with one more item behind the others; `has` (v,) tells which visits have it."""
        code, found = pd.factorize(self.pattern * 2 + has)
        own = np.asarray(found)
        present = np.column_stack([self.present[own // 2], own % 2])
        return Habits(self.kind, self.visits, (*self.items, name), code.astype(np.int64), present)


def habits_by_kind(kind: Texts, item_visit: Ints, item: Texts, wanted: Flags | None = None) -> Iterator[Habits]:
    """Yield what happens in the visits of each kind, in the order in which the kinds first come.

    Args:
        kind: (v,) kind of each visit.
        item_visit: Visit of each pair of a visit and an item; each pair comes once.
        item: Item of each pair.
        wanted: (v,) visits whose kinds are wanted; all when left out.
    """
    codes, kinds = pd.factorize(kind)
    of_item = codes[item_visit]
    order, item_order = np.argsort(codes, kind="stable"), np.argsort(of_item, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(kinds) + 1))
    item_edges = np.searchsorted(of_item[item_order], np.arange(len(kinds) + 1))
    asked = range(len(kinds)) if wanted is None else np.unique(codes[wanted]).tolist()
    for number in asked:
        visits = order[edges[number] : edges[number + 1]]
        pairs = item_order[item_edges[number] : item_edges[number + 1]]
        code, known = pd.factorize(item[pairs], sort=True)
        row = np.searchsorted(visits, item_visit[pairs])
        pattern, present = patterns(row, code, len(visits), len(known))
        yield Habits(str(kinds[number]), visits, tuple(map(str, known)), pattern, present)


def patterns(visit: Ints, item: Ints, visits: int, items: int) -> tuple[Ints, Floats]:
    """Return the pattern of each visit (visits,), and which items a pattern has (patterns, items), as 0 and 1.

    `visit` and `item` are pairs of what was seen, each once. Visits of one kind have few patterns, so counting those
    costs a small part of counting visits.
    """
    pattern = np.zeros(visits, dtype=np.int64)
    for start in range(0, items, _BITS):
        some = (item >= start) & (item < start + _BITS)
        # Sums of different powers of two are exact, and tell which of them are in it.
        bits = np.bincount(visit[some], 2.0 ** (item[some] - start), visits)
        codes, found = pd.factorize(bits)
        pattern = pd.factorize(pattern * len(found) + codes)[0].astype(np.int64)
    first = np.unique(pattern, return_index=True)[1]
    present = np.zeros((len(first), items))
    shown = first[pattern[visit]] == visit
    present[pattern[visit[shown]], item[shown]] = 1.0
    return pattern, present
