"""Tells a slow store from one slow statement: a store whose every operation is slow is slow itself, one statement is
its caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.rca.network import blame_ends
from workbench.rca.visits import texts

FACTOR = 3.0
"""A statement is alone when it slowed down this many times more than any statement of the other callers."""
LEAST_FACTOR = 3.0


@dataclass(frozen=True, slots=True)
class SlowStatement:
    """One statement that slowed down far more than all others of its store."""

    store: str
    caller: str
    operation: str


def slow_statement(edges: pd.DataFrame) -> SlowStatement | None:
    """Return the statement that makes a store slow, or None. `edges` are those of `network.Network`."""
    if not len(edges):
        return None
    best: tuple[float, SlowStatement] | None = None
    for store, group in edges[edges["operation"] != ""].groupby("callee"):
        factor = (group["mean"] / group["base_mean"].clip(lower=1e-6)).to_numpy(dtype=float)
        if not np.isfinite(factor).any():
            continue
        callers, top = texts(group, "caller"), int(np.nanargmax(factor))
        others = factor[callers != callers[top]]
        if not len(others) or factor[top] < max(LEAST_FACTOR, FACTOR * others.max()):
            continue
        if best is None or factor[top] > best[0]:
            best = (
                float(factor[top]),
                SlowStatement(str(store), str(callers[top]), str(texts(group, "operation")[top])),
            )
    return best[1] if best else None


def without_edges(scores: Mapping[str, float], edges: pd.DataFrame | None, slow: SlowStatement) -> dict[str, float]:
    """Return the scores without what the slow statement explains: the store itself, and its slowness for other
    callers.
    """
    if edges is None or not len(edges):
        return {service: score for service, score in scores.items() if service != slow.store}
    rest = edges[(edges["callee"] != slow.store) | (edges["caller"] == slow.caller)]
    found = blame_ends(rest)
    # The statement is the caller's own: all of its excess counts, however few of the caller's edges are slow.
    own = edges[(edges["callee"] == slow.store) & (edges["caller"] == slow.caller)]
    found[slow.caller] = max(found.get(slow.caller, 0.0), float(own["excess"].sum()))
    found.pop(slow.store, None)
    return found
