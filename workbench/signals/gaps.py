"""Finds where rows are missing: a series that came regularly and then did not."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_STEPS = 6
"""So many steps make a rhythm."""
MISSED = 3.0
"""A silence of this many usual steps is a gap."""
_REGULAR = 0.5
"""Steps whose middle half varies by more than this share of the usual one have no rhythm, and no gaps."""
_MEMORY = 61


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence between two rows; times in the unit of the input, seconds by custom."""

    row: int
    """The first row after the silence, from 0."""
    began_s: float
    """When the next row was due."""
    ended_s: float
    missing: int
    """Rows that would have come."""


def gaps(times_s: Sequence[float], end_s: float | None = None) -> list[Gap]:
    """Return the silences of an ascending series of times, each judged by the 61 steps before it only.

    With `end_s` the silence from the last row to that time counts too; its `row` is the number of rows.

    Steps of zero and times that are not finite are left out. A rhythm that changes for good is a gap no more once the
    new steps are the usual ones.
    """
    found: list[Gap] = []
    recent: list[float] = []
    ordered: list[float] = []
    last: float | None = None
    for row, time in enumerate([*times_s] if end_s is None else [*times_s, end_s]):
        if not math.isfinite(time):
            continue
        step = time - last if last is not None else 0.0
        if last is not None and step > 0:
            usual = _rhythm(ordered)
            if usual and step >= MISSED * usual:
                found.append(Gap(row, last + usual, time, round(step / usual) - (row < len(times_s))))
            recent.append(step)
            insort(ordered, step)
            if len(recent) > _MEMORY:
                ordered.remove(recent.pop(0))
        if last is None or step > 0:
            last = time
    return found


def _rhythm(ordered: Sequence[float]) -> float | None:
    count = len(ordered)
    if count < LEAST_STEPS:
        return None
    usual = ordered[count // 2]
    return usual if ordered[(3 * count) // 4] - ordered[count // 4] <= _REGULAR * usual else None
