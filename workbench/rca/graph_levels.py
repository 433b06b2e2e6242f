"""Healthy levels of one indicator at every node of a call graph, and how far a case departs from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.rca.columns import Flags, Floats, Ints
from workbench.rca.series import Metric, MetricTable, Series
from workbench.semconv import MetricRole

SIGN = {MetricRole.LATENCY: 1.0, MetricRole.AVAILABILITY: -1.0, MetricRole.ERRORS: 1.0}
"""Indicators of what users notice; availability is bad when it falls."""
FLOOR = {MetricRole.LATENCY: 0.05, MetricRole.AVAILABILITY: 0.002, MetricRole.ERRORS: 0.05}
"""Least change that counts, as a share of the healthy level (errors: of the largest healthy level of any node)."""
LEAST_Z = 2.0
QUANTILE = 0.95
DRIFT = 0.5
"""At least this share of the departure must have happened inside the case: nodes that were off before drop out."""
NULL_ROWS = 3
LEAST_ROWS = 10
LARGEST_STEP = 5.0

Grid = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Levels:
    """What is healthy, per node; all arrays have one row per node. Values are signed: larger is worse."""

    metric: Metric
    sign: float
    nodes: list[str]
    median: Floats
    spread: Floats
    floor: Floats
    high: Floats
    """The quantile of the test statistic on sliding windows of the healthy rows."""


@dataclass(frozen=True, slots=True)
class Departures:
    """How a case departs from the levels, per node of `Levels.nodes`."""

    z: Floats
    jump: Floats
    """How much of it happened inside the case, in units of the healthy spread."""
    excess: Floats
    rise: Floats
    """How much of the excess came inside the case, in the unit of the metric."""
    anomalous: Flags
    value: Floats
    before: Floats
    unit: Floats
    """The spread, or the least change that counts where that is more; in the unit of the metric."""

    def strength(self) -> Floats:
        """Return 0..5 per node: log2 of the smaller of departure and jump."""
        strength: Floats = np.minimum(LARGEST_STEP, np.log2(1 + np.clip(np.fmin(self.z, self.jump), 0, None)))
        return strength


def choose_metric(role: MetricRole, table: MetricTable) -> Metric | None:
    """Return the metric of this role that most nodes have; of equals the mean."""
    found = [metric for metric in table if metric.role is role]
    return max(
        found,
        key=lambda metric: (
            len({source.service for source in table[metric] if source.service and not source.peer}),
            metric.statistic.lower() in ("average", "avg", "mean", ""),
            metric.label,
        ),
        default=None,
    )


def to_grid(table: MetricTable, metric: Metric, nodes: list[str], times: Ints) -> Grid:
    """Return values (node, time), NaN where there is none; instances of a node are averaged."""
    grid = np.full((len(nodes), len(times)), np.nan)
    rows: dict[str, list[Series]] = {}
    for source, series in table.get(metric, {}).items():
        rows.setdefault(source.service, []).append(series)
    for number, node in enumerate(nodes):
        total, count = np.zeros(len(times)), np.zeros(len(times))
        for series in rows.get(node, []):
            at = np.searchsorted(times, series.time)
            there = (at < len(times)) & (times[np.minimum(at, len(times) - 1)] == series.time)
            np.add.at(total, at[there], series.value[there])
            np.add.at(count, at[there], 1)
        grid[number] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return grid


def times_of(table: MetricTable) -> Ints:
    """Return all times of the metrics, ascending."""
    series = [one.time for group in table.values() for one in group.values()]
    return np.unique(np.concatenate(series)) if series else np.zeros(0, dtype=np.int64)


def healthy_levels(metric: Metric, nodes: list[str], grid: Grid) -> Levels:
    """Return the levels of healthy rows (node, time); nodes with fewer than ten rows are left out."""
    sign, share = SIGN[metric.role], FLOOR[metric.role]
    keep = np.flatnonzero(np.isfinite(grid).sum(axis=1) >= LEAST_ROWS)
    rows = sign * grid[keep]
    median, top = np.nanmedian(rows, axis=1), np.nanquantile(rows, 0.95, axis=1) if len(keep) else np.zeros(0)
    scale = np.abs(median) if metric.role is not MetricRole.ERRORS else np.full(len(keep), _largest(rows))
    windows = np.lib.stride_tricks.sliding_window_view(np.where(np.isnan(rows), -np.inf, rows), NULL_ROWS, axis=1)
    null = np.sort(windows, axis=2)[:, :, -2]
    high = np.array(
        [np.quantile(row[np.isfinite(row)], QUANTILE) if np.isfinite(row).any() else np.inf for row in null]
    )
    return Levels(metric, sign, [nodes[i] for i in keep], median, top - median, share * scale, high)


def _largest(rows: Grid) -> float:
    return float(np.nanmax(np.abs(rows))) if rows.size and np.isfinite(rows).any() else 0.0


def depart(levels: Levels, grid: Grid, test: Flags, *, lasting: bool = False) -> Departures:
    """Compare the rows of `test` with the levels and with the case's other rows. `grid` is (node of levels, time).

    What counts is the second largest row; of a departure that must be `lasting`, one that half of the rows reach.
    """
    signed = levels.sign * grid
    value = _largest_but(signed[:, test], max(2, (int(test.sum()) + 1) // 2) if lasting else 2)
    before = _median(signed[:, ~test])
    before = np.where(np.isnan(before), levels.median, before)
    unit = np.maximum(np.maximum(levels.spread, levels.floor), 1e-12)
    excess, jump = value - levels.median, value - before
    z = excess / unit
    with np.errstate(invalid="ignore"):
        anomalous = (z >= LEAST_Z) & (value > levels.high) & (jump > DRIFT * excess) & (jump > levels.floor)
    return Departures(z, jump / unit, excess, jump, anomalous, value * levels.sign, before * levels.sign, unit)


def _largest_but(rows: Grid, place: int) -> Floats:
    """Return the finite value at this place from the largest (1) on, per row; where values are missing, the one at the
    same share of those that are there.
    """
    ordered = -np.sort(-np.where(np.isnan(rows), -np.inf, rows), axis=1)
    count, most = np.isfinite(ordered).sum(axis=1), ordered.shape[1]
    if not most:
        return np.full(len(rows), np.nan)
    among = np.rint(min(place, most) * count / most).astype(np.int64)
    found = ordered[np.arange(len(rows)), np.clip(among - 1, 0, None)]
    return np.where(count > 0, found, np.nan)


def _median(rows: Grid) -> Floats:
    result = np.full(len(rows), np.nan)
    some = np.isfinite(rows).any(axis=1) if rows.size else np.zeros(len(rows), dtype=np.bool_)
    if some.any():
        result[some] = np.nanmedian(rows[some], axis=1)
    return result
