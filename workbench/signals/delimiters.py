"""Finds the leading columns of a log that are divided by `|`, tabs, semicolons or commas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.signals.columnview import CARDINALITY, COVERAGE
from workbench.signals.fields import TIME, WORD, all_words, kind_of

_LEAST = {"|": 1, "\t": 1, ";": 2, ",": 2}
"""Delimiters in the order they are tried, and how many of them a line must have at least."""
_MOST = 8
_STRONG = "|\t"
_REST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Delimited:
    """Leading columns: `count` of them, each closed by `mark`; `timed` tells that one is a time."""

    mark: str
    count: int
    timed: bool

    def pattern(self) -> str:
        """Return a regular expression with one group for each column."""
        return f"([^{self.mark}]*){re.escape(self.mark)}" * self.count


def learn_delimiters(lines: Sequence[str], *, need_time: bool) -> Delimited | None:
    """Return the delimited columns that nearly every line has, None if there are none."""
    for mark, least in _LEAST.items():
        counts = sorted(line.count(mark) for line in lines)
        usual = min(counts[len(counts) // 20], _MOST)
        if usual < least:
            continue
        rows = [parts for line in lines if len(parts := line.split(mark, usual)) > usual]
        count, timed = _leading(rows, usual, strong=mark in _STRONG)
        if count >= least and (timed or not need_time):
            return Delimited(mark, count, timed)
    return None


def _leading(rows: Sequence[Sequence[str]], usual: int, *, strong: bool) -> tuple[int, bool]:
    timed = False
    for column in range(usual):
        values = [row[column].strip() for row in rows]
        kinds = Counter(map(kind_of, values))
        most = COVERAGE * len(values)
        timed = timed or kinds[TIME] >= most
        rests = {all_words(" ".join(row[column + 1 :]), _REST_WORDS) for row in rows}
        formal = len(values) - kinds[WORD] >= most
        closed = len(set(values)) * CARDINALITY <= len(rests)
        single = (strong or timed) and sum(" " not in value for value in values) >= most
        if not (formal or closed or single):
            return column, timed
    return usual, timed
