"""Finds services whose network is slow, from the gap between the caller's and the callee's duration (evidence N).

The gap is what a call costs outside of the callee: the two ways over the network and the waiting. A delayed network card slows
all calls in and out of one service, a slow callee slows none of the gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.rca.visits import Flags, SpanTable

SLOW = 1.5
"""An edge is slow above this many baseline spreads (95 % quantile minus median)."""
ENOUGH = 20
"""So many calls of an edge count in full."""
OUTWARD = 0.9
"""Slow outward calls weigh a little less: the callee may be the slow end."""
LEAST_BASE = 3
LEAST_TEST = 2
LEAST_GAPS = 10

_COLUMNS = ["caller", "callee", "gap_ms", "time", "test"]
_CLIENTS = ("CLIENT", "PRODUCER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "3", "4", "")


@dataclass(frozen=True, slots=True)
class Network:
    """Scores per service, and the edges they come from (columns of `_edges`)."""

    scores: dict[str, float] = field(default_factory=dict)
    edges: pd.DataFrame = field(default_factory=pd.DataFrame)


def span_gaps(table: SpanTable, keep: Flags | None = None) -> pd.DataFrame:
    """Return one row per call between services: caller, callee, gap_ms, time (start of the caller's span, ns).

    Only parents that are client spans (or of unknown kind) measure a call; `keep` chooses spans by the callee's entry.
    """
    calls = table.calls()
    if keep is not None:
        calls = calls[keep[calls]]
    above = table.parent[calls]
    client = np.isin(table.kind[above], _CLIENTS)
    calls, above = calls[client], above[client]
    return pd.DataFrame(
        {
            "caller": table.service[above],
            "callee": table.service[calls],
            "gap_ms": table.duration_ms[above] - table.duration_ms[calls],
            "time": table.start[above],
        }
    )


def slow_network(base: pd.DataFrame, test: pd.DataFrame, *, series: bool = False) -> Network:
    """Compare the gaps of `test` with those of `base` (columns of `span_gaps`).

    With `series` the rows are minutes of an edge's median, not calls: the second largest minute counts, each edge in full.
    """
    if len(base) < LEAST_GAPS or not len(test):
        return Network()
    edges = _edges(base, test, series)
    if not len(edges):
        return Network()
    scores = {}
    for service in pd.unique(pd.concat([edges["caller"], edges["callee"]])):
        inward, outward = edges["callee"] == service, edges["caller"] == service
        strength = float(edges.loc[inward | outward, "excess"].sum())
        purity = max(_purity(edges[inward]), OUTWARD * _purity(edges[outward]))
        if strength > 0:
            scores[str(service)] = strength * purity
    return Network(scores=scores, edges=edges)


def _purity(edges: pd.DataFrame) -> float:
    whole = float(edges["weight"].sum())
    return float((edges["weight"] * edges["slow"]).sum()) / whole if whole else 0.0


def _edges(base: pd.DataFrame, test: pd.DataFrame, series: bool) -> pd.DataFrame:
    """Return per edge: caller, callee, value, median, spread, z, slow, weight, excess, calls."""
    keys = ["caller", "callee"]
    healthy = base.groupby(keys)["gap_ms"].agg(median="median", top=lambda gap: gap.quantile(0.95), base_calls="size")
    seen = test.groupby(keys)["gap_ms"].agg(value=_second_largest if series else "median", calls="size")
    edges = seen[seen["calls"] >= LEAST_TEST].join(healthy).reset_index()
    if not len(edges):
        return edges
    spread = (edges["top"] - edges["median"]).where(edges["base_calls"] >= LEAST_BASE)
    known = spread.notna()
    unit = max(float(spread[known].median()) if known.any() else 0.0, 1e-9)
    gaps = base["gap_ms"]
    # An edge that was never seen before still gets a baseline: that of all edges.
    edges["median"] = edges["median"].where(known, gaps.median())
    edges["spread"] = spread.fillna(max(float(gaps.quantile(0.95) - gaps.median()), unit)).clip(lower=unit)
    edges["z"] = (edges["value"] - edges["median"]) / edges["spread"]
    edges["slow"] = edges["z"] > SLOW
    edges["weight"] = 1.0 if series else edges["calls"].clip(upper=ENOUGH) / ENOUGH
    edges["excess"] = np.where(edges["slow"], np.log2(1 + edges["z"].clip(lower=0)) * edges["weight"], 0.0)
    return edges.drop(columns=["top", "base_calls"])


def _second_largest(values: pd.Series[float]) -> float:
    ordered = np.sort(values.to_numpy())
    return float(ordered[-min(2, len(ordered))])
