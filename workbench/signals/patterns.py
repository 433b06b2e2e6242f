"""A small memory of vectors and the exact distance to the nearest: for measures that are ranked at every sample."""

from __future__ import annotations

import numpy as np

from workbench.signals.nearest import Vector

CAPACITY = 1024


class PatternMemory:
    """Earlier vectors, at least `exclude` samples old, thinned evenly to a thousand.

    Unlike `Nearest` it has no cheap bound, because a rank needs each distance; so it is kept smaller.
    """

    def __init__(self, dimension: int, exclude: int) -> None:
        self._exclude, self._every = exclude, 1
        # Single precision is enough for a rank, and a third faster.
        self._columns, self._work = np.empty((2, dimension, CAPACITY), np.float32)
        self._vector = np.empty((dimension, 1), np.float32)
        self._times: list[int] = []
        self._usable = 0

    def push(self, vector: Vector, time: int) -> float:
        """Return the sum of absolute differences to the nearest earlier vector, 0 without any; then remember it."""
        times, usable, latest = self._times, self._usable, time - self._exclude
        while usable < len(times) and times[usable] <= latest:
            usable += 1
        self._usable = usable
        self._vector[:, 0] = vector
        distance = 0.0
        if usable:
            work = self._work[:, :usable]
            np.subtract(self._columns[:, :usable], self._vector, out=work)
            np.abs(work, out=work)
            distance = float(np.add.reduce(work, axis=0).min())
        if time % self._every == 0:
            self._keep(time)
        return distance

    def _keep(self, time: int) -> None:
        size = len(self._times)
        if size >= CAPACITY:
            self._columns[:, : size // 2] = self._columns[:, 1:size:2].copy()
            self._times = self._times[1::2]
            self._every *= 2
            self._usable //= 2
            size = len(self._times)
        self._columns[:, size] = self._vector[:, 0]
        self._times.append(time)
