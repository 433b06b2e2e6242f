"""Scores each sample of a metric by what was seen before it, by two principles that fail on different series.

Novelty: the distance to the nearest earlier pattern in three views, as a fraction of the range seen so far (the "left
discord" of the matrix profile, Yeh et al., ICDM 2016, without a fixed window). Surprise: how rare the sample is by six
measures ranked against their own past. Their mean, or a specialist's word for a lost daily cycle or a frozen value,
goes to an alarm policy that answers to the series' own alarms. The mean of surprise and of the distance to a clipped
level tells abnormal states, which last until the series is back near its level. Strictly causal: the score of a prefix
is the prefix of the score.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from workbench.signals.level import ClippedLevel
from workbench.signals.pager import Pager
from workbench.signals.stuck import Stuck
from workbench.signals.surprise import Surprise
from workbench.signals.views import Vectors, Views

PAGE = 0.75
"""Scores from here on are a new alarm."""
ABNORMAL = 0.5
"""Scores from here on mark a sample in an abnormal state."""
NOVELTY_UNIT = 0.0344
"""Distance, as a share of the range, at which novelty alone gives one false alarm per 1,000 generated samples."""
SURPRISE_UNIT = 0.925
"""Mean -log10 tail chance at which surprise alone does."""
THETA = 0.9
"""Mean of the two in their units at which both together do: what a first alarm needs. No labelled series set them."""
WARM_UP = 60
"""Samples without a score; their time stamps tell the sampling period."""

_DAY_S = 86_400.0
_DEFAULT_STEP_S = 300.0
_HALF_STRANGE = 3.75
"""Scales off the level that count as much as a surprise of one unit."""
_STATE = 1.1
"""Mean of the two in their units from which a sample's state is abnormal: the middle of the flat top of the mean F1 of
the event rows of generated series (benchmarks/detect_series.py, seeds 201-203: 1.0-1.2)."""
_STAYS = 0.7
"""Share of that at which a state that began goes on: half-way, on the log scale, from one half to the whole. What is
abnormal comes in runs, and a sample of a run may come near the level by chance (two thresholds, as a Schmitt trigger).
"""
_CALM_LIMIT = 0.69
_LARGEST = 1e150
"""Values are cut here, so that no difference or square of two overflows."""
_BLOCK = 256


class NoveltyDetector:
    """Streaming detector of one series; keeps some ten thousand numbers whatever the length.

    The period of a day in samples comes from the median step of the first 61 time stamps, unless `samples_per_day` is
    given. Nothing is called new before a day was seen. `surprise=False` judges by novelty alone: three times as fast,
    and blinder where a range was once stretched by a giant peak.
    """

    def __init__(self, samples_per_day: float | None = None, *, surprise: bool = True) -> None:
        self._early: list[tuple[float, float | None]] = []
        self._surprise = surprise
        self._core = _Core(samples_per_day, surprise=surprise) if samples_per_day else None

    def update(self, time_s: float, value: float | None) -> float:
        """Return the score 0..1 of the next sample; a missing or infinite value scores 0 and teaches nothing."""
        return self.follow([time_s], [value])[0]

    def follow(self, times_s: Sequence[float], values: Sequence[float | None]) -> list[float]:
        """Return the scores of the next samples: the same as one by one, several times as fast.

        Raises:
            ValueError: times and values differ in length.
        """
        samples = list(zip(times_s, values, strict=True))
        if self._core:
            return self._core.follow([value for _, value in samples])
        head = samples[: WARM_UP + 1 - len(self._early)]
        self._early += head
        if len(self._early) <= WARM_UP:
            return [0.0] * len(head)
        self._core = _Core(samples_per_day([time for time, _ in self._early]), surprise=self._surprise)
        early = self._core.follow([value for _, value in self._early])[-1:]
        self._early.clear()
        return [0.0] * (len(head) - 1) + early + self._core.follow([value for _, value in samples[len(head) :]])

    @property
    def expected(self) -> float | None:
        """The level that the series usually has, None before it is known."""
        return self._core.expected if self._core else None


class _Core:
    """The detector once the sampling period is known; counts valid samples only."""

    def __init__(self, per_day: float, *, surprise: bool) -> None:
        day = min(1440, max(12, round(per_day)))
        self._warm = max(WARM_UP, day)
        self._views = Views(day)
        self._surprise = Surprise(per_day, day) if surprise else None
        self._stuck = Stuck(day)
        self._pager = Pager(1.0, per_day)
        self._fast, self._slow = ClippedLevel(0.01), ClippedLevel(1.0 / max(100.0, 2.0 * per_day))
        self._time, self._low, self._high = -1, math.inf, -math.inf
        self._abnormal = False

    @property
    def expected(self) -> float | None:
        return self._slow.level

    def follow(self, values: Sequence[float | None]) -> list[float]:
        scores = [0.0] * len(values)
        rows = [row for row, value in enumerate(values) if value is not None and math.isfinite(value)]
        usable = [min(_LARGEST, max(-_LARGEST, cast(float, values[row]))) for row in rows]
        for begin in range(0, len(rows), _BLOCK):
            block = self._block(usable[begin : begin + _BLOCK])
            for row, score in zip(rows[begin : begin + _BLOCK], block, strict=True):
                scores[row] = score
        return scores

    def _block(self, values: list[float]) -> list[float]:
        first = self._time + 1
        fast, slow = self._fast.follow(values, first), self._slow.follow(values, first)
        strange = [max(abs(a), abs(b)) for a, b in zip(fast, slow, strict=True)]
        stuck = self._stuck.follow(values)
        vectors = self._views.vectors(values)
        if self._surprise is None:
            return [self._score(*row, None) for row in zip(values, vectors, strange, stuck, strict=True)]
        rarity, cycle = self._surprise.follow(values, strange, first)
        broken = map(max, stuck, cycle)
        return [self._score(*row) for row in zip(values, vectors, strange, broken, rarity, strict=True)]

    def _score(self, value: float, vectors: Vectors, strange: float, broken: float, rarity: float | None) -> float:
        self._time += 1
        if value < self._low:
            self._low = value
        if value > self._high:
            self._high = value
        self._pager.tick()
        alarm = self._alarm(vectors, broken, rarity) if self._time >= self._warm else 0.0
        self._views.remember(vectors, self._time)
        if self._time < WARM_UP:
            return 0.0
        if alarm:
            self._abnormal = True
            return max(PAGE, 1.0 - 0.25 / alarm)
        # The state too is judged by two principles, each in its own unit.
        state = strange / _HALF_STRANGE
        if rarity is not None:
            state = 0.5 * (state + rarity / SURPRISE_UNIT) / _STATE
        self._abnormal = state >= (_STAYS if self._abnormal else 1.0)
        return min(_CALM_LIMIT, max(state / (state + 1.0), ABNORMAL if self._abnormal else 0.0))

    def _alarm(self, vectors: Vectors, broken: float, rarity: float | None) -> float:
        """Return the evidence in thresholds if it raises an alarm, else 0."""
        need = self._pager.needed(self._time)
        unit = 3.0 * NOVELTY_UNIT * max(self._high - self._low, 1e-9 * (abs(self._high) + 1e-9))
        other, weight, theta = (0.0, 1.0, 1.0) if rarity is None else (rarity / SURPRISE_UNIT, 0.5, THETA)
        # Only as much novelty is looked for as an alarm still needs: that spares most exact searches.
        novelty = self._views.distance(vectors, self._time, (need * theta / weight - other) * unit) / unit
        evidence = max(weight * (novelty + other) / theta, broken)
        return evidence if evidence >= need and self._pager.offer(evidence, self._time) else 0.0


def samples_per_day(times_s: Sequence[float]) -> float:
    """Return 86400 / median step of the first 61 times; 5-minute samples when there is no step above zero."""
    steps = sorted(float(b - a) for a, b in itertools.pairwise(times_s[: WARM_UP + 1]))
    step = steps[len(steps) // 2] if steps else _DEFAULT_STEP_S
    return _DAY_S / step if step > 0 and math.isfinite(step) else _DAY_S / _DEFAULT_STEP_S


def score_series(
    times_s: Sequence[float] | npt.NDArray[np.float64],
    values: Sequence[float | None] | npt.NDArray[np.float64],
    *,
    surprise: bool = True,
) -> list[float]:
    """Return one score 0..1 per sample; times in seconds, ascending, as many as values.

    Raises:
        ValueError: times and values differ in length.
    """
    times, samples = _plain(times_s), _plain(values)
    return NoveltyDetector(surprise=surprise).follow([time or 0.0 for time in times], samples)


def _plain(numbers: Sequence[float | None] | npt.NDArray[np.float64]) -> Sequence[float | None]:
    # Python floats are several times faster than numpy scalars in the loop.
    return [float(x) for x in numbers] if isinstance(numbers, np.ndarray) else numbers
