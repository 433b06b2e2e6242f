"""How rare a sample is by six measures that break in different ways: forecast, run of misses, level, shape, noise.

Each measure but one is ranked against its own past, so nothing is assumed about its distribution; the mean of
different principles varies least. Everything is measured on the series less its two-week level, in scales. Samples come
in blocks of any size: how they are cut does not change a number.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workbench.signals.cycle import Cycle
from workbench.signals.forecast import Forecaster
from workbench.signals.level import ClippedLevel
from workbench.signals.patterns import PatternMemory
from workbench.signals.tailrank import TailRank
from workbench.signals.views import LAGS, LONG, SHORT, RunningMean

_RUN = 10
_MOST = 10.0
_LARGEST = 50.0
_MEASURES = 6


class Evidence(NamedTuple):
    """Per sample: the mean of -log10 tail chances, and how far the daily cycle is broken in alarm thresholds."""

    rarity: list[float]
    cycle: list[float]


class Surprise:
    """Evidence that a series of `per_day` samples a day breaks with its own past."""

    def __init__(self, per_day: float, day: int) -> None:
        two_weeks = 1.0 / max(500.0, 14.0 * per_day)
        self._level = ClippedLevel(two_weeks)
        self._forecast, self._misses, self._cycle = Forecaster(day), MissRuns(two_weeks), Cycle(day)
        self._noise = Noise(max(6, day // 8), 1.0 / max(100.0, 2.0 * per_day))
        self._short, self._long = RunningMean(SHORT), RunningMean(LONG)
        self._scales = PatternMemory(3, 3)
        self._shape = DayShape(day)
        self._missed, self._off_level, self._noisy, self._scaled = (TailRank() for _ in range(4))

    def follow(self, values: Sequence[float], strangeness: Sequence[float], first: int) -> Evidence:
        """Return the evidence of each sample; `strangeness` is its distance to its clipped levels in scales.

        `first` is how many samples came before these.
        """
        z = [min(_LARGEST, max(-_LARGEST, off)) for off in self._level.follow(values, first)]
        misses = self._forecast.follow(z, first)
        missed = self._missed.follow(misses.best)
        times = range(first, first + len(z))
        scales = np.array([z, self._short.follow(z), self._long.follow(z)], dtype=np.float32)
        measures = zip(
            missed,
            self._misses.follow(missed, first),
            self._off_level.follow(strangeness),
            self._noisy.follow(self._noise.follow(z, first)),
            self._scaled.follow(self._scales.follow(scales, times)),
            self._shape.follow(z, first),
            strict=True,
        )
        return Evidence([sum(six) / _MEASURES for six in measures], self._cycle.follow(misses))


class DayShape:
    """Rank of the distance between the last half day, in eight means, and the nearest half day seen before."""

    def __init__(self, day: int) -> None:
        self._lag = max(2, day // 16)
        # The shape is made of means over `lag` samples: it changes slowly, so it is looked at four times in each.
        self._every = max(1, self._lag // 4)
        self._smooth, self._smoothed = RunningMean(self._lag), list[float]()
        self._memory, self._rank, self._evidence = PatternMemory(LAGS, day // 2), TailRank(), 0.0

    def follow(self, z: Sequence[float], first: int) -> list[float]:
        """Return -log10 of the tail chance of the half day that ends with each sample."""
        held, span, every = self._smoothed, (LAGS - 1) * self._lag, self._every
        new = self._smooth.follow(z)
        if not held and new:
            held = [new[0]] * span
        smoothed = held + new
        looked = [k for k in range(len(z)) if (first + k) % every == 0]
        if looked:
            ends = np.array(looked) + span
            shapes = np.array(smoothed, dtype=np.float32)[ends[None, :] - self._lag * np.arange(LAGS)[:, None]]
            evidence = iter(self._rank.follow(self._memory.follow(shapes, [first + k for k in looked])))
        out, last = [], self._evidence
        for k in range(first, first + len(z)):
            if k % every == 0:
                last = next(evidence)
            out.append(last)
        self._evidence, self._smoothed = last, smoothed[-span:]
        return out


class MissRuns:
    """Likelihood of a run of misses: the mean rank of the last ten forecast errors against its own usual mean.

    Ahmad et al., "Unsupervised real-time anomaly detection for streaming data", Neurocomputing 2017.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._run = deque[float](maxlen=_RUN)
        self._mean = self._variance = 0.0

    def follow(self, missed: Sequence[float], first: int) -> list[float]:
        """Return -log10 of the Gaussian tail, at most 10, of the run that each miss (-log10 of its rank) ends."""
        run, usual, variance, least_rate, out = self._run, self._mean, self._variance, self._rate, []
        for time, miss in enumerate(missed, first):
            run.append(1.0 - math.pow(10.0, -miss if miss < 3.0 else -3.0))
            mean = sum(run) / len(run)
            if not time:
                usual = mean
            off, evidence = mean - usual, 0.0
            if off > 0.0 and variance > 1e-12:
                tail = 0.5 * math.erfc(off / math.sqrt(2.0 * variance))
                evidence = -math.log10(tail) if tail > 1e-10 else _MOST
            out.append(evidence)
            rate = 1.0 / (time + 1)
            if rate < least_rate:
                rate = least_rate
            usual += rate * off
            variance += rate * (off * off - variance)
        self._mean, self._variance = usual, variance
        return out


class Noise:
    """How far the logarithm of the spread over the last samples is from its usual level, in scales."""

    def __init__(self, size: int, rate: float) -> None:
        self._ring, self._size = [0.0] * size, size
        self._sum = self._squares = 0.0
        self._level = ClippedLevel(rate)

    def follow(self, z: Sequence[float], first: int) -> list[float]:
        """Return the strangeness of the spread that ends with each sample."""
        ring, size, total, squares, spreads = self._ring, self._size, self._sum, self._squares, []
        for time, value in enumerate(z, first):
            at = time % size
            old = ring[at]
            ring[at] = value
            if at:
                total += value - old
                squares += value * value - old * old
            else:
                # Once a round the sums are made anew, so that rounding errors do not pile up.
                total, squares = math.fsum(ring), math.fsum([x * x for x in ring])
            count = time + 1 if time < size else size
            mean = total / count
            variance = squares / count - mean * mean
            spreads.append(math.log((math.sqrt(variance) if variance > 0.0 else 0.0) + 1e-3))
        self._sum, self._squares = total, squares
        return [abs(off) for off in self._level.follow(spreads, first)]
