"""Statistics that a few wild values cannot move: centre, spread, quantiles, and where a run of flags begins."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = Sequence[float] | npt.NDArray[np.floating] | npt.NDArray[np.integer]
Flags = Sequence[bool] | npt.NDArray[np.bool_]

MAD_TO_SIGMA = 1.4826
"""Factor that makes the median absolute deviation of a normal sample equal its standard deviation."""


def finite(values: Numbers) -> npt.NDArray[np.float64]:
    """Return the finite values as a one-dimensional array of floats."""
    array = np.asarray(values, dtype=np.float64).ravel()
    return array[np.isfinite(array)]


def median(values: Numbers) -> float:
    """Return the median of the finite values; NaN when there are none."""
    array = finite(values)
    return float(np.median(array)) if array.size else math.nan


def quantile(values: Numbers, share: float) -> float:
    """Return the `share` quantile (0..1, linear between neighbours) of the finite values; NaN when there are none."""
    array = finite(values)
    return float(np.quantile(array, share)) if array.size else math.nan


def mad(values: Numbers) -> float:
    """Return the median absolute deviation, scaled to a standard deviation; NaN when there are no values.

    Hampel, "The influence curve and its role in robust estimation", JASA 1974.
    """
    array = finite(values)
    return MAD_TO_SIGMA * float(np.median(np.abs(array - np.median(array)))) if array.size else math.nan


def upper_spread(values: Numbers, share: float = 0.95) -> float:
    """Return how far the `share` quantile lies above the median: the usual height of a peak."""
    return quantile(values, share) - median(values)


def lower_spread(values: Numbers, share: float = 0.1) -> float:
    """Return the larger of 1.5 times (median - `share` quantile) and the MAD.

    Earlier faults pollute a history upwards, so its lower side tells the spread of the healthy values.
    """
    centre = median(values)
    return max(1.5 * (centre - quantile(values, share)), mad(values)) if not math.isnan(centre) else math.nan


def second_largest(values: Numbers) -> float:
    """Return the second largest finite value, so that one spike alone never counts; the only one of one, else NaN."""
    array = finite(values)
    if array.size < 2:
        return float(array[0]) if array.size else math.nan
    return float(np.partition(array, -2)[-2])


def robust_z(value: float, history: Numbers, *, floor: float = 0.0) -> float:
    """Return (value - median) / max(MAD, floor) of a history; 0 for an empty one or a spread of zero."""
    centre, scale = median(history), mad(history)
    scale = max(scale, floor) if not math.isnan(scale) else floor
    return (value - centre) / scale if scale > 0 and not math.isnan(centre) else 0.0


def likelihood_step(hot: Flags) -> int | None:
    """Return the index at which a run of flags most likely changes from a low to a higher share of true ones.

    Two Bernoulli parts, before and from the index, are fitted by maximum likelihood with half a count of prior; the
    earliest of equal indices wins (Hinkley, "Inference about the change-point in a sequence of binomial variables",
    Biometrika 1970). Index 0 means that the whole run is alike. None for fewer than two flags or no true one.
    """
    flags = np.asarray(hot, dtype=np.float64).ravel()
    n = flags.size
    if n < 2 or not flags.any():
        return None
    before = np.concatenate(([0.0], np.cumsum(flags)))[: n - 1]
    after = flags.sum() - before
    n_before = np.arange(n - 1, dtype=np.float64)
    n_after = n - n_before
    likelihood = _log_likelihood(before, n_before) + _log_likelihood(after, n_after)
    rises = after / n_after > before / np.maximum(n_before, 1.0)
    rises[0] = True
    likelihood[~rises] = -np.inf
    return int(np.flatnonzero(likelihood >= likelihood.max() - 1e-9)[0])


def _log_likelihood(hits: npt.NDArray[np.float64], total: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    share = (hits + 0.5) / (total + 1.0)
    out: npt.NDArray[np.float64] = hits * np.log(share) + (total - hits) * np.log1p(-share)
    return out
