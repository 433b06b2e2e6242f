"""Finds the row from which on something happens more often, by maximum likelihood."""

from __future__ import annotations

import numpy as np

from workbench.rca.columns import Flags, Floats, Ints


def most_likely_step(hot: Flags) -> int:
    """Return the row from which on the share of hot rows is another one, by maximum likelihood of two Bernoulli
    shares.
    """
    n = len(hot)
    count = np.concatenate([[0], np.cumsum(hot)])
    split = np.arange(n - 1)
    before, after = count[:-2], count[-1] - count[:-2]
    likelihood = _bernoulli(before, split) + _bernoulli(after, n - split)
    with np.errstate(divide="ignore", invalid="ignore"):
        rises = (split == 0) | (after / (n - split) > before / np.maximum(split, 1))
    return int(np.argmax(np.where(rises, likelihood, -np.inf)))


def _bernoulli(hits: Floats | Ints, of: Floats | Ints) -> Floats:
    share = (hits + 0.5) / (of + 1.0)
    result: Floats = hits * np.log(share) + (of - hits) * np.log(1 - share)
    return result
