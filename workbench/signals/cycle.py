"""Tells when a series that has a day loses it: a missing season, or a cycle of another length."""

from __future__ import annotations

from workbench.signals.forecast import Misses
from workbench.signals.views import RunningMean

_SETTLE_DAYS = 3.0
"""Days after which a daily cycle is known."""
_FLOOR, _SLOPE = 0.35, 2.0
_CUT = 2.0
_STEEP = 3
"""The share is bounded, about 1.5 at most: what lies beyond 1 counts more than in measures that may be large."""
_SURE, _RECORD = 0.5, 1.25
"""What is worth a page, and how far above its own record of more than a day ago it must be: weekends come again."""
_MOST = 2.0
"""Most evidence: what a shift of the level does to the profile is more, and is told by others."""


class Cycle:
    """Compares what the usual value at this hour misses, over half a day, with what not knowing the hour would miss.

    Let u be the usual error of the hourly profile and v that of the slow level, both of means over an eighth of a day,
    in which noise cancels. A series with a day has u well below v. When the day is missing or has another length the
    profile misses by about v. The cube of the mean error of the profile over the last half day, in units of
    (0.35 v + 2 u), is 1-2 then and below 0.4 with noise alone. Evidence is that cube in units of 1/2 or of its record.
    """

    def __init__(self, day: int) -> None:
        self._rate, self._settled, self._seen = 1.0 / (3.0 * day), int(_SETTLE_DAYS * day), 0
        self._window = RunningMean(max(6, day // 2))
        self._smooth = RunningMean(max(2, day // 8)), RunningMean(max(2, day // 8))
        self._by_day = self._by_level = 0.0
        self._day, self._record, self._yesterday, self._today = day, 0.0, 0.0, 0.0

    def follow(self, misses: Misses) -> list[float]:
        """Return the evidence of each sample in alarm thresholds; 0 in the first three days."""
        push, by_day, by_level, seen, out = self._window.push, self._by_day, self._by_level, self._seen, []
        smooth_day, smooth_level = self._smooth
        errors = zip(smooth_day.follow(misses.by_day), smooth_level.follow(misses.by_level), strict=True)
        for missed, spread in ((abs(a), abs(b)) for a, b in errors):
            limit = _CUT * by_level
            settled = seen >= self._settled
            mean = push(missed if missed < limit or not settled else limit)
            known = settled and by_level > 1e-6
            out.append(self._beyond((mean / (_FLOOR * by_level + _SLOPE * by_day)) ** _STEEP, seen) if known else 0.0)
            seen += 1
            rate = max(self._rate, 1.0 / seen)
            by_day += rate * ((missed if missed < limit or not settled else limit) - by_day)
            by_level += rate * ((spread if spread < limit or not settled else limit) - by_level)
        self._by_day, self._by_level, self._seen = by_day, by_level, seen
        return out

    def _beyond(self, broken: float, seen: int) -> float:
        if seen % self._day == 0:
            self._record = max(self._record, self._yesterday)
            self._yesterday, self._today = self._today, 0.0
        if broken > self._today:
            self._today = broken
        return min(_MOST, broken / max(_SURE, _RECORD * self._record))
