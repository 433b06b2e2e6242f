"""How far the newest vector lies from the nearest one seen before, exactly, and a cheap upper bound of it."""

from __future__ import annotations

import math
from operator import sub

import numpy as np

Vector = tuple[float, ...]

CAPACITY = 1500
"""Vectors kept: about five days of 5-minute samples at full resolution."""


class Nearest:
    """Earlier vectors of one view; thinned evenly when full, so that memory is bounded and old shapes stay.

    `exclude` is how many samples old a vector must be to count as earlier: a window must not match itself. Distances
    are means of absolute differences, in the unit of the values.
    """

    def __init__(self, dimension: int, exclude: int, capacity: int = CAPACITY) -> None:
        self.dimension, self.exclude, self.capacity = dimension, exclude, capacity
        self._columns = np.empty((dimension, capacity))
        self._times: list[int] = []
        self._vectors: list[Vector] = []
        self.every = 1
        """Only sample numbers that this divides are kept."""
        self._usable = 0
        self._best = 0

    def bound(self, vector: Vector, time: int) -> float:
        """Return an upper bound of the distance: that to the last nearest neighbour or its successor; 0 without any."""
        times, usable, latest = self._times, self._usable, time - self.exclude
        while usable < len(times) and times[usable] <= latest:
            usable += 1
        self._usable = usable
        if not usable:
            return 0.0
        best = self._best
        distance = _apart(vector, self._vectors[best])
        if best + 1 < usable:
            successor = _apart(vector, self._vectors[best + 1])
            if successor < distance:
                distance, self._best = successor, best + 1
        return distance / self.dimension

    def search(self, vector: Vector) -> float:
        """Return the exact distance to the nearest usable vector; call `bound` for the same vector before."""
        usable = self._usable
        if not usable:
            return 0.0
        total = np.abs(self._columns[0, :usable] - vector[0])
        for row in range(1, self.dimension):
            total += np.abs(self._columns[row, :usable] - vector[row])
        self._best = int(total.argmin())
        return float(total[self._best]) / self.dimension

    def keep(self, vector: Vector, time: int) -> None:
        """Remember a vector; when full, every second one is forgotten and only every second new one is kept."""
        if time % self.every:
            return
        size = len(self._times)
        if size >= self.capacity:
            self._columns[:, : size // 2] = self._columns[:, 1:size:2].copy()
            self._times, self._vectors = self._times[1::2], self._vectors[1::2]
            self.every *= 2
            size = len(self._times)
            self._best, self._usable = min(self._best // 2, size - 1), 0
            if time % self.every:
                return
        self._columns[:, size] = vector
        self._times.append(time)
        self._vectors.append(vector)


def _apart(one: Vector, other: Vector) -> float:
    if len(one) == 3:
        # Two of the three views have this length, and this is the innermost loop of the detector.
        a, b, c = one
        d, e, f = other
        return abs(a - d) + abs(b - e) + abs(c - f)
    return math.fsum(map(abs, map(sub, one, other)))
