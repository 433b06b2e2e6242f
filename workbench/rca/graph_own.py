"""Healthy levels of a call graph's indicators from the case itself: its rows before the split, however few."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable

import numpy as np

from workbench.rca.graph_levels import FLOOR, SIGN, Levels, choose_metric, to_grid
from workbench.rca.graphform import Baseline, GraphFinding, explain
from workbench.rca.series import Metric, MetricTable
from workbench.rca.topology import Topology
from workbench.rca.visits import Floats, Ints
from workbench.semconv import MetricRole

LEAST_BEFORE = 2
"""So many rows must lie before the onset; beside a time that somebody named one must do."""
LEAST_AFTER = 2
"""Without a time so many rows must be bad: one alone is a spike, and the next row will tell."""
SPREADS = 1.5
"""The range of so few rows says little about their spread, so it is taken wider."""
RELATIVE = {MetricRole.LATENCY: 0.15, MetricRole.AVAILABILITY: 0.005, MetricRole.ERRORS: 0.15}
"""Least spread as a share of the level."""
CHANCE: dict[MetricRole, Callable[[Floats], Floats]] = {
    MetricRole.LATENCY: lambda count: 1 / np.sqrt(count),
    MetricRole.AVAILABILITY: lambda count: 1 / count,
    MetricRole.ERRORS: lambda count: 1 / np.sqrt(count),
}
"""How far the mean of so many requests moves by chance, as a share of the level: latencies spread as widely as they are
long, and one failed request more is nothing.
"""
INCIDENT = 12.0
"""Evidence above this is an incident: about three nodes and the entry far off. Of 196 fault-free windows of five rows
three reach it.
"""
REPORTED = 0.375
"""Beside a time that somebody named, so much of it is enough."""
FEW = 5
"""With fewer earlier rows nobody is sure."""


def explain_by_own_past(
    table: MetricTable, topology: Topology, times: Ints, at_unix_nano: int | None
) -> tuple[GraphFinding | None, int]:
    """Return the best explanation of the case by its own earlier rows, and how many those are."""
    best: GraphFinding | None = None
    for split in _splits(times, at_unix_nano):
        baseline = learn_before(table, times, split)
        found = explain(table, baseline, topology, times, int(times[split])) if baseline.levels else None
        if found is not None and (best is None or found.evidence > best.evidence + 1e-9):
            best = found
    return best, best.split if best is not None else 0


def _splits(times: Ints, at_unix_nano: int | None) -> Iterable[int]:
    if at_unix_nano is None:
        return range(LEAST_BEFORE, len(times) - LEAST_AFTER + 1)
    step = int(np.median(np.diff(times))) if len(times) > 1 else 0
    split = int(np.searchsorted(times, at_unix_nano - step // 2))
    return [split] if 1 <= split < len(times) else []


def learn_before(table: MetricTable, times: Ints, split: int) -> Baseline:
    """Return the levels of the rows before `split`; nodes with fewer than two of them are left out."""
    levels = []
    least = 2.0 if split < LEAST_BEFORE else 1.0
    requests = choose_metric(MetricRole.TRAFFIC, table)
    for role in SIGN:
        metric = choose_metric(role, table)
        if metric is None:
            continue
        nodes = sorted({source.service for source in table[metric] if source.service})
        grid = SIGN[role] * to_grid(table, metric, nodes, times)[:, :split]
        keep = np.flatnonzero(np.isfinite(grid).sum(axis=1) >= min(LEAST_BEFORE, split))
        if not len(keep):
            continue
        rows = grid[keep]
        count = _usual_count(table, requests, nodes, times)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            median, spread = np.nanmedian(rows, axis=1), SPREADS * (np.nanmax(rows, axis=1) - np.nanmin(rows, axis=1))
        scale = np.abs(median) if role is not MetricRole.ERRORS else np.full(len(keep), np.nanmax(np.abs(rows)))
        levels.append(
            Levels(
                metric,
                SIGN[role],
                [nodes[i] for i in keep],
                median,
                np.maximum(spread, np.maximum(RELATIVE[role] * least, CHANCE[role](count[keep])) * scale),
                FLOOR[role] * scale,
                np.full(len(keep), -np.inf),
            )
        )
    return Baseline(levels, requests, {})


def _usual_count(table: MetricTable, requests: Metric | None, nodes: list[str], times: Ints) -> Floats:
    """Return how many requests a row of each node stands for; infinite where that is not known."""
    if requests is None:
        return np.full(len(nodes), np.inf)
    grid = to_grid(table, requests, nodes, times)
    known = np.isfinite(grid).any(axis=1)
    count = np.full(len(nodes), np.inf)
    count[known] = np.nanmedian(grid[known], axis=1)
    result: Floats = np.maximum(count, 1.0)
    return result
