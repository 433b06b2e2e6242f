"""Random numbers by seed and purpose, so that a fault added to a run does not change the shoppers of that run."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")
_BLOCK = 4096


class Dice:
    """One stream of random numbers; numbers are drawn in blocks because single draws of numpy are slow."""

    def __init__(self, seed: int, purpose: str) -> None:
        self._rng = np.random.default_rng([seed % 2**63, zlib.crc32(purpose.encode())])
        self._uniforms: list[float] = []
        self._normals: list[float] = []
        self._hex, self._place = "", 0

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        if not self._uniforms:
            self._uniforms = self._rng.random(_BLOCK).tolist()
        return self._uniforms.pop()

    def normal(self) -> float:
        """Return a number of the standard normal distribution."""
        if not self._normals:
            self._normals = self._rng.standard_normal(_BLOCK).tolist()
        return self._normals.pop()

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.uniform()

    def around(self, median: float, sigma: float) -> float:
        """Return a number of the log-normal distribution with this median; sigma is the deviation of its logarithm."""
        return median * math.exp(sigma * self.normal())

    def waiting(self, mean: float) -> float:
        """Return a number of the exponential distribution with this mean."""
        return -mean * math.log(1.0 - self.uniform())

    def chance(self, share: float) -> bool:
        """Tell whether something that happens in this share of all cases happens now."""
        return self.uniform() < share

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[int(self.uniform() * len(items))]

    def letters(self, count: int, alphabet: str = "bcdfghjklmnpqrstvwxz2456789") -> str:
        """Return a random word, by default of the letters that Kubernetes puts into names of pods."""
        return "".join(self.pick(alphabet) for _ in range(count))

    def hex(self, digits: int) -> str:
        """Return so many lower-case hexadecimal digits."""
        if self._place + digits > len(self._hex):
            self._hex, self._place = self._rng.bytes(_BLOCK * 8).hex(), 0
        self._place += digits
        return self._hex[self._place - digits : self._place]
