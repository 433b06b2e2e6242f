"""Forecasts the next sample by whichever of four simple predictors did best lately."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_LEVEL_RATE = 2.0 / 13.0
_PROFILE_RATE = 0.3
_RECENT = 0.02
_CLIP = 5.0
_SETTLED = 30


class Misses(NamedTuple):
    """Per sample: the best predictor's absolute error; the value less the usual one at this hour; less the level."""

    best: list[float]
    by_day: list[float]
    by_level: list[float]


class Forecaster:
    """One-step forecasts of a series whose day has `day` samples.

    Predictors: the last value, a level of a dozen samples, the usual value at this time of day, and a slow level.
    """

    def __init__(self, day: int) -> None:
        self._day, self._slow_rate = day, 1.0 / (2.0 * day)
        self._profile: list[float | None] = [None] * day
        self._last = self._level = self._slow = 0.0
        self._errors = (0.0, 0.0, 0.0, 0.0)

    def follow(self, values: Sequence[float], first: int) -> Misses:
        """Return the errors of the forecasts of these values and learn from them; `first` samples came before."""
        if not first and values:
            self._last = self._level = self._slow = values[0]
        last, level, slow, profile, day = self._last, self._level, self._slow, self._profile, self._day
        e0, e1, e2, e3 = self._errors
        best, by_day, by_level = [], [], []
        at = first % day
        for time, value in enumerate(values, first):
            usual = profile[at]
            off_level = value - slow
            off_day = value - (level if usual is None else usual)
            o0, o1, o2, o3 = abs(value - last), abs(value - level), abs(off_day), abs(off_level)
            error, least = o0, e0
            if e1 < least:
                error, least = o1, e1
            if e2 < least:
                error, least = o2, e2
            best.append(o3 if e3 < least else error)
            by_day.append(off_day)
            by_level.append(off_level)
            seen = 1.0 / (time + 1)
            rate = seen if seen > _RECENT else _RECENT
            # Once settled, a miss counts at most as five usual ones: one outlier does not dethrone a good predictor.
            clip = _CLIP if time > _SETTLED else math.inf
            e0 += rate * ((clip * e0 if 0.0 < clip * e0 < o0 else o0) - e0)
            e1 += rate * ((clip * e1 if 0.0 < clip * e1 < o1 else o1) - e1)
            e2 += rate * ((clip * e2 if 0.0 < clip * e2 < o2 else o2) - e2)
            e3 += rate * ((clip * e3 if 0.0 < clip * e3 < o3 else o3) - e3)
            last = value
            level += _LEVEL_RATE * (value - level)
            slow += (self._slow_rate if self._slow_rate > seen else seen) * (value - slow)
            profile[at] = value if usual is None else usual + _PROFILE_RATE * (value - usual)
            at = at + 1 if at + 1 < day else 0
        self._last, self._level, self._slow, self._errors = last, level, slow, (e0, e1, e2, e3)
        return Misses(best, by_day, by_level)
