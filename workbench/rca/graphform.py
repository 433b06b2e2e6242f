"""Finds the cause in a call graph when all there is are indicators per service: latency, availability, errors.

The deepest anomalous node that accounts for the trouble of its callers, and explains most of them, is the cause. No
alarm is needed: the indicator and the time are those at which the graph as a whole departs most from its healthy
levels.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.rca.columns import Flags, Floats, Ints
from workbench.rca.graph_levels import (
    SIGN,
    Departures,
    Grid,
    Levels,
    choose_metric,
    depart,
    healthy_levels,
    times_of,
    to_grid,
)
from workbench.rca.graph_reach import Reach
from workbench.rca.series import Metric, MetricTable
from workbench.rca.topology import Topology
from workbench.semconv import MetricRole

FALSE_ALARMS = 0.02
"""Share of healthy windows that may look like an incident."""
ENTRY_WEIGHT = 2.0
LEAST_WINDOWS = 20
LEAST_THRESHOLD = 3.0
"""About one node three spreads off at the entry: below this nothing is believed even if the reference was very calm."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Healthy levels of every indicator, and the evidence that healthy windows reach."""

    levels: list[Levels]
    requests: Metric | None
    thresholds: dict[bool, float]
    """By `time given`: evidence above this is an incident."""


@dataclass(frozen=True, slots=True)
class GraphFinding:
    """The best explanation: nodes by rank, with the departures they are ranked by."""

    levels: Levels
    split: int
    """Row at which the incident begins."""
    evidence: float
    ranked: list[str]
    departures: Departures
    impact: Floats
    entry: str
    anomalous: set[str]
    keys: dict[str, tuple[float, ...]]
    """Per node: reaches the entry (0/1), nothing below accounts for it (0/1), trouble it carries (excess x requests),
    callers it accounts for, has calls of its own (0/1), rise in spreads.
    """
    end: int = sys.maxsize
    """Row from which on all is well again; past the last row when it goes on."""


def learn(table: MetricTable, topology: Topology, rows: int) -> Baseline:
    """Return the baseline of healthy metrics for cases of `rows` rows."""
    times = times_of(table)
    levels = []
    for role in SIGN:
        metric = choose_metric(role, table)
        if metric is None:
            continue
        nodes = sorted({source.service for source in table[metric] if source.service})
        found = healthy_levels(metric, nodes, to_grid(table, metric, nodes, times))
        if found.nodes:
            levels.append(found)
    requests = choose_metric(MetricRole.TRAFFIC, table)
    baseline = Baseline(levels, requests, {})
    grids = [to_grid(table, one.metric, one.nodes, times) for one in levels]
    entry = entry_node(topology, table, requests)
    starts = range(0, len(times) - rows + 1, max(1, (len(times) - rows) // 200))
    found_evidence = [
        [_scan(baseline, [grid[:, start : start + rows] for grid in grids], entry, split) for split in range(1, rows)]
        for start in starts
    ]
    if len(found_evidence) >= LEAST_WINDOWS:
        evidence = np.array(found_evidence)
        baseline.thresholds[False] = max(LEAST_THRESHOLD, float(np.quantile(evidence.max(axis=1), 1 - FALSE_ALARMS)))
        baseline.thresholds[True] = max(LEAST_THRESHOLD, float(np.quantile(evidence, 1 - FALSE_ALARMS)))
    return baseline


def _scan(baseline: Baseline, grids: Sequence[Grid], entry: str, split: int) -> float:
    return max(
        (
            evidence_of(levels, depart(levels, grid, np.arange(grid.shape[1]) >= split), entry)
            for levels, grid in zip(baseline.levels, grids, strict=True)
        ),
        default=0.0,
    )


def evidence_of(levels: Levels, departures: Departures, entry: str) -> float:
    """Return how much speaks for an incident: the departures of all anomalous nodes, and twice that of the entry."""
    strength = departures.strength()
    if not departures.anomalous.any():
        return 0.0
    total = float(strength[departures.anomalous].sum())
    if entry in levels.nodes:
        at = levels.nodes.index(entry)
        own = float(np.nan_to_num(strength[at]))
        total += own * ENTRY_WEIGHT * (1.0 if departures.anomalous[at] else 0.5)
    return total


def entry_node(topology: Topology, table: MetricTable, requests: Metric | None) -> str:
    """Return where users enter: the node without callers, but with callees, that has most requests."""
    roots = topology.roots()
    load: dict[str, float] = {}
    if requests is not None:
        for source, series in table.get(requests, {}).items():
            load[source.service] = load.get(source.service, 0.0) + float(series.value.sum())
    return max(roots, key=lambda node: (load.get(node, 0.0), topology.reach(node)), default="")


def explain(
    table: MetricTable, baseline: Baseline, topology: Topology, times: Ints, at_unix_nano: int | None
) -> GraphFinding | None:
    """Return the best explanation of the case's metrics, or None when no node departs from its levels."""
    step = int(np.median(np.diff(times))) if len(times) > 1 else 0
    entry = entry_node(topology, table, baseline.requests)
    best: GraphFinding | None = None
    order = {MetricRole.AVAILABILITY: 0, MetricRole.ERRORS: 1, MetricRole.LATENCY: 2}
    for levels in sorted(baseline.levels, key=lambda one: order[one.metric.role]):
        grid = to_grid(table, levels.metric, levels.nodes, times)
        requests = _requests(table, baseline.requests, levels.nodes, times)
        for test in _tests(times, step, at_unix_nano):
            departures = depart(levels, grid, test)
            evidence = evidence_of(levels, departures, entry)
            if best is None or evidence > best.evidence + 1e-9:
                reach = Reach(levels, departures, mean_of(requests[:, test]), topology, entry)
                best = rank_nodes(reach, int(np.argmax(test)), evidence)
    return best


def _tests(times: Ints, step: int, at_unix_nano: int | None) -> list[Flags]:
    rows = np.arange(len(times))
    if at_unix_nano is None:
        return [rows >= split for split in range(1, len(times))]
    test = times >= at_unix_nano - step // 2
    return [test if test.any() and not test.all() else rows >= len(times) // 2]


def _requests(table: MetricTable, metric: Metric | None, nodes: list[str], times: Ints) -> Grid:
    if metric is None:
        return np.full((len(nodes), len(times)), np.nan)
    return to_grid(table, metric, nodes, times)


def mean_of(rows: Grid) -> Floats:
    """Return the mean of each row of finite values; NaN where there is none."""
    count = np.isfinite(rows).sum(axis=1)
    return np.where(count > 0, np.nansum(rows, axis=1) / np.maximum(count, 1), np.nan)


def rank_nodes(reach: Reach, split: int, evidence: float) -> GraphFinding:
    """Return the nodes by how well they explain what departs."""
    departures, entry = reach.departures, reach.entry
    keys: dict[str, tuple[float, ...]] = {}
    for node in reach.topology.nodes | reach.measured:
        off = node in reach.anomalous
        above = reach.above[node] if off else set()
        deepest = off and not any(reach.accounts(callee, node) for callee in reach.below(node))
        at = reach.number[node] if node in reach.measured else None
        reaches = off and (node == entry or entry in above)
        # An address that only its callers know is often a service seen from outside, by the few calls that went wrong:
        # what counts is how much of the callers' trouble a node carries. Without requests, calls of its own tell.
        carried = float(np.nan_to_num(reach.impact[at])) if at is not None else 0.0
        calls = float(off and bool(reach.topology.callees.get(node)))
        explains = float(sum(reach.accounts(node, caller) for caller in above))
        jump = min(float(np.nan_to_num(departures.jump[at])), 1e6) if at is not None else 0.0
        keys[node] = (float(reaches), float(deepest), max(carried, 0.0), explains, calls, jump)
    ranked = sorted(keys, key=lambda node: tuple(-part for part in keys[node]))
    return GraphFinding(reach.levels, split, evidence, ranked, departures, reach.impact, entry, reach.anomalous, keys)
