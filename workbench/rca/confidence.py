"""Turns the strength and the margin of the leading evidence into a confidence between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Sequence

LOWEST, HIGHEST = 0.02, 0.97
_BASE, _STRENGTH, _MARGIN = 0.3, 1.1, 2.2
"""Coefficients of the logistic curve. The base is taken off where nobody knows how far this system goes while it is
well: with thresholds that are the largest values of its own fault-free references, evidence at its threshold without a
margin is a coin's toss, and without them a little less.

They are not fitted. They were checked on about 1,400 diagnoses with fault-free references: cases of three systems with
traces, metrics, edges or references taken away or cut, and faults put into healthy data. The calibration error (ten
bins) was 0.02 to 0.04 per system. A fit on these cases alone asks for more certainty near the threshold than cases
without references bear, so it was not taken over.
"""
_MOST_DOUBLINGS = 3.0
_STEP = 0.97
"""Each cause is at least this much less likely than the one before it, so that ranks never tie."""
_LOWEST_SHARE = 0.05


def confidences(
    scores: Sequence[float], strength: float, runner_up: float, *, incident: bool, calibrated: bool = False
) -> list[float]:
    """Return one confidence per score, strictly falling. `scores` fall; `strength` and `runner_up` are ratios to
    thresholds, which are `calibrated` if they come from fault-free references of the same system.

    The first grows with the doublings of the strength above its threshold and with the margin to the runner-up; the
    others share what is left in proportion to their scores.
    """
    if not scores:
        return []
    doublings = min(max(math.log2(max(strength, 1e-6)), -2.0), _MOST_DOUBLINGS)
    margin = 1.0 - min(1.0, max(0.0, runner_up / strength)) if strength > 0 else 0.0
    logit = -(0.0 if calibrated else _BASE) + _STRENGTH * doublings + _MARGIN * margin
    first = 1 / (1 + math.exp(-logit))
    first = min(max(first if incident else first / 2, 4 * LOWEST), HIGHEST)
    result = [first]
    rest = sum(max(score, 0.0) for score in scores[1:]) or 1.0
    for score in scores[1:]:
        share = (1 - first) * max(max(score, 0.0) / rest, _LOWEST_SHARE)
        result.append(min(share, result[-1] * _STEP))
    return [round(value, 6) for value in _falling(result)]


def _falling(values: list[float]) -> list[float]:
    """Keep the order strict after rounding."""
    for place in range(1, len(values)):
        values[place] = min(values[place], values[place - 1] - 1e-5)
    return [max(value, 1e-6 * (len(values) - place)) for place, value in enumerate(values)]
