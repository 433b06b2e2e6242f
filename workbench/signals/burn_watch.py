"""Watches one error budget while its events arrive: the pairs of windows of `burn_rates`, bucket by bucket."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.signals.burn_rates import BurnWindow

REPEAT_S = 1800
"""While a pair fires, it is told anew after so many seconds."""
SCORES = {("page", "quick"): 0.95, ("page", "slow"): 0.85, ("ticket", "quick"): 0.65, ("ticket", "slow"): 0.55}
"""How abnormal a burning pair is: from 0.75 on worth a page."""
_NANOS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Burn:
    """One pair that fires."""

    pair: BurnWindow
    time: int
    """End of the bucket, UTC nanoseconds."""
    share: float
    """Bad share of the long window."""
    factor: float


@dataclass(slots=True)
class BurnWatch:
    """Sums of the buckets of one series; remembers as much as the longest window needs."""

    pairs: Sequence[BurnWindow]
    budget_share: float
    """Share of events that may be bad, above 0 and below 1."""
    period_s: float
    _starts: list[int] = field(default_factory=list)
    _bad: list[float] = field(default_factory=lambda: [0.0])
    _total: list[float] = field(default_factory=lambda: [0.0])
    _first: int | None = None
    _told: dict[BurnWindow, int] = field(default_factory=dict)

    def update(self, start: int, end: int, bad: float, total: float) -> list[Burn]:
        """Take a bucket, later than all before; return the pairs that began to fire or still do after half an hour."""
        self._first = start if self._first is None else self._first
        self._starts.append(start)
        self._bad.append(self._bad[-1] + bad)
        self._total.append(self._total[-1] + total)
        found = [burn for pair in self.pairs if (burn := self._judge(pair, end))]
        self._forget(end)
        return found

    def _judge(self, pair: BurnWindow, end: int) -> Burn | None:
        share, short = self._share(end, pair.long_s), self._share(end, pair.short_s)
        factor = pair.factor(self.period_s)
        is_old_enough = end - (self._first or 0) >= pair.short_s * _NANOS
        if not is_old_enough or min(share, short) <= factor * self.budget_share:
            self._told.pop(pair, None)
            return None
        if end - self._told.get(pair, end - REPEAT_S * _NANOS) < REPEAT_S * _NANOS:
            return None
        self._told[pair] = end
        return Burn(pair, end, share, factor)

    def _share(self, end: int, seconds: int) -> float:
        place = bisect_left(self._starts, end - seconds * _NANOS)
        total = self._total[-1] - self._total[place]
        return (self._bad[-1] - self._bad[place]) / total if total > 0 else 0.0

    def _forget(self, end: int) -> None:
        longest = max((pair.long_s for pair in self.pairs), default=0)
        old = bisect_left(self._starts, end - longest * _NANOS)
        # Dropping a few at a time would copy the lists at every bucket.
        if old > 1000 and old > len(self._starts) // 2:
            del self._starts[:old], self._bad[:old], self._total[:old]
