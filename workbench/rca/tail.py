"""Upper tail of the beta-binomial distribution, for many rows at once."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln

from workbench.rca.columns import Floats

Prior = tuple[float, float]
"""Pseudo-counts of violations and of the rest."""
RARELY: Prior = (0.2, 1.0)
"""A rule never broken in n0 visits may still break about once in 5 n0."""
_TOP = 400
"""Larger samples are scaled down to this size: the tail is then an upper bound, and the cost is bounded."""
_STEPS = np.arange(_TOP + 2, dtype=float)
_FEW = 32
"""To look for equal rows costs more than so many tails."""
FLOOR = 1e-12


def upper_tail(seen: Floats, size: Floats, base_seen: Floats, base_size: Floats, prior: Prior = RARELY) -> Floats:
    """Return P(K >= seen) for K ~ BetaBinomial(size, base_seen + a, base_size - base_seen + b), at least 1e-12.

    a and b are the `prior`. All four arrays have one shape, (n,), and hold counts.
    """
    if not len(seen):
        return np.zeros(0)
    rows = np.stack([seen, size, base_seen, base_size], axis=1)
    back = None
    if len(rows) > _FEW:
        rows, back = np.unique(rows, axis=0, return_inverse=True)
    k, n, k0, n0 = rows.T
    shrink = np.maximum(1.0, n / _TOP)
    k, n = k / shrink, n / shrink
    a, b = k0 + prior[0], np.maximum(n0 - k0, 0) + prior[1]
    steps = _STEPS[: int(n.max()) + 1]
    # P(j+1)/P(j) = (n-j)(j+a) / ((j+1)(n-j-1+b)): a running sum of logarithms gives the whole distribution.
    j = steps[:-1]
    up = np.clip(n[:, None] - j, 0, None) * (j + a[:, None])
    down = (j + 1) * np.clip(n[:, None] - j - 1 + b[:, None], 1e-9, None)
    with np.errstate(divide="ignore"):
        ratio = np.log(up) - np.log(down)
    first = betaln(a, n + b) - betaln(a, b)
    log_p = first[:, None] + np.concatenate([np.zeros((len(rows), 1)), np.cumsum(ratio, axis=1)], axis=1)
    p = np.where(steps <= n[:, None] + 1e-9, np.exp(log_p), 0.0)
    tail = np.where(steps >= k[:, None] - 1e-9, p, 0.0).sum(axis=1) / np.maximum(p.sum(axis=1), 1e-300)
    found: Floats = np.clip(tail, FLOOR, 1.0)
    return found if back is None else found[back.reshape(-1)]
