"""How rare a sample is by six measures that break in different ways: forecast, run of misses, level, shape, noise.

Each measure but one is ranked against its own past, so nothing is assumed about its distribution; the mean of
different principles varies least. Everything is measured on the series less its two-week level, in scales.
"""

from __future__ import annotations

import math
from collections import deque

from workbench.signals.forecast import Forecaster
from workbench.signals.level import ClippedLevel
from workbench.signals.patterns import PatternMemory
from workbench.signals.tailrank import TailRank
from workbench.signals.views import LAGS, LONG, SHORT, RunningMean

_RUN = 10
_MOST = 10.0
_LARGEST = 50.0
_MEASURES = 6


class Surprise:
    """Evidence that a series of `per_day` samples a day breaks with its own past: mean of -log10 tail chances."""

    def __init__(self, per_day: float, day: int) -> None:
        two_weeks = 1.0 / max(500.0, 14.0 * per_day)
        self._level = ClippedLevel(two_weeks)
        self._forecast, self._misses = Forecaster(day), Misses(two_weeks)
        self._noise = Noise(max(6, day // 8), 1.0 / max(100.0, 2.0 * per_day))
        self._short, self._long = RunningMean(SHORT), RunningMean(LONG)
        self._lag = max(2, day // 16)
        self._smooth, self._smoothed = RunningMean(self._lag), deque[float](maxlen=(LAGS - 1) * self._lag + 1)
        self._scales, self._shapes = PatternMemory(3, 3), PatternMemory(LAGS, day // 2)
        self._ranks = [TailRank() for _ in range(_MEASURES - 1)]
        # The shape is made of means over `lag` samples: it changes slowly, so it is looked at four times in each.
        self._shape_every, self._shape_evidence = max(1, self._lag // 4), 0.0

    def push(self, value: float, strangeness: float, time: int) -> float:
        """Return the evidence of the next sample; `strangeness` is its distance to its clipped levels in scales."""
        level, scale = self._level.level, self._level.scale
        z = 0.0 if level is None or scale <= 0 else (value - level) / scale
        z = min(_LARGEST, max(-_LARGEST, z))
        self._level.push(value, time)
        ranks = self._ranks
        missed = ranks[0].push(self._forecast.push(z, time))
        off_level = ranks[1].push(strangeness)
        noise = ranks[2].push(self._noise.push(z, time))
        scales = ranks[3].push(self._scales.push((z, self._short.push(z), self._long.push(z)), time))
        shape = self._shape(z, time)
        return (missed + self._misses.push(missed, time) + off_level + noise + scales + shape) / _MEASURES

    def _shape(self, z: float, time: int) -> float:
        smoothed, lag = self._smoothed, self._lag
        smoothed.append(self._smooth.push(z))
        if time % self._shape_every == 0:
            last = len(smoothed) - 1
            vector = tuple([smoothed[max(0, last - k * lag)] for k in range(LAGS)])
            self._shape_evidence = self._ranks[4].push(self._shapes.push(vector, time))
        return self._shape_evidence


class Misses:
    """Likelihood of a run of misses: the mean rank of the last ten forecast errors against its own usual mean.

    Ahmad et al., "Unsupervised real-time anomaly detection for streaming data", Neurocomputing 2017.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._run = deque[float](maxlen=_RUN)
        self._mean = self._variance = 0.0

    def push(self, missed: float, time: int) -> float:
        """Return -log10 of the Gaussian tail, at most 10, of the run that this miss (-log10 of its rank) ends."""
        self._run.append(1.0 - math.pow(10.0, -min(missed, 3.0)))
        mean = math.fsum(self._run) / len(self._run)
        if not time:
            self._mean = mean
            return 0.0
        off, evidence = mean - self._mean, 0.0
        if off > 0.0 and self._variance > 1e-12:
            tail = 0.5 * math.erfc(off / math.sqrt(2.0 * self._variance))
            evidence = -math.log10(max(tail, math.pow(10.0, -_MOST)))
        rate = max(self._rate, 1.0 / (time + 1))
        self._mean += rate * off
        self._variance += rate * (off * off - self._variance)
        return evidence


class Noise:
    """How far the logarithm of the spread over the last samples is from its usual level, in scales."""

    def __init__(self, size: int, rate: float) -> None:
        self._ring, self._size = [0.0] * size, size
        self._sum = self._squares = 0.0
        self._level = ClippedLevel(rate)

    def push(self, z: float, time: int) -> float:
        """Return the strangeness of the spread that ends with this sample."""
        ring, at = self._ring, time % self._size
        old = ring[at]
        ring[at] = z
        if at:
            self._sum += z - old
            self._squares += z * z - old * old
        else:
            self._sum, self._squares = math.fsum(ring), math.fsum([x * x for x in ring])
        count = min(time + 1, self._size)
        mean = self._sum / count
        spread = math.sqrt(max(0.0, self._squares / count - mean * mean))
        return self._level.push(math.log(spread + 1e-3), time)
