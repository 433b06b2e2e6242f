"""Means with intervals, ranks and calibration, computed the same way for every method."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from workbench.evaluate.result import ReliabilityBin

RESAMPLES = 2000
BINS = 10
_SEED = 3


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean (Efron 1979); the resamples are the same every time."""
    data = np.asarray(values, dtype=float)
    if not len(data):
        return 0.0, 1.0
    picks = np.random.default_rng(_SEED).integers(0, len(data), size=(RESAMPLES, len(data)))
    low, high = np.percentile(data[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); 0..1 when there is nothing to count."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def worst_rank(scores: Mapping[str, float], truth: str) -> int | None:
    """Return the rank of `truth`, the highest score first; among equal scores it comes last. None when missing."""
    if truth not in scores:
        return None
    return sum(score >= scores[truth] for score in scores.values())


def hits(ranks: Sequence[int | None], first: int) -> list[float]:
    """Return 1 for each case whose truth is among the first so many, else 0."""
    return [float(rank is not None and rank <= first) for rank in ranks]


def average_at_5(ranks: Sequence[int | None]) -> float:
    """Return Avg@5: the mean of AC@1 to AC@5."""
    return float(np.mean([np.mean(hits(ranks, first)) for first in range(1, 6)])) if ranks else 0.0


def brier(stated: Sequence[tuple[float, bool]]) -> float | None:
    """Return the mean squared difference between confidence and truth (Brier 1950)."""
    return float(np.mean([(confidence - right) ** 2 for confidence, right in stated])) if stated else None


def reliability(stated: Sequence[tuple[float, bool]]) -> list[ReliabilityBin]:
    """Return the tenths of confidence that have cases."""
    bins = []
    for number in range(BINS):
        inside = [one for one in stated if min(int(one[0] * BINS), BINS - 1) == number]
        if inside:
            bins.append(
                ReliabilityBin(
                    low=number / BINS,
                    high=(number + 1) / BINS,
                    cases=len(inside),
                    confidence=float(np.mean([confidence for confidence, _ in inside])),
                    right=float(np.mean([right for _, right in inside])),
                )
            )
    return bins


def calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """Return the expected calibration error over these bins (Naeini et al. 2015)."""
    total = sum(one.cases for one in bins)
    return sum(one.cases * abs(one.confidence - one.right) for one in bins) / total if total else None


def with_interval(values: Sequence[float]) -> str:
    """Return "0.930 [0.85 0.98]"; "-" for no values. Shares of hits get Wilson's interval: a bootstrap of nothing but
    hits would claim to be certain.
    """
    if not len(values):
        return "-"
    binary = all(value in (0.0, 1.0) for value in values)
    low, high = wilson(round(sum(values)), len(values)) if binary else interval(values)
    return f"{float(np.mean(values)):.3f} [{low:.2f} {high:.2f}]"
