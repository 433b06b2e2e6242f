"""Recognises counters, which only grow until they start again at zero, and turns them into rates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

JUDGED = 61
"""A series is judged by its first 61 finite values, so that the verdict never depends on what comes later."""
_LEAST = 20
_RISING = 0.5
"""Share of steps that must rise: a gauge that happens to stand still most of the time is no counter."""
_RESET = 0.1
"""After a restart a counter is below this share of what it was."""
_RESTARTS = 0.05
"""Share of steps that may be restarts; a saw is no counter."""


def is_counter(values: Sequence[float | None]) -> bool:
    """Tell whether a series is a counter: never below zero, mostly rising, and falling only back to about zero.

    A straight ramp is one too: as a rate it is calm. Fewer than 20 finite values say nothing.
    """
    head: list[float] = []
    for value in values:
        if value is not None and math.isfinite(value):
            head.append(value)
            if len(head) == JUDGED:
                break
    if len(head) < _LEAST or min(head) < 0:
        return False
    steps = list(itertools.pairwise(head))
    rises = sum(after > before for before, after in steps)
    falls = [(before, after) for before, after in steps if after < before]
    if rises < _RISING * len(steps) or len(falls) > _RESTARTS * len(steps):
        return False
    return all(after <= _RESET * before for before, after in falls)


def to_rate(times_s: Sequence[float], values: Sequence[float | None]) -> list[float | None]:
    """Return the growth per second since the last finite value, None where there is none before or time stands still.

    A fall to less than half is a restart: how far the counter had come before it is not known, so there is no rate. A
    smaller fall is a correction and counts as a fall.
    """
    out: list[float | None] = []
    before: tuple[float, float] | None = None
    for time, value in zip(times_s, values, strict=True):
        if value is None or not math.isfinite(value):
            out.append(None)
            continue
        if before is None or time <= before[0]:
            out.append(None)
            if before is not None:
                continue
        else:
            restarted = value < 0.5 * before[1]
            out.append(None if restarted else (value - before[1]) / (time - before[0]))
        before = (time, value)
    return out
