"""How far the newest vector lies from the nearest one seen before, exactly, and a cheap upper bound of it."""

from __future__ import annotations

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
        self._every = 1
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
        vectors, best = self._vectors, self._best
        distance: float = sum(map(abs, map(sub, vector, vectors[best])))
        if best + 1 < usable:
            successor: float = sum(map(abs, map(sub, vector, vectors[best + 1])))
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
        if time % self._every:
            return
        size = len(self._times)
        if size >= self.capacity:
            self._columns[:, : size // 2] = self._columns[:, 1:size:2].copy()
            self._times, self._vectors = self._times[1::2], self._vectors[1::2]
            self._every *= 2
            size = len(self._times)
            self._best, self._usable = min(self._best // 2, size - 1), 0
            if time % self._every:
                return
        self._columns[:, size] = vector
        self._times.append(time)
        self._vectors.append(vector)
