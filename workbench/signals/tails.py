"""Tail probabilities of the two laws that counts follow when their rate is only known by its history."""

from __future__ import annotations

import math

_TERMS = 20_000
"""Most terms of a sum; a tail still going then is far from rare, or is closed by its geometric bound."""

_WIDE = 300.0
"""Standard deviation from which a count's law is taken for normal."""


def beta_binomial_upper(hits: int, total: int, a: float, b: float) -> float:
    """Return P(K >= hits) for K of `total` draws whose chance is Beta(a, b); 0 < a, b and 0 <= hits <= total."""
    if hits <= 0:
        return 1.0
    log_first = _log_choose(total, hits) + _log_beta(hits + a, total - hits + b) - _log_beta(a, b)
    # P(k + 1) / P(k), so that one lgamma serves the whole sum.
    term, ratio_sum, k = 1.0, 1.0, hits
    while k < total and k - hits < _TERMS:
        ratio = (total - k) * (k + a) / ((k + 1.0) * (total - k - 1.0 + b))
        term *= ratio
        ratio_sum += term
        k += 1
        if ratio < 1.0 and term < 1e-12 * ratio_sum * (1.0 - ratio):
            break
    return min(1.0, math.exp(min(0.0, log_first + math.log(ratio_sum))))


def negative_binomial_tail(count: int, mean: float, variance: float) -> float:
    """Return P(K <= count) if the count is below the mean, else P(K >= count); Poisson if variance <= mean.

    Wide laws are normal to within what a score can show, and their sums would be long.
    """
    spread = math.sqrt(max(variance, mean))
    if spread > _WIDE:
        return 0.5 * math.erfc((abs(count - mean) - 0.5) / (spread * math.sqrt(2.0)))
    return min(1.0, _sum_from(count, mean, variance, step=-1 if count < mean else 1))


def _sum_from(count: int, mean: float, variance: float, *, step: int) -> float:
    term, total, k = 1.0, 1.0, count
    size, share = _shape(mean, variance)
    for _ in range(_TERMS):
        if step < 0 and k == 0:
            break
        ratio = k / _grow(k - 1, mean, size, share) if step < 0 else _grow(k, mean, size, share) / (k + 1.0)
        term *= ratio
        total += term
        k += step
        if ratio < 1.0 and term < 1e-12 * total * (1.0 - ratio):
            break
    return math.exp(min(0.0, _log_point(count, mean, variance) + math.log(total)))


def _shape(mean: float, variance: float) -> tuple[float, float]:
    """Return size r and share q of the negative binomial; r = inf stands for Poisson."""
    extra = variance - mean
    return (mean * mean / extra, extra / variance) if extra > 1e-9 * mean else (math.inf, 0.0)


def _grow(k: int, mean: float, size: float, share: float) -> float:
    """Return (k + 1) P(k + 1) / P(k)."""
    return mean if math.isinf(size) else (k + size) * share


def _log_point(k: int, mean: float, variance: float) -> float:
    size, share = _shape(mean, variance)
    if math.isinf(size):
        return k * math.log(mean) - mean - math.lgamma(k + 1.0)
    gammas = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1.0)
    return gammas + size * math.log1p(-share) + k * math.log(share)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)
