"""Finds services whose network is slow, from the gap between the caller's and the callee's duration (evidence N).

The gap is what a call costs outside of the callee: the two ways over the network and the waiting. A delayed network
card slows all calls in and out of one service, a slow callee slows none of the gaps. A callee that writes no spans (a
database) is seen by its callers only: there the whole call is the gap, per operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.rca.columns import Flags, Floats, Ints, texts
from workbench.rca.edge_groups import NUMBER, by_edge, named, names_of, numbered
from workbench.rca.queries import with_statements
from workbench.rca.tail import upper_tail
from workbench.rca.visits import SpanTable

SLOW = 1.5
"""An edge is slow above this many baseline spreads (95 % quantile minus median)."""
ENOUGH = 20
"""So many calls of an edge count in full."""
OUTWARD = 0.9
"""Slow outward calls weigh a little less: the callee may be the slow end."""
LEAST_BASE = 3
LEAST_TEST = 2
LEAST_GAPS = 10
TAIL_BASE = 100
"""So many healthy calls of an edge are needed to judge its tail."""
TAIL_P = 1e-4
LATE_FACTOR = 1.5
"""What is sent again comes this many times later than the limit at least, in the median: a slower store does not."""
LEAST_END = 0.2
TAIL_SHARE = 0.05
"""Share of the calls above the healthy 95 % quantile plus spread that is the unit of a heavier tail."""


@dataclass(frozen=True, slots=True)
class Network:
    """Scores per service, and the edges they come from: caller, callee, operation, value, median, spread, z, slow,
    calls.
    """

    scores: dict[str, float] = field(default_factory=dict)
    edges: pd.DataFrame = field(default_factory=pd.DataFrame)


def span_gaps(table: SpanTable, keep: Flags | None = None) -> pd.DataFrame:
    """Return one row per call between services: caller, callee, operation, gap_ms, time (start of the caller's span,
    ns).

    Only parents that are client spans (or of unknown kind) measure a call; `keep` chooses spans. `operation` is '' but
    for calls to services without spans of their own: there it is the name of the span and its statement.
    """
    gaps, at = table.once("gaps", lambda: _all_gaps(table))
    return gaps.copy(deep=False) if keep is None else gaps[keep[at]].reset_index(drop=True)


def _all_gaps(table: SpanTable) -> tuple[pd.DataFrame, Ints]:
    """Return the gaps of all calls, and the position of the span that decides whether a call is kept."""
    calls = table.calls()
    calls = calls[~table.later[calls]]
    above = table.parent[calls]
    client = table.client[above] | (table.kind[above] == "")
    calls, above = calls[client], above[client]
    blind = table.blind_calls()
    gaps = pd.DataFrame(
        {
            "caller": np.concatenate([table.service[above], table.service[blind]]),
            "callee": np.concatenate([table.service[calls], table.peer[blind]]),
            "operation": np.concatenate([np.full(len(calls), "", dtype=object), with_statements(table, blind)]),
            "gap_ms": np.concatenate([table.duration_ms[above] - table.duration_ms[calls], table.duration_ms[blind]]),
            "time": np.concatenate([table.start[above], table.start[blind]]),
        }
    )
    return numbered(gaps), np.concatenate([calls, blind])


@dataclass(frozen=True, slots=True)
class Usual:
    """What healthy gaps are like: of each edge (by `KEYS`), and of all together (ms)."""

    rows: int
    edges: pd.DataFrame
    median: float
    high: float
    """95 % quantile."""

    @classmethod
    def of(cls, gaps: pd.DataFrame) -> Usual:
        """Return what these gaps (columns of `span_gaps`) are like."""
        grouped = by_edge(gaps, "gap_ms")
        edges: pd.DataFrame = grouped.agg(median="median", base_calls="size", base_mean="mean")
        edges["top"] = grouped.quantile(0.95)
        return cls(len(gaps), named(edges, gaps), gaps["gap_ms"].median(), float(gaps["gap_ms"].quantile(0.95)))


def slow_network(base: pd.DataFrame | Usual, test: pd.DataFrame, *, series: bool = False) -> Network:
    """Compare the gaps of `test` with those of `base` (columns of `span_gaps`), or with what those are like.

    With `series` the rows are minutes of an edge's median, not calls: the second largest minute counts, each edge in
    full.
    """
    if (base.rows if isinstance(base, Usual) else len(base)) < LEAST_GAPS or not len(test):
        return Network()
    edges = _edges(base if isinstance(base, Usual) else Usual.of(base), test, series)
    return Network(scores=blame_ends(edges), edges=edges)


def heavy_tails(base: pd.DataFrame, usual: Usual, test: pd.DataFrame) -> Network:
    """Compare the share of calls far above the healthy gaps: lost messages are sent again, so a few calls are very
    late. `usual` is what the gaps of `base` are like.
    """
    if not len(base) or not len(test):
        return Network()
    top = usual.edges["top"]
    healthy = usual.edges.assign(limit=top + (top - usual.edges["median"]))
    healthy = healthy[healthy["base_calls"] >= TAIL_BASE]
    shares = {}
    for name, gaps in (("base", base), ("test", test)):
        gaps = gaps if NUMBER in gaps else numbered(gaps)
        numbers = np.unique(gaps[NUMBER].to_numpy())
        limit = np.full(int(numbers.max(initial=-1)) + 1, np.nan)
        limit[numbers] = healthy["limit"].reindex(names_of(gaps, numbers)).to_numpy(dtype=float)
        joined = gaps.assign(limit=limit[gaps[NUMBER].to_numpy()])
        joined = joined[joined["limit"].notna()]
        joined["late"] = joined["gap_ms"] > joined["limit"]
        shares[name] = named(by_edge(joined, "late").agg(["mean", "size"]), joined)
    late_calls = joined[joined["late"]]
    late_calls = late_calls.assign(times=late_calls["gap_ms"] / late_calls["limit"].clip(lower=1e-6))
    lateness = named(by_edge(late_calls, "times").median(), late_calls)
    shares["test"]["far"] = lateness.reindex(shares["test"].index).fillna(0.0) >= LATE_FACTOR
    edges = shares["test"].join(shares["base"].add_suffix("_base"), how="inner").reset_index()
    edges = edges[edges["size"] >= LEAST_TEST].rename(columns={"mean": "value", "mean_base": "median", "size": "calls"})
    edges["spread"] = TAIL_SHARE
    edges["z"] = (edges["value"] - edges["median"]) / TAIL_SHARE
    counts = [edges[name].to_numpy(dtype=float) for name in ("calls", "size_base")]
    late = [
        np.round(edges[name].to_numpy(dtype=float) * n) for name, n in zip(("value", "median"), counts, strict=True)
    ]
    # A few late calls among few are chance.
    likely = upper_tail(late[0], counts[0], late[1], counts[1]) >= TAIL_P
    edges["z"] = np.where(likely | ~edges.pop("far").to_numpy(dtype=np.bool_), 0.0, edges["z"])
    _weigh(edges, 1.0, series=False)
    return Network(scores=blame_ends(edges), edges=edges.drop(columns=["size_base"]))


def at_one_end(losses: Mapping[str, float], *of_calls: Mapping[str, float]) -> dict[str, float]:
    """Return the scores of lost messages, which both ends count, less where calls speak for the other end.

    `of_calls` are scores by `blame_ends`; a service keeps the share that its own has of the largest.
    """
    calls = {name: max(scores.get(name, 0.0) for scores in of_calls) for name in losses}
    largest = max(calls.values(), default=0.0)
    if largest < 1:
        return dict(losses)
    return {name: score * max(LEAST_END, calls[name] / largest) for name, score in losses.items()}


def blame_ends(edges: pd.DataFrame) -> dict[str, float]:
    """Return per service the excess of its edges, times the share of them that is slow (inward or outward)."""
    if not len(edges):
        return {}
    count = len(edges)
    codes, names = pd.factorize(np.concatenate([texts(edges, "caller"), texts(edges, "callee")]))
    outward, inward = codes[:count], codes[count:]
    weight, excess = edges["weight"].to_numpy(dtype=float), edges["excess"].to_numpy(dtype=float)
    slow = weight * edges["slow"].to_numpy(dtype=float)
    size = len(names)
    strength = np.bincount(outward, excess, size) + np.bincount(inward, excess, size)
    purity = np.maximum(
        _share(np.bincount(inward, slow, size), np.bincount(inward, weight, size)),
        OUTWARD * _share(np.bincount(outward, slow, size), np.bincount(outward, weight, size)),
    )
    return {
        str(name): float(score)
        for name, score, found in zip(names, strength * purity, strength, strict=True)
        if found > 0
    }


def _share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Floats:
    share: Floats = part / np.where(whole > 0, whole, 1.0)
    return share


def _edges(base: Usual, test: pd.DataFrame, series: bool) -> pd.DataFrame:
    """Return per edge: caller, callee, operation, value, median, spread, z, slow, weight, excess, calls."""
    grouped = by_edge(test, "gap_ms")
    seen = named(grouped.agg(value=_second_largest if series else "median", calls="size", mean="mean"), test)
    edges: pd.DataFrame = seen[seen["calls"] >= LEAST_TEST].join(base.edges).reset_index()
    if not len(edges):
        return edges
    spread = (edges["top"] - edges["median"]).where(edges["base_calls"] >= LEAST_BASE)
    known = spread.notna()
    unit = max(float(spread[known].median()) if known.any() else 0.0, 1e-9)
    # An edge that was never seen before still gets a baseline: that of all edges.
    edges["median"] = edges["median"].where(known, base.median)
    edges["spread"] = spread.fillna(max(float(base.high - base.median), unit)).clip(lower=unit)
    edges["z"] = (edges["value"] - edges["median"]) / edges["spread"]
    _weigh(edges, SLOW, series=series)
    known_columns: pd.DataFrame = edges.drop(columns=["top", "base_calls"])
    return known_columns


def _weigh(edges: pd.DataFrame, limit: float, *, series: bool) -> None:
    edges["slow"] = edges["z"] > limit
    edges["weight"] = 1.0 if series else edges["calls"].clip(upper=ENOUGH) / ENOUGH
    excess: Floats = np.log2(1 + edges["z"].clip(lower=0).to_numpy())
    edges["excess"] = np.where(edges["slow"], excess * edges["weight"], 0.0)


def _second_largest(values: pd.Series[float]) -> float:
    ordered = np.sort(values.to_numpy())
    return float(ordered[-min(2, len(ordered))])
