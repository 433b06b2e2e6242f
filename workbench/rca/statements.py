"""Tells a slow store from one slow statement: a store whose every operation is slow is slow itself, one statement is
its caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.rca.columns import Floats, texts
from workbench.rca.edge_groups import KEYS
from workbench.rca.network import blame_ends
from workbench.rca.steps import most_likely_step

FACTOR = 3.0
"""A statement is alone when it slowed down this many times more than any statement of the other callers."""
LEAST_FACTOR = 3.0
GROWN_SHARE = 0.4
"""The part of a store's time that a statement takes has to grow by this much when others got slow as well."""
SLOWER = 1.5
SLOW_SPREADS = 2.0
FIRST_CALLS = 5
"""While so many calls of the statement were slow from the first one on, others have to have been fast."""
LEAST_OTHERS = 4
LEAST_ALIKE, ALIKE = 3, 1.5
SAME_LOSS = 1.15
"""The network takes the same time of each call; who waits for others waits a little longer or shorter."""
STILL_FAST, ALREADY_SLOW = 0.35, 0.8


@dataclass(frozen=True, slots=True)
class SlowStatement:
    """One statement that slowed down far more than all others of its store."""

    store: str
    caller: str
    operation: str


def slow_statement(edges: pd.DataFrame, gaps: pd.DataFrame | None = None) -> SlowStatement | None:
    """Return the statement that makes a store slow, or None.

    `edges` are those of `network.Network`, `gaps` the calls behind them (columns of `network.span_gaps`).
    """
    if not len(edges):
        return None
    best: tuple[float, SlowStatement] | None = None
    for store, group in edges[edges["operation"] != ""].groupby("callee"):
        group = group.assign(factor=group["mean"] / group["base_mean"].clip(lower=1e-6))
        group = group[np.isfinite(group["factor"])].sort_values("factor", ascending=False, kind="stable")
        if len(group) < 2:
            continue
        factor = group["factor"].to_numpy(dtype=float)
        lost = (group["mean"] - group["base_mean"]).to_numpy(dtype=float)
        known = group["calls"].to_numpy(dtype=float) >= LEAST_OTHERS
        if _alike(factor[known], ALIKE) or _alike(lost[known], SAME_LOSS):
            continue
        # Lost messages make a part of the calls late; a slow statement is slow in most of them.
        most = group["slow"].to_numpy(dtype=np.bool_)
        for place in np.flatnonzero((factor >= LEAST_FACTOR) & most).tolist():
            if not (place == 0 and _stands_out(group, factor)) and not _was_first(group, place, gaps):
                continue
            if best is None or factor[place] > best[0]:
                row = group.iloc[place]
                best = float(factor[place]), SlowStatement(str(store), str(row["caller"]), str(row["operation"]))
            break
    return best[1] if best else None


def _alike(slower: Floats, within: float) -> bool:
    """Tell whether all statements got slower by the same factor, or by the same time: a processor that is short
    stretches them alike, a slow network takes as much of each.
    """
    return len(slower) >= LEAST_ALIKE and bool(slower.max() < within * slower.min())


def _stands_out(group: pd.DataFrame, factor: Floats) -> bool:
    """Tell whether the first statement slowed down far more than the rest, or takes most of the store's time as never
    before.

    A statement that keeps the store busy makes all others wait, but only its own share of the time grows.
    """
    callers = texts(group, "caller")
    others = factor[callers != callers[0]]
    if not len(others):
        others = factor[1:]
    if factor[0] >= FACTOR * others.max():
        return True
    calls = group["calls"].to_numpy(dtype=float)
    now, usual = (calls * group[name].to_numpy(dtype=float) for name in ("mean", "base_mean"))
    grown = now[0] / now.sum() - usual[0] / max(usual.sum(), 1e-9)
    return bool(grown >= GROWN_SHARE and factor[0] >= SLOWER * others.max())


def _was_first(group: pd.DataFrame, place: int, gaps: pd.DataFrame | None) -> bool:
    """Tell whether a statement was slow while those of other callers were still fast: before all had to wait."""
    if gaps is None or not len(gaps):
        return False
    row = group.iloc[place]
    known = gaps[gaps["callee"] == row["callee"]].merge(group[[*KEYS, "median", "spread"]], on=KEYS)
    known = known.sort_values("time", kind="stable")
    slow = (known["gap_ms"] > known["median"] + SLOW_SPREADS * known["spread"]).to_numpy(dtype=np.bool_)
    caller, operation = texts(known, "caller"), texts(known, "operation")
    own = (caller == row["caller"]) & (operation == row["operation"])
    time = known["time"].to_numpy(dtype=np.int64)
    if slow[own].sum() < FIRST_CALLS:
        return False
    first = most_likely_step(slow[own])
    begun = time[own][first:][slow[own][first:]]
    if len(begun) < FIRST_CALLS:
        return False
    early = (time >= begun[0]) & (time <= begun[FIRST_CALLS - 1])
    others = early & (caller != row["caller"])
    return bool(
        others.sum() >= LEAST_OTHERS and slow[others].mean() <= STILL_FAST and slow[early & own].mean() >= ALREADY_SLOW
    )


def waiting_for(edges: pd.DataFrame, slow: SlowStatement) -> set[str]:
    """Return the other callers of the store whose calls to it got slow, too: they wait for the slow statement."""
    others = edges[(edges["callee"] == slow.store) & (edges["caller"] != slow.caller) & edges["slow"].astype(bool)]
    return set(texts(others, "caller").tolist())


def without_edges(
    scores: Mapping[str, float], edges: pd.DataFrame | None, slow: SlowStatement, waiting: Collection[str] = ()
) -> dict[str, float]:
    """Return the scores without what the slow statement explains: the store itself, its slowness for other callers, and
    the queues in front of those that are `waiting` for it.
    """
    if edges is None or not len(edges):
        return {service: score for service, score in scores.items() if service != slow.store}
    of_store, of_caller = edges["callee"] == slow.store, edges["caller"] == slow.caller
    rest = edges[(~of_store | of_caller) & ~edges["callee"].isin(list(waiting))]
    found = blame_ends(rest)
    # The statement is the caller's own: all of its excess counts, however few of the caller's edges are slow.
    own = edges[of_store & of_caller]
    found[slow.caller] = max(found.get(slow.caller, 0.0), float(own["excess"].sum()))
    found.pop(slow.store, None)
    return found
