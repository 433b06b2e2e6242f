"""Healthy levels of a call graph's indicators from the case itself: its rows outside of the incident, however few.

Which rows the incident takes is not known: of all unbroken runs of rows the one is taken whose departure from the other
rows is felt most where users enter. An incident that is over leaves healthy rows on both of its sides.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from workbench.rca.columns import Flags, Floats, Ints
from workbench.rca.graph_levels import FLOOR, SIGN, Grid, Levels, choose_metric, depart, to_grid
from workbench.rca.graph_reach import Reach
from workbench.rca.graph_runs import ALL_RUNS, LEAST_BAD, LEAST_HEALTHY, runs_around, runs_of
from workbench.rca.graphform import GraphFinding, entry_node, evidence_of, mean_of, rank_nodes
from workbench.rca.series import Metric, MetricTable
from workbench.rca.topology import Topology
from workbench.semconv import MetricRole

LEAST_CALM = 2
"""So many healthy rows show that an incident is over; one may be a lull."""
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
FELT = 1.0
"""From so many spreads at the entry on an incident is felt in full; below, the evidence counts in proportion."""
INCIDENT = 4.0
"""Evidence above this is an incident: about one node and the entry clearly off. Of 390 fault-free windows of five rows
four reach it.
"""
REPORTED = 0.5
"""Beside a time that somebody named, so much of it is enough."""
FEW = 5
"""With fewer healthy rows nobody is sure."""


@dataclass(frozen=True)
class _Indicator:
    """One indicator of all nodes: signed values (node, row), and how many requests a row of each node stands for."""

    metric: Metric
    nodes: list[str]
    grid: Grid
    count: Floats
    requests: Grid


@dataclass(frozen=True)
class _Rows:
    """The rows of a case, read once."""

    table: MetricTable
    topology: Topology
    times: Ints

    @cached_property
    def requests(self) -> Metric | None:
        return choose_metric(MetricRole.TRAFFIC, self.table)

    @cached_property
    def entry(self) -> str:
        return entry_node(self.topology, self.table, self.requests)

    @cached_property
    def indicators(self) -> list[_Indicator]:
        found = []
        for role in (MetricRole.AVAILABILITY, MetricRole.ERRORS, MetricRole.LATENCY):
            metric = choose_metric(role, self.table)
            if metric is not None:
                nodes = sorted({source.service for source in self.table[metric] if source.service})
                grid = SIGN[role] * to_grid(self.table, metric, nodes, self.times)
                whole = np.full(grid.shape, np.nan)
                load = to_grid(self.table, self.requests, nodes, self.times) if self.requests is not None else whole
                found.append(_Indicator(metric, nodes, grid, _usual(load), load))
        return found

    def explain(self, run: tuple[int, int], least: float) -> Iterable[GraphFinding]:
        """Give per indicator the explanation of the rows `run` (from, to) by all others, if it may have more evidence
        than `least`.
        """
        number = np.arange(len(self.times))
        bad = (number >= run[0]) & (number < run[1])
        for one in self.indicators:
            levels, keep = _levels(one, ~bad)
            if levels is None:
                continue
            departures = depart(levels, levels.sign * one.grid[keep], bad, lasting=True)
            if evidence_of(levels, departures, self.entry) <= least:
                continue
            reach = Reach(levels, departures, mean_of(one.requests[keep][:, bad]), self.topology, self.entry)
            ranked = rank_nodes(reach, run[0], 0.0)
            yield replace(ranked, evidence=felt(ranked), end=run[1])

    def best(self, runs: Iterable[tuple[int, int]]) -> GraphFinding | None:
        """Return the explanation with most evidence; of equals the first."""
        best: GraphFinding | None = None
        for run in runs:
            for found in self.explain(run, best.evidence if best is not None else -1.0):
                if best is None or found.evidence > best.evidence + 1e-9:
                    best = found
        return best

    def without_calm_end(self, found: GraphFinding) -> GraphFinding:
        """Return the explanation of the run without the rows in which its first cause is well again."""
        levels, off, first = found.levels, found.departures, found.ranked[0]
        if first not in levels.nodes:
            return found
        at = levels.nodes.index(first)
        row = levels.sign * to_grid(self.table, levels.metric, [first], self.times)[0, found.split : found.end]
        hot = np.flatnonzero(row > (levels.median[at] + levels.sign * off.value[at]) / 2)
        end = found.split + int(hot[-1]) + 1 if len(hot) else found.end
        if end == found.end or end - found.split < LEAST_BAD:
            return found
        again = next(
            (one for one in self.explain((found.split, end), -1.0) if one.levels.metric == levels.metric), None
        )
        return again if again is not None and again.ranked[0] == first and again.evidence > INCIDENT else found


def explain_by_own_past(
    table: MetricTable, topology: Topology, times: Ints, at_unix_nano: int | None
) -> tuple[GraphFinding | None, int]:
    """Return the best explanation of the case by its own healthy rows, and how many those are."""
    rows, count = _Rows(table, topology, times), len(times)
    if at_unix_nano is not None:
        best = rows.best(runs_around(times, at_unix_nano))
    else:
        best = rows.best(runs_of(count, LEAST_HEALTHY))
        if count <= ALL_RUNS and (best is None or best.evidence <= INCIDENT):
            other = rows.best(runs_of(count, 1))
            best = other if other is not None and other.evidence > INCIDENT else best or other
    best = rows.without_calm_end(best) if best is not None else None
    return best, count - (best.end - best.split) if best is not None else 0


def felt(found: GraphFinding) -> float:
    """Return how much speaks for an incident: the departures of the nodes whose trouble reaches the entry, and twice
    that of the entry; in proportion where the entry departs by less than a spread.

    What users do not feel is no incident yet: a branch with a few requests of its own gets slow and fast all the time.
    """
    levels, off = found.levels, found.departures
    if found.entry not in levels.nodes:
        return evidence_of(levels, off, found.entry)
    reaching = np.array([found.keys[node][0] > 0 for node in levels.nodes])
    near = replace(off, anomalous=off.anomalous & reaching)
    entry = float(np.nan_to_num(off.z[levels.nodes.index(found.entry)]))
    return evidence_of(levels, near, found.entry) * float(np.clip(entry / FELT, 0.0, 1.0))


def _levels(one: _Indicator, healthy: Flags) -> tuple[Levels | None, Ints]:
    """Return the levels of the healthy rows, and which nodes they are of; nodes with fewer than two rows are left out,
    and if there is but one such row, its level is taken as twice as uncertain.
    """
    role, rows = one.metric.role, int(healthy.sum())
    grid = one.grid[:, healthy]
    keep = np.flatnonzero(np.isfinite(grid).sum(axis=1) >= min(LEAST_HEALTHY, rows))
    if not len(keep):
        return None, keep
    least = 2.0 if rows < LEAST_HEALTHY else 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        median = np.nanmedian(grid[keep], axis=1)
        spread = SPREADS * (np.nanmax(grid[keep], axis=1) - np.nanmin(grid[keep], axis=1))
    largest = float(np.nanmax(np.abs(grid[keep])))
    scale = np.abs(median) if role is not MetricRole.ERRORS else np.full(len(keep), largest)
    least_spread = np.maximum(RELATIVE[role] * least, CHANCE[role](one.count[keep])) * scale
    levels = Levels(
        one.metric,
        SIGN[role],
        [one.nodes[i] for i in keep],
        median,
        np.maximum(spread, least_spread),
        FLOOR[role] * scale,
        np.full(len(keep), -np.inf),
    )
    return levels, keep


def _usual(requests: Grid) -> Floats:
    """Return how many requests a row of each node stands for; infinite where that is not known."""
    known = np.isfinite(requests).any(axis=1)
    count = np.full(len(requests), np.inf)
    count[known] = np.nanmedian(requests[known], axis=1)
    result: Floats = np.maximum(count, 1.0)
    return result
