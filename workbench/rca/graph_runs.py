"""Says which unbroken runs of rows of a case may be its incident, so that all other rows may be healthy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from workbench.rca.columns import Ints
from workbench.rca.windows import seconds

LEAST_HEALTHY = 2
"""So many rows must be healthy; one must do beside a time that somebody named, or where nothing else is found."""
LEAST_BAD = 2
"""Without a time so many rows must be bad: one alone is a spike, and the next row will tell."""
ALL_RUNS = 12
"""Of so few rows all runs are tried; of more, some lengths of each beginning."""
MOST_BEGINNINGS, LONGER = 36, 1.5
"""So many beginnings are tried at most, and each length is so many times the one before."""
NOTICED_LATE_S = 900.0
"""Somebody who names a time noticed the incident then: it may have begun so much earlier."""


def runs_of(count: int, least_healthy: int) -> Iterable[tuple[int, int]]:
    """Give the runs (from, to) that leave so many rows, and one of before."""
    apart = 1 if count <= ALL_RUNS else -(-count // MOST_BEGINNINGS)
    for first in range(1, count - LEAST_BAD + 1, apart):
        for length in _lengths(count - first):
            if count - length >= least_healthy:
                yield first, first + length


def _lengths(most: int) -> list[int]:
    """Return the lengths of runs to try, the longest first."""
    if most <= ALL_RUNS:
        return list(range(most, LEAST_BAD - 1, -1))
    number = int(np.log(most / LEAST_BAD) / np.log(LONGER))
    return [most, *sorted({int(LEAST_BAD * LONGER**place) for place in range(number + 1)} - {most}, reverse=True)]


def runs_around(times: Ints, at_unix_nano: int) -> Sequence[tuple[int, int]]:
    """Return the runs that hold the named time and began a little before it at most."""
    count = len(times)
    step = int(np.median(np.diff(times))) if count > 1 else 0
    named = int(np.searchsorted(times, at_unix_nano - step // 2))
    if not 1 <= named < count:
        return []
    earliest = max(1, named - max(1, seconds(NOTICED_LATE_S) // max(step, 1))) if named > 1 else 1
    return [(named, count)] + [
        (first, first + length)
        for first in range(named, earliest - 1, -1)
        for length in _lengths(count - first)
        if first + length > named and count - length >= LEAST_HEALTHY
    ]
