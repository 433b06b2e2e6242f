"""Finds services that use far more of a resource than they did while healthy (evidence C).

Every metric whose role is a resource counts: CPU, memory, disk, connections, threads, queues. Only rises count. One high row
never does: the second largest of the test is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.rca.series import Metric, MetricTable, Series, Source
from workbench.rca.visits import Floats
from workbench.semconv import RESOURCES, MetricRole

LEAST_ROWS = 5
WINDOW = 5
"""Rows of the sliding windows that give the statistic's own null."""
CAP = 2.0
"""Other days and the rows before the fault raise the baseline of the nearest reference by this factor at most."""
RELATIVE_FLOOR = 0.15
"""A spread below this share of the level is not believed."""
MARGIN = 1.25
LEAST_THRESHOLD = 1.5
THRESHOLD_WITHOUT_REFERENCE = 3.0
LARGEST_Z = 100.0
LONG = 10
"""Tests of so many rows are also compared by their median, which one burst does not move."""
LEAST_LEVEL_THRESHOLD = 0.75
COUNT_SPREADS = 1.5
"""Spread of a count is at least this many roots of its level (Poisson)."""

HARD = frozenset({MetricRole.CPU, MetricRole.MEMORY, MetricRole.DISK})
"""Resources that run out by themselves. The others (connections, threads, queues) also fill up when a callee is slow."""
_LOSS = re.compile(r"retrans|drop|loss|lost|discard", re.IGNORECASE)


def is_hard(metric: Metric) -> bool:
    """Tell whether a metric is of a resource that runs out by itself."""
    return metric.role in HARD


def is_soft(metric: Metric) -> bool:
    """Tell whether a metric is of a resource that fills up while something else is waited for."""
    return metric.role in RESOURCES and metric.role not in HARD


def is_loss(metric: Metric) -> bool:
    """Tell whether a metric counts messages that the network lost."""
    return metric.role in (MetricRole.NETWORK, MetricRole.ERRORS) and bool(_LOSS.search(metric.name))


@dataclass(frozen=True, slots=True)
class Use:
    """One series against its baseline, in the metric's unit."""

    metric: Metric
    source: Source
    value: float
    median: float
    spread: float
    z: float
    ratio: float
    """z divided by the largest fault-free z of this metric with a margin."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Largest ratio per service, and all series behind it, strongest first."""

    scores: dict[str, float] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    source: Source
    value: float
    median: float
    spread: float
    before: float
    """Level of the case's own earlier rows; the healthy level when there are too few."""
    level: float
    """Median of a long test; NaN of a short one."""
    healthy: Floats | None


def busy_resources(
    test: MetricTable,
    references: Sequence[MetricTable],
    *,
    since: int,
    until: int | None,
    before: int,
    of: Callable[[Metric], bool] = is_hard,
) -> Resources:
    """Compare the rows of [since, until) with the references and with the case's own rows before `before` (ns).

    `of` chooses the metrics.
    """
    uses = [
        use
        for metric, group in test.items()
        if of(metric)
        for use in _metric(metric, group, [reference.get(metric, {}) for reference in references], since, until, before)
    ]
    uses.sort(key=lambda use: -use.ratio)
    scores: dict[str, float] = {}
    for use in uses:
        if use.ratio > 0 and use.source.service:
            scores.setdefault(use.source.service, use.ratio)
    return Resources(scores=scores, uses=uses)


def _metric(
    metric: Metric,
    group: dict[Source, Series],
    references: Sequence[dict[Source, Series]],
    since: int,
    until: int | None,
    before: int,
) -> list[Use]:
    rows = [
        row
        for source, series in group.items()
        if (row := _row(source, series, group, references, since, until, before)) is not None
    ]
    if not rows:
        return []
    unit = max(float(np.median([row.spread for row in rows])), 1e-9)
    counts = all(np.array_equal(series.value, np.round(series.value)) for series in group.values())
    floors = [COUNT_SPREADS * max(row.median, 1.0) ** 0.5 if counts else 0.0 for row in rows]
    spreads = [
        max(row.spread, unit, RELATIVE_FLOOR * row.median, floor) for row, floor in zip(rows, floors, strict=True)
    ]
    threshold, level_threshold = _threshold(rows, spreads), _level_threshold(rows, spreads)
    uses = []
    for row, spread in zip(rows, spreads, strict=True):
        # A level that was as high before the case's onset is a habit of these days, not what broke now.
        healthy = max(row.median, row.before)
        z = float(np.clip((row.value - healthy) / spread, 0, LARGEST_Z))
        level = float(np.clip((row.level - healthy) / spread, 0, LARGEST_Z)) if np.isfinite(row.level) else 0.0
        ratio = max(z / threshold, level / level_threshold)
        uses.append(Use(metric, row.source, row.value, row.median, spread, z, ratio))
    return uses


def _row(
    source: Source,
    series: Series,
    group: dict[Source, Series],
    references: Sequence[dict[Source, Series]],
    since: int,
    until: int | None,
    before: int,
) -> _Row | None:
    inside = series.time >= since
    if until is not None:
        inside &= series.time < until
    test = np.sort(series.value[inside])
    if not len(test):
        return None
    value = float(test[-min(2, len(test))])
    healthy = [rows for reference in references if len(rows := _healthy(source, reference)) >= LEAST_ROWS]
    levels = [(float(np.median(rows)), float(np.quantile(rows, 0.95) - np.median(rows))) for rows in healthy]
    pre = _earlier(source, group, before)
    nearest = levels[0] if levels else None
    if len(pre) >= LEAST_ROWS:
        # Earlier faults in the case pollute upwards, so the spread is taken from the lower side.
        level = float(np.median(pre))
        low = 1.5 * (level - float(np.quantile(pre, 0.1)))
        levels.append((level, max(low, 1.4826 * float(np.median(np.abs(pre - level))))))
    if not levels:
        return None
    median, spread = max(level for level, _ in levels), max(width for _, width in levels)
    if nearest is not None:
        median = max(min(median, CAP * nearest[0]), nearest[0])
        spread = max(min(spread, CAP * nearest[1]), nearest[1]) if nearest[1] > 0 else spread
    own = float(np.median(pre)) if len(pre) >= LEAST_ROWS else median
    level = float(np.median(test)) if len(test) >= LONG else float("nan")
    return _Row(source, value, median, spread, own, level, healthy[0] if healthy else _without_reference(pre))


def _earlier(source: Source, group: dict[Source, Series], before: int) -> Floats:
    """Return the instance's own earlier rows, or those of all instances of its service when it is new."""
    own = group[source]
    rows = own.value[own.time < before]
    if len(rows) >= LEAST_ROWS:
        return rows
    same = [one.value[one.time < before] for other, one in group.items() if other.service == source.service]
    return np.concatenate(same)


def _healthy(source: Source, reference: dict[Source, Series]) -> Floats:
    """Return the reference rows of the same instance, or of all instances of the service when it has another name there."""
    if source in reference:
        return reference[source].value
    same = [series.value for other, series in reference.items() if other.service == source.service]
    return np.concatenate(same) if same else np.zeros(0)


def _without_reference(pre: Floats) -> Floats | None:
    return pre if len(pre) >= WINDOW + LEAST_ROWS else None


def _threshold(rows: Sequence[_Row], spreads: Sequence[float]) -> float:
    """Return the largest z that sliding windows of the healthy rows reach, with a margin."""
    null = [
        float(((np.sort(windows, axis=1)[:, -2] - np.median(row.healthy)) / spread).max())
        for row, spread in zip(rows, spreads, strict=True)
        if row.healthy is not None and len(row.healthy) >= WINDOW + LEAST_ROWS
        for windows in [np.lib.stride_tricks.sliding_window_view(row.healthy, WINDOW)]
    ]
    return max(LEAST_THRESHOLD, MARGIN * max(null)) if null else THRESHOLD_WITHOUT_REFERENCE


def _level_threshold(rows: Sequence[_Row], spreads: Sequence[float]) -> float:
    """Return the same for the median of long windows."""
    null = [
        float(((np.median(windows, axis=1) - np.median(row.healthy)) / spread).max())
        for row, spread in zip(rows, spreads, strict=True)
        if row.healthy is not None and len(row.healthy) >= 2 * LONG
        for windows in [np.lib.stride_tricks.sliding_window_view(row.healthy, LONG)]
    ]
    return max(LEAST_LEVEL_THRESHOLD, MARGIN * max(null)) if null else THRESHOLD_WITHOUT_REFERENCE
