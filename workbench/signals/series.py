"""Scores each sample of a metric by what was seen before it, by two principles that fail on different series.

Novelty: the distance to the nearest earlier pattern in three views, as a fraction of the range seen so far (the "left
discord" of the matrix profile, Yeh et al., ICDM 2016, without a fixed window). Surprise: how rare the sample is by six
measures ranked against their own past. Their mean goes to an alarm policy that answers to the series' own alarms; a
clipped level tells lasting states. Strictly causal: the score of a prefix is the prefix of the score.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.signals.level import ClippedLevel
from workbench.signals.pager import Pager
from workbench.signals.surprise import Surprise
from workbench.signals.views import Views

PAGE = 0.75
"""Scores from here on are a new alarm."""
ABNORMAL = 0.5
"""Scores from here on mark a sample in an abnormal state."""
NOVELTY_UNIT = 0.0344
"""Distance, as a share of the range, at which novelty alone gives one false alarm per 1,000 generated samples."""
SURPRISE_UNIT = 0.925
"""Mean -log10 tail chance at which surprise alone does."""
THETA = 0.788
"""Mean of the two in their units at which both together do: what a first alarm needs. No labelled series set them."""
WARM_UP = 60
"""Samples without a score; their time stamps tell the sampling period."""

_DAY_S = 86_400.0
_DEFAULT_STEP_S = 300.0
_HALF_STRANGE = 3.75
_CALM_LIMIT = 0.69
_LARGEST = 1e150
"""Values are cut here, so that no difference or square of two overflows."""


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
        if self._core:
            return self._core.update(value)
        self._early.append((time_s, value))
        if len(self._early) <= WARM_UP:
            return 0.0
        self._core = _Core(samples_per_day([time for time, _ in self._early]), surprise=self._surprise)
        scores = [self._core.update(early) for _, early in self._early]
        self._early.clear()
        return scores[-1]

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
        self._theta = THETA if surprise else 1.0
        self._pager = Pager(self._theta, per_day)
        self._fast, self._slow = ClippedLevel(0.01), ClippedLevel(1.0 / max(100.0, 2.0 * per_day))
        self._time, self._low, self._high = -1, math.inf, -math.inf

    @property
    def expected(self) -> float | None:
        return self._slow.level

    def update(self, value: float | None) -> float:
        if value is None or not math.isfinite(value):
            return 0.0
        value = min(_LARGEST, max(-_LARGEST, value))
        self._time += 1
        self._low, self._high = min(self._low, value), max(self._high, value)
        self._views.push(value)
        self._pager.tick()
        strange = max(self._fast.push(value, self._time), self._slow.push(value, self._time))
        surprise = self._surprise.push(value, strange, self._time) if self._surprise else None
        alarm = self._alarm(value, surprise) if self._time >= self._warm else 0.0
        self._views.remember()
        if self._time < WARM_UP:
            return 0.0
        if alarm:
            return max(PAGE, 1.0 - 0.25 / alarm)
        return min(_CALM_LIMIT, strange / (strange + _HALF_STRANGE))

    def _alarm(self, value: float, surprise: float | None) -> float:
        """Return the evidence in thresholds if it raises an alarm, else 0."""
        need = self._pager.needed(self._time)
        unit = 3.0 * NOVELTY_UNIT * max(self._high - self._low, 1e-9 * (abs(value) + 1e-9))
        other = surprise / SURPRISE_UNIT if surprise is not None else 0.0
        # Only as much novelty is looked for as an alarm still needs: that spares most exact searches.
        weight = 0.5 if surprise is not None else 1.0
        novelty = self._views.distance((need / weight - other) * unit) / unit
        evidence = weight * (novelty + other)
        return evidence / self._theta if evidence >= need and self._pager.offer(evidence, self._time) else 0.0


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
    detector = NoveltyDetector(surprise=surprise)
    times, samples = _plain(times_s), _plain(values)
    return [detector.update(time or 0.0, value) for time, value in zip(times, samples, strict=True)]


def _plain(numbers: Sequence[float | None] | npt.NDArray[np.float64]) -> Sequence[float | None]:
    # Python floats are several times faster than numpy scalars in the loop.
    return [float(x) for x in numbers] if isinstance(numbers, np.ndarray) else numbers
