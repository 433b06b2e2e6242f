"""The three views in which a series may look new: its scales, its path, and the shape of its half day."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.signals.nearest import Nearest, Vector

SHORT, LONG = 6, 36
"""Samples of the two means beside the value: half an hour and three hours of 5-minute samples."""
LAGS = 8
"""Points of the day shape; together they span half a day."""

Vectors = tuple[Vector, Vector, Vector]


class RunningMean:
    """Mean of the last `size` values (of all while there are fewer)."""

    def __init__(self, size: int) -> None:
        self._ring = [0.0] * size
        self._size, self._at, self._count, self._sum = size, 0, 0, 0.0

    def push(self, value: float) -> float:
        """Take a value, return the mean."""
        return self.follow((value,))[0]

    def follow(self, values: Sequence[float]) -> list[float]:
        """Take values, return the mean that ends with each."""
        ring, size, at, count, total, out = self._ring, self._size, self._at, self._count, self._sum, []
        for value in values:
            total += value - ring[at]
            ring[at] = value
            at += 1
            if count < size:
                count += 1
            if at == size:
                at = 0
                # Once a round the sum is made anew, so that rounding errors do not pile up.
                total = math.fsum(ring)
            out.append(total / count)
        self._at, self._count, self._sum = at, count, total
        return out


class Views:
    """Turns samples into the vectors of the three views and measures how far these are from all earlier ones."""

    def __init__(self, day: int) -> None:
        self._lag = max(2, day // 16)
        self._views = (Nearest(3, 3), Nearest(3, 3), Nearest(LAGS, day // 2))
        self._short, self._long, self._smooth = RunningMean(SHORT), RunningMean(LONG), RunningMean(self._lag)
        self._smoothed: list[float] = []
        self._previous: tuple[float, float] | None = None

    def vectors(self, values: Sequence[float]) -> list[Vectors]:
        """Take the next samples, return the vectors of the three views for each."""
        if not values:
            return []
        lag, span = self._lag, (LAGS - 1) * self._lag
        new = self._smooth.follow(values)
        smoothed = (self._smoothed or [new[0]] * span) + new
        self._smoothed = smoothed[-span:]
        one, two = self._previous or (values[0], values[0])
        path = [two, one, *values]
        self._previous = (path[-1], path[-2])
        return list(
            zip(
                zip(values, self._short.follow(values), self._long.follow(values), strict=True),
                zip(values, path[1:], path, strict=False),
                zip(*[smoothed[span - k * lag : len(smoothed) - k * lag] for k in range(LAGS)], strict=True),
                strict=True,
            )
        )

    def distance(self, vectors: Vectors, time: int, least: float) -> float:
        """Return the sum of the three distances, exactly if it is at least `least`, else some upper bound below it."""
        scales, path, shape = self._views
        bounds = [scales.bound(vectors[0], time), path.bound(vectors[1], time), shape.bound(vectors[2], time)]
        total = sum(bounds)
        for k in (1, 0, 2):
            if total < least:
                break
            total += self._views[k].search(vectors[k]) - bounds[k]
        return total

    def remember(self, vectors: Vectors, time: int) -> None:
        """Add the newest vectors to what was seen."""
        for view, vector in zip(self._views, vectors, strict=True):
            if not time % view.every:
                view.keep(vector, time)
