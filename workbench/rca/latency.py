"""Finds services whose own work got slower, from the time spans spend outside of their children (evidence L).

Supporting evidence: fault-free splits move it by more than most faults do, so alone it decides only without a better
sign.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Ints
from workbench.rca.visits import SpanTable

CLIP = 20.0
ENOUGH = 20
LEAST_BASE = 3
LEAST_TEST = 2


@dataclass(frozen=True, slots=True)
class OwnLatency:
    """Scores per service and the operations they come from: service, operation, value, median, spread, z, calls
    (ms).
    """

    scores: dict[str, float] = field(default_factory=dict)
    operations: pd.DataFrame = field(default_factory=pd.DataFrame)


def own_times(table: SpanTable, keep: Flags | None = None) -> pd.DataFrame:
    """Return one row per span that calls no other service: service, operation, own_ms, time (ns)."""
    times, at = table.once("own_times", lambda: _all_times(table))
    return times.copy(deep=False) if keep is None else times[keep[at]].reset_index(drop=True)


def _all_times(table: SpanTable) -> tuple[pd.DataFrame, Ints]:
    """Return the times of all such spans, and their positions."""
    calling = np.zeros(len(table), dtype=np.bool_)
    calls = table.calls()
    calling[table.parent[calls]] = True
    chosen = ~calling
    times = pd.DataFrame(
        {
            "service": table.service[chosen],
            "operation": table.operation[chosen],
            "own_ms": table.exclusive_ms[chosen],
            "time": table.start[chosen],
        }
    )
    return times, np.flatnonzero(chosen)


def slower_work(base: pd.DataFrame, test: pd.DataFrame, *, least_calls: int = LEAST_TEST) -> OwnLatency:
    """Compare own times (columns of `own_times`): weighted mean over operations of (median - median) / spread."""
    keys = ["service", "operation"]
    if not len(base) or not len(test):
        return OwnLatency()
    grouped = base.groupby(keys)["own_ms"]
    healthy = grouped.agg(median="median", base_calls="size")
    healthy["top"] = grouped.quantile(0.95)
    seen = test.groupby(keys)["own_ms"].agg(value="median", calls="size")
    rows = seen.join(healthy, how="inner").reset_index()
    rows = rows[(rows["base_calls"] >= LEAST_BASE) & (rows["calls"] >= least_calls)].copy()
    if not len(rows):
        return OwnLatency()
    spread = rows["top"] - rows["median"]
    rows["spread"] = spread.clip(lower=max(float(spread.median()), 1e-9))
    rows["z"] = ((rows["value"] - rows["median"]) / rows["spread"]).clip(0, CLIP)
    rows["weight"] = rows["calls"].clip(upper=ENOUGH).astype(float)
    return OwnLatency(scores=scores_of(rows), operations=rows.drop(columns=["top", "base_calls"]))


def scores_of(rows: pd.DataFrame) -> dict[str, float]:
    """Return the weighted mean of z per service; `rows` are operations with service, z and weight."""
    parts = pd.DataFrame({"weighted": rows["z"] * rows["weight"], "weight": rows["weight"]})
    sums = parts.groupby(rows["service"]).sum()
    return {str(name): float(value) for name, value in (sums["weighted"] / sums["weight"]).items()}
