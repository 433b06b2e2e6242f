"""Compares a level with its own healthy past, and drops what lasted for one bucket only."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.facts.diagnosis import IncidentKind
from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.rates import Score, score_of_tail
from workbench.signals.robust import mad, median

ABNORMAL = 0.5
PAGE = 0.75
_LEAST_HISTORY = 6
_MEMORY = 60
_SPREAD_FLOOR = 0.05
"""A level that never moved is still taken to move by 5 %."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One abnormal bucket of one indicator; value and expected have the unit of the detector."""

    detector: str
    kind: IncidentKind
    time_unix_nano: int
    score: float
    value: float
    expected: float

    def at(self, time_unix_nano: int) -> Sign:
        """Return the same sign at another time."""
        return replace(self, time_unix_nano=time_unix_nano)


class LevelHistory:
    """Remembers the last healthy values of a level above zero and scores new ones against them.

    The distance to the median of the logarithms, in units of their MAD, is judged by Student's t with as many degrees
    of freedom as there is history: little history makes slow alarms. Abnormal values are not remembered until they
    have lasted for as long as the memory.
    """

    def __init__(self) -> None:
        self._healthy: deque[float] = deque(maxlen=_MEMORY)
        self._abnormal = 0

    def rise(self, value: float, *, least_ratio: float, sampling: float = 0.0) -> Score:
        """Score a value that is too high; 0 below `least_ratio` times the usual level.

        `sampling` is the standard error of the value's logarithm: what was measured on few requests says little.
        """
        from scipy.stats import t as student

        if not math.isfinite(value) or value < 0:
            return Score(0.0, self._expected(), 0.0)
        level = math.log(max(value, 1e-9))
        score = 0.0
        if len(self._healthy) >= _LEAST_HISTORY:
            off = level - median(list(self._healthy))
            spread = max(mad(list(self._healthy)), _SPREAD_FLOOR, sampling)
            if off >= math.log(least_ratio):
                score = score_of_tail(float(student.sf(off / spread, df=len(self._healthy) - 1)))
        scored = Score(score, self._expected(), value)
        self._learn(level, score)
        return scored

    def _expected(self) -> float:
        return math.exp(median(list(self._healthy))) if self._healthy else 0.0

    def _learn(self, level: float, score: float) -> None:
        if score < ABNORMAL:
            self._abnormal = 0
            self._healthy.append(level)
            return
        self._abnormal += 1
        if self._abnormal > _MEMORY:
            # What lasts this long is the new usual state.
            self._healthy.append(level)


def persistent(signs: Sequence[Sign], width_s: int, *, alone: float = PAGE) -> list[Sign]:
    """Return the signs that have a neighbour in the bucket before or after, or a score of `alone` at least."""
    width = width_s * NANOS_PER_SECOND
    times = {sign.time_unix_nano for sign in signs}
    return [
        sign
        for sign in signs
        if sign.score >= alone or sign.time_unix_nano - width in times or sign.time_unix_nano + width in times
    ]
