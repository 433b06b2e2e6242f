"""The scoring rule of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015), version 1.1.

In each labelled window the best alarm earns a sigmoid of its earliness; an alarm outside costs the more the farther it
is behind the window before it; a window without an alarm costs. 0 is what no alarm at all earns, 100 is perfect.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PROBATION_SHARE, PROBATION_ROWS = 0.15, 5000
"""The first 15 % of a series, of 5,000 rows at most, are not scored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a hit, a false alarm and a missed window weigh."""

    name: str
    hit: float
    false: float
    missed: float


PROFILES = (
    Profile("standard", 1.0, 0.11, 1.0),
    Profile("low false positives", 1.0, 0.22, 1.0),
    Profile("low false negatives", 1.0, 0.11, 2.0),
)


@dataclass(frozen=True, slots=True)
class LabelledSeries:
    """Scores of one series and its windows, as first and last row."""

    name: str
    scores: Sequence[float]
    windows: Sequence[tuple[int, int]]


def standing(place: float) -> float:
    """Return the worth of an alarm: -1 is the left edge of a window, 0 its right edge, above 3 far behind it."""
    return -1.0 if place > 3 else 2 / (1 + math.exp(5 * place)) - 1


@dataclass(frozen=True, slots=True)
class _Alarm:
    """One row that could be an alarm."""

    score: float
    worth: float
    window: int
    """Number of the window over all series; -1 outside of all."""


def _alarms(series: LabelledSeries, first_window: int) -> list[_Alarm]:
    found = []
    edge = math.floor(PROBATION_SHARE * min(len(series.scores), PROBATION_ROWS))
    windows = sorted(series.windows)
    for row in range(edge, len(series.scores)):
        inside = next((n for n, (left, right) in enumerate(windows) if left <= row <= right), None)
        if inside is not None:
            left, right = windows[inside]
            worth = standing(-(right - row + 1) / (right - left + 1)) / standing(-1.0)
            found.append(_Alarm(series.scores[row], worth, first_window + inside))
            continue
        before = [window for window in windows if window[1] < row]
        if before:
            left, right = before[-1]
            worth = standing((row - right) / max(1, right - left))
        else:
            worth = -1.0
        found.append(_Alarm(series.scores[row], worth, -1))
    return found


def nab_score(all_series: Sequence[LabelledSeries], profile: Profile, threshold: float) -> float:
    """Return the score of all series together, alarms being rows at or above the threshold."""
    alarms, windows = _gather(all_series)
    return _normalised([alarm for alarm in alarms if alarm.score >= threshold], windows, profile)


def best_threshold(all_series: Sequence[LabelledSeries], profile: Profile) -> tuple[float, float]:
    """Return (score, threshold) of the best of all thresholds. It looks at the labels, as NAB's own sweep does."""
    alarms, windows = _gather(all_series)
    alarms.sort(key=lambda alarm: -alarm.score)
    best_of_window: dict[int, float] = {}
    total, best = -profile.missed * windows, (-profile.missed * windows, 1.1)
    for number, alarm in enumerate(alarms):
        if alarm.window < 0:
            total += profile.false * alarm.worth
        else:
            known = best_of_window.get(alarm.window)
            if known is None:
                total += profile.missed + profile.hit * alarm.worth
            elif alarm.worth > known:
                total += profile.hit * (alarm.worth - known)
            best_of_window[alarm.window] = max(alarm.worth, known if known is not None else -math.inf)
        last_of_score = number + 1 == len(alarms) or alarms[number + 1].score < alarm.score
        if last_of_score and total > best[0]:
            best = (total, alarm.score)
    return _share(best[0], windows, profile), best[1]


def _gather(all_series: Sequence[LabelledSeries]) -> tuple[list[_Alarm], int]:
    alarms: list[_Alarm] = []
    windows = 0
    for series in all_series:
        alarms += _alarms(series, windows)
        windows += len(series.windows)
    return alarms, windows


def _normalised(alarms: Sequence[_Alarm], windows: int, profile: Profile) -> float:
    best_of_window: dict[int, float] = {}
    total = 0.0
    for alarm in alarms:
        if alarm.window < 0:
            total += profile.false * alarm.worth
        else:
            best_of_window[alarm.window] = max(alarm.worth, best_of_window.get(alarm.window, -math.inf))
    total += profile.hit * sum(best_of_window.values()) - profile.missed * (windows - len(best_of_window))
    return _share(total, windows, profile)


def _share(total: float, windows: int, profile: Profile) -> float:
    nothing, perfect = -profile.missed * windows, profile.hit * windows
    return float(np.divide(100 * (total - nothing), perfect - nothing)) if windows else 0.0
