"""Tells when a series that has a day loses it: a missing season, or a cycle of another length."""

from __future__ import annotations

from workbench.signals.forecast import Misses
from workbench.signals.views import RunningMean

_SETTLE_DAYS = 3.0
"""Days after which a daily cycle is known."""
_FLOOR, _SLOPE = 0.35, 2.0
_CUT = 2.0


class Cycle:
    """Compares what the usual value at this hour misses, over half a day, with what not knowing the hour would miss.

    Let u be the usual error of the hourly profile and v that of the slow level. A series with a day has u well below v.
    When the day is missing or has another length the profile misses by about v. Evidence is the mean error of the
    profile over the last half day over (0.35 v + 2 u): 1 is worth a page, and noise alone stays near 1/2 at most.
    """

    def __init__(self, day: int) -> None:
        self._rate, self._settled, self._seen = 1.0 / (3.0 * day), int(_SETTLE_DAYS * day), 0
        self._window = RunningMean(max(6, day // 2))
        self._by_day = self._by_level = 0.0

    def follow(self, misses: Misses) -> list[float]:
        """Return the evidence of each sample in alarm thresholds; 0 in the first three days."""
        push, by_day, by_level, seen, out = self._window.push, self._by_day, self._by_level, self._seen, []
        for missed, spread in zip(misses.by_day, misses.by_level, strict=True):
            limit = _CUT * by_level
            settled = seen >= self._settled
            mean = push(missed if missed < limit or not settled else limit)
            out.append(mean / (_FLOOR * by_level + _SLOPE * by_day) if settled and by_level > 1e-6 else 0.0)
            seen += 1
            rate = max(self._rate, 1.0 / seen)
            by_day += rate * ((missed if missed < limit or not settled else limit) - by_day)
            by_level += rate * ((spread if spread < limit or not settled else limit) - by_level)
        self._by_day, self._by_level, self._seen = by_day, by_level, seen
        return out
