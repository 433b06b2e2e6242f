"""The three views in which a series may look new: its scales, its path, and the shape of its half day."""

from __future__ import annotations

import math

from workbench.signals.nearest import Nearest, Vector

SHORT, LONG = 6, 36
"""Samples of the two means beside the value: half an hour and three hours of 5-minute samples."""
LAGS = 8
"""Points of the day shape; together they span half a day."""


class RunningMean:
    """Mean of the last `size` values (of all while there are fewer)."""

    def __init__(self, size: int) -> None:
        self._ring = [0.0] * size
        self._size, self._at, self._count, self._sum = size, 0, 0, 0.0

    def push(self, value: float) -> float:
        """Take a value, return the mean."""
        at = self._at
        self._sum += value - self._ring[at]
        self._ring[at] = value
        at = at + 1 if at + 1 < self._size else 0
        self._at = at
        if self._count < self._size:
            self._count += 1
        if not at:
            # Once a round the sum is made anew, so that rounding errors do not pile up.
            self._sum = math.fsum(self._ring)
        return self._sum / self._count


class Views:
    """Turns samples into the vectors of the three views and measures how far these are from all earlier ones."""

    def __init__(self, day: int) -> None:
        self._lag = max(2, day // 16)
        self._views = (Nearest(3, 3), Nearest(3, 3), Nearest(LAGS, day // 2))
        self._short, self._long, self._smooth = RunningMean(SHORT), RunningMean(LONG), RunningMean(self._lag)
        self._history: list[float] = []
        self._previous: tuple[float, float] | None = None
        self._vectors: tuple[Vector, ...] = ()
        self._time = -1

    def push(self, value: float) -> None:
        """Take the next sample."""
        self._time += 1
        one, two = self._previous or (value, value)
        smooth, lag, size = self._smooth.push(value), self._lag, (LAGS - 1) * self._lag + 1
        if not self._history:
            self._history = [smooth] * size
        history, at = self._history, self._time % size
        history[at] = smooth
        # Negative indices wrap around the ring by themselves.
        shape = (smooth, *[history[at - k * lag] for k in range(1, LAGS)])
        self._vectors = ((value, self._short.push(value), self._long.push(value)), (value, one, two), shape)
        self._previous = (value, one)

    def distance(self, least: float) -> float:
        """Return the sum of the three distances, exactly if it is at least `least`, else some upper bound below it."""
        views, vectors, time = self._views, self._vectors, self._time
        bounds = [view.bound(vector, time) for view, vector in zip(views, vectors, strict=True)]
        total = sum(bounds)
        for k in (1, 0, 2):
            if total < least:
                break
            total += views[k].search(vectors[k]) - bounds[k]
        return total

    def remember(self) -> None:
        """Add the newest vectors to what was seen."""
        for view, vector in zip(self._views, self._vectors, strict=True):
            view.keep(vector, self._time)
