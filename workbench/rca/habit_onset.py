"""Finds the time at which a habit breaks, over all times at once: steps that requests leave out, or take newly.

An operation that returns too early, and without an error, moves no indicator. It shows in what visits of one kind
contain: for each pair of a kind and an item, the log-likelihood gain of one step of the share (two binomials instead of
one, as in a change point search) is known for every split from running sums.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.rca.columns import Floats, Ints
from workbench.rca.items import VisitTable
from workbench.rca.structure import held
from workbench.rca.windows import seconds

BUCKET_S = 10.0
MOST_BUCKETS = 200
EDGE_S = (60.0, 20.0)
"""Nothing to compare with lies before the first seconds and after the last ones."""
LEAST_BEFORE = 20.0
"""So many visits make a habit."""
LEAST_HITS = 5
"""An item that comes less often takes no part: it could gain nothing that is sure."""
LEAST_STEP = 0.2
SURE = 12.0
"""A gain below this comes by chance among thousands of pairs."""


def habit_onset(table: VisitTable, extent: tuple[int, int], *, mostly: bool = False) -> int | None:
    """Return the time (ns) of the clearest step in what visits contain; None when no habit breaks.

    A trace, not a visit, is the unit of counting. `mostly` counts what visits mostly did as well (`structure.held`).
    """
    start, end = extent
    width = max(seconds(BUCKET_S), (end - start) // MOST_BUCKETS)
    buckets = int((end - start) // width) + 1
    first, last = int(seconds(EDGE_S[0]) // width) + 1, buckets - int(seconds(EDGE_S[1]) // width) - 1
    if not len(table) or not len(table.item) or last <= first:
        return None
    bucket = np.clip((table.start - start) // width, 0, buckets - 1)
    kind = pd.factorize(table.kind)[0].astype(np.int64)
    size = pd.DataFrame({"kind": kind, "trace": pd.factorize(table.trace)[0]})
    weight = 1.0 / size.groupby(["kind", "trace"])["kind"].transform("size").to_numpy(dtype=float)
    visits = _summed(kind, bucket, weight, int(kind.max()) + 1, buckets)
    item = pd.factorize(table.item)[0].astype(np.int64)
    pair = pd.factorize(kind[table.item_visit] * (int(item.max()) + 1) + item)[0]
    often = np.bincount(pair)[pair] >= LEAST_HITS
    pair, visit = pd.factorize(pair[often])[0].astype(np.int64), table.item_visit[often]
    if not len(pair):
        return None
    hits = _summed(pair, bucket[visit], weight[visit], int(pair.max()) + 1, buckets)
    of_pair = np.zeros(len(hits), dtype=np.int64)
    of_pair[pair] = kind[visit]
    gains = step_of_share(hits, visits[of_pair], mostly=mostly)[:, first:last]
    best = np.unravel_index(int(np.argmax(gains)), gains.shape)
    # The habit may have broken inside of the bucket before: what is called healthy must not hold that.
    return start + (first + int(best[1]) - 1) * width if gains[best] >= SURE else None


def step_of_share(hits: Floats, visits: Floats, *, mostly: bool) -> Floats:
    """Return the gain of a step before each bucket. Both arguments are running sums, shape (pairs, buckets + 1).

    The share before has to be a habit (see `structure.held`); the result has shape (pairs, buckets).
    """
    k0, n0 = hits[:, :-1], visits[:, :-1]
    k1, n1 = hits[:, -1:] - k0, visits[:, -1:] - n0
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after, whole = k0 / n0, k1 / n1, hits[:, -1:] / visits[:, -1:]
        gain = _likelihood(k0, n0, before) + _likelihood(k1, n1, after) - _likelihood(k0 + k1, n0 + n1, whole)
        stepped = (held(before, after, mostly) & (after < before - LEAST_STEP)) | (
            held(1 - before, 1 - after, mostly) & (after > before + LEAST_STEP)
        )
    found: Floats = np.where(stepped & (n0 >= LEAST_BEFORE), gain, 0.0)
    return found


def _likelihood(hits: Floats, of: Floats, share: Floats) -> Floats:
    """Return the log-likelihood of a binomial without its constant; 0 log 0 is 0."""
    rest = of - hits
    yes = np.where(hits > 1e-9, hits * np.log(np.clip(share, 1e-12, 1.0)), 0.0)
    no = np.where(rest > 1e-9, rest * np.log(np.clip(1.0 - share, 1e-12, 1.0)), 0.0)
    found: Floats = yes + no
    return found


def _summed(row: Ints, bucket: Ints, weight: Floats, rows: int, buckets: int) -> Floats:
    """Return the running sums of weights per row before each bucket, and of all: shape (rows, buckets + 1)."""
    counts = np.bincount(row * buckets + bucket, weights=weight, minlength=rows * buckets).reshape(rows, buckets)
    return np.concatenate([np.zeros((rows, 1)), np.cumsum(counts, axis=1)], axis=1)
