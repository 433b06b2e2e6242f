"""A small memory of vectors and the exact distance to the nearest: for measures that are ranked at every sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

CAPACITY = 1024
_BLOCK = 32
"""Vectors compared in one array operation: enough to hide its overhead, few enough for the processor's cache."""

# Single precision is enough for a rank, and a third faster.
Vectors = npt.NDArray[np.float32]


class PatternMemory:
    """Earlier vectors, at least `exclude` samples old, thinned evenly to a thousand.

    Unlike `Nearest` it has no cheap bound, because a rank needs each distance; so it is kept smaller, and many vectors
    are compared at once. How they are cut into blocks does not change a distance.
    """

    def __init__(self, dimension: int, exclude: int) -> None:
        self._exclude, self._every, self._size = exclude, 1, 0
        self._columns = np.empty((dimension, CAPACITY), np.float32)
        self._times = np.empty(CAPACITY, np.int64)

    def follow(self, vectors: Vectors, times: Sequence[int]) -> list[float]:
        """Return the sum of absolute differences to the nearest earlier vector, 0 without any; then remember each.

        Args:
            vectors: One column per vector, in the order of time.
            times: Sample number of each, ascending.
        """
        out: list[float] = []
        begin = 0
        stamps = np.asarray(times, dtype=np.int64)
        while begin < len(stamps):
            if self._size == CAPACITY:
                self._thin()
            # A block ends where the memory is full, so that thinning comes at the same sample whatever the blocks are.
            end = min(begin + _BLOCK, begin + CAPACITY - self._size, len(stamps))
            out += self._block(vectors[:, begin:end], stamps[begin:end])
            begin = end
        return out

    def _block(self, vectors: Vectors, times: npt.NDArray[np.int64]) -> list[float]:
        old = self._size
        kept = np.flatnonzero(times % self._every == 0)
        size = self._size = old + len(kept)
        self._columns[:, old:size] = vectors[:, kept]
        self._times[old:size] = times[kept]
        usable = np.searchsorted(self._times[:size], times - self._exclude, side="right")
        most = int(usable[-1])
        if not most:
            return [0.0] * len(times)
        total = np.abs(vectors[0][:, None] - self._columns[0, :most])
        for row in range(1, len(vectors)):
            step = vectors[row][:, None] - self._columns[row, :most]
            total += np.abs(step, out=step)
        least = int(usable[0])
        if least < most:
            young = np.arange(least, most) >= usable[:, None]
            total[:, least:][young] = np.inf
        nearest = total.min(axis=1)
        nearest[usable == 0] = 0.0
        return [float(distance) for distance in nearest]

    def _thin(self) -> None:
        half = CAPACITY // 2
        self._columns[:, :half] = self._columns[:, 1::2].copy()
        self._times[:half] = self._times[1::2].copy()
        self._size = half
        self._every *= 2
