"""Tells when a series that moves stands still: the same value again and again, longer than ever before."""

from __future__ import annotations

import math
from collections.abc import Sequence

_RARE = 4.0
"""-log10 of the chance of so long a run at which it is worth a page."""
_LEAST_REPEATS = 6


class Stuck:
    """Evidence of a frozen value, from the lengths of all earlier runs of one value.

    If the longest of n runs had m repeats, P(run >= m) is about 1/n; with a geometric tail beyond the record a run of L
    has the chance n ** -(L / m). Records below an hour, or six repeats, count as that long, so that a short standstill
    is never news. A series that never moved has no runs to compare with and gives no evidence.
    """

    def __init__(self, day: int) -> None:
        self._least = max(_LEAST_REPEATS, day // 24)
        self._last: float | None = None
        self._repeats = self._longest = self._runs = 0

    def follow(self, values: Sequence[float]) -> list[float]:
        """Return the evidence of each sample in alarm thresholds."""
        last, repeats, runs, out = self._last, self._repeats, self._runs, []
        for value in values:
            if value == last:
                repeats += 1
                out.append(math.log10(1.0 + runs) * repeats / (max(self._longest, self._least) * _RARE))
                continue
            runs += last is not None
            if repeats > self._longest:
                self._longest = repeats
            last, repeats = value, 0
            out.append(0.0)
        self._last, self._repeats, self._runs = last, repeats, runs
        return out
