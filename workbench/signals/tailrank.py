"""Turns any measure of strangeness into how rare it is among the values that the same measure had before."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

CAPACITY = 8192
_BODY = 0.98
"""Share of the past that is ranked; beyond it a Pareto tail is fitted."""
_USUAL_INDEX, _WEIGHT = 0.25, 10.0
"""Tail index of metrics and the number of values that it counts for: a tail of few values says little by itself."""


class TailRank:
    """Causal tail probability of each value: its rank, and past the 98 % point a Pareto tail.

    The tail index is Hill's estimate (Annals of Statistics 1975), shrunk to its usual size. When 8,192 values are
    remembered every second one is dropped, never the largest.
    """

    def __init__(self) -> None:
        self._past: list[float] = []

    def follow(self, values: Sequence[float]) -> list[float]:
        """Return -log10 of the chance of a value at least as large as each, 0 for the first ever; remember them."""
        past, log10, out = self._past, math.log10, []
        count = len(past)
        for value in values:
            at = bisect_left(past, value)
            border = int(_BODY * count)
            if at > border and 0.0 < past[border] < value:
                out.append(self._tail(value, border))
            else:
                out.append(-log10(1.0 - at / (count + 1.0)))
            past.insert(at, value)
            count += 1
            if count > CAPACITY:
                del past[-2::-2]
                count = len(past)
        return out

    def _tail(self, value: float, border: int) -> float:
        above = self._past[border:]
        log_edge = math.log(above[0])
        index = (sum(map(math.log, above)) - len(above) * log_edge + _WEIGHT * _USUAL_INDEX) / (len(above) + _WEIGHT)
        share = (len(above) + 1.0) / (len(self._past) + 1.0)
        return (math.log(value) - log_edge) / (index * math.log(10.0)) - math.log10(share)
