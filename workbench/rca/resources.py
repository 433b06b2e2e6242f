"""Finds services that use far more of a resource than they did while healthy (evidence C).

Every metric whose role is a resource counts: CPU, memory, disk, connections, threads, queues. Only rises count. One
high row never does: the second largest of the test is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workbench.rca.columns import Floats
from workbench.rca.levels import HABIT, Row, read_row
from workbench.rca.remaining import share_gone
from workbench.rca.series import Group, Metric, MetricTable, Reading, Source
from workbench.semconv import RESOURCES, MetricRole

RELATIVE_FLOOR = 0.15
"""A spread below this share of the level is not believed."""
MARGIN = 1.25
LEAST_FILLING = 2.0
"""Memory and disks fill up and are cleaned all the time; a short past may not show a whole cycle."""
LEAST_THRESHOLD = 1.5
THRESHOLD_WITHOUT_REFERENCE = 3.0
LARGEST_Z = 100.0
LEAST_LEVEL_THRESHOLD = 0.75
ROOMY = {MetricRole.MEMORY: 0.5, MetricRole.DISK: 0.5}
"""What is filled below this share of its limit hurts nobody yet."""
ROOMY_ALONE = ROOMY | {MetricRole.MEMORY: 0.6}
"""A short past of its own does not show how far memory goes with the load."""
IDLE = {MetricRole.CPU: 0.4}
"""Nor does a processor with so much to spare. Only a system's own reference knows that this is already unusual."""
MOST_WHILE_ROOMY = 1.4
"""So much may they count then: too little to decide without another symptom of the same service."""
MOST_WHILE_IDLE = 0.9
"""What is idle explains nothing."""
COUNT_SPREADS = 1.5
"""Spread of a count is at least this many roots of its level (Poisson)."""
MOST_STEPS, SAME_STEP = 20, 0.1
"""Multiples of the least value up to the first are whole numbers if that is what one event adds, but for rounding."""
LEAST_SHARE_FAILED = 0.002
"""Least spread of a share of failed requests."""

HARD = frozenset({MetricRole.CPU, MetricRole.MEMORY, MetricRole.DISK})
"""Resources that run out by themselves. The others (connections, threads, queues) also fill up when a callee is
slow.
"""
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
    limit: float | None = None
    """How much there can be of it, where another metric tells."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Largest ratio per service, and all series behind it, strongest first."""

    scores: dict[str, float] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)


def busy_resources(
    test: MetricTable,
    references: Sequence[MetricTable],
    *,
    since: int,
    before: int,
    of: Callable[[Metric], bool] = is_hard,
) -> Resources:
    """Compare the rows from `since` on with the references and with the case's own rows before `before` (ns).

    `of` chooses the metrics.
    """
    uses = [
        use
        for metric, group in test.items()
        if of(metric)
        for use in _metric(metric, group, [reference.get(metric) or Group() for reference in references], since, before)
    ]
    roomy = roomy_stores(test, since, ROOMY if any(references) else ROOMY_ALONE | IDLE)
    uses = [
        replace(use, ratio=min(use.ratio, MOST_WHILE_IDLE if use.metric.role in IDLE else MOST_WHILE_ROOMY))
        if (use.metric.role, use.source) in roomy
        else use
        for use in uses
    ]
    uses.sort(key=lambda use: -use.ratio)
    scores: dict[str, float] = {}
    for use in uses:
        if use.ratio > 0 and use.source.service:
            scores.setdefault(use.source.service, use.ratio)
    return Resources(scores=scores, uses=uses)


def roomy_stores(test: MetricTable, since: int, room: Mapping[MetricRole, float]) -> set[tuple[MetricRole, Source]]:
    """Return the resources whose share of a limit is known and below that of their role from `since` (ns) on."""
    fullest: dict[tuple[MetricRole, Source], float] = {}
    for metric, group in test.items():
        whole = _whole(metric)
        if metric.role not in room or (whole is None and metric.reading is not Reading.SCARCE):
            continue
        for source, series in group.items():
            late = series.since(since)
            if len(late):
                store = (metric.role, source)
                # Bursts come and go; what is stored stays.
                used = float(np.median(late) if metric.role is MetricRole.CPU else late.max())
                share = used / whole if whole else share_gone(series, used)
                fullest[store] = max(fullest.get(store, 0.0), share)
    return {store for store, share in fullest.items() if share < room[store[0]]}


def share_of_limit(metric: Metric, value: float) -> float | None:
    """Return a value as a share of what means full; None when the metric does not tell."""
    whole = _whole(metric)
    return value / whole if whole else None


def _whole(metric: Metric) -> float | None:
    """Return the value that means full, when the metric is a share of a limit."""
    if metric.reading is not Reading.PLAIN:
        return 1.0 if metric.reading is Reading.USED else None
    if metric.unit == "%":
        return 100.0
    return 1.0 if metric.unit in ("1", "ratio") or "utilization" in metric.name else None


def _metric(
    metric: Metric,
    group: Group,
    references: Sequence[Group],
    since: int,
    before: int,
) -> list[Use]:
    rows = [row for source in group if (row := read_row(source, group, references, since, before)) is not None]
    if not rows:
        return []
    unit = max(float(np.median([row.spread for row in rows])), 1e-9)
    grain = _grain(metric, group)
    floors = [COUNT_SPREADS * grain * max(row.median / grain, 1.0) ** 0.5 if grain else 0.0 for row in rows]
    spreads = [
        max(row.spread, unit, RELATIVE_FLOOR * row.median, floor) for row, floor in zip(rows, floors, strict=True)
    ]
    threshold, level_threshold = _threshold(rows, spreads), _level_threshold(rows, spreads)
    habits = np.zeros(len(rows))
    if not any(references):
        # Rows of before hold earlier incidents: what came once or twice says nothing about what is healthy.
        calm = [place for place, row in enumerate(rows) if not row.episodes]
        some = [rows[place] for place in calm], [spreads[place] for place in calm]
        threshold, level_threshold = _threshold(*some), _level_threshold(*some)
        habits = np.array(
            [_null(row, width) if row.episodes >= HABIT else 0.0 for row, width in zip(rows, spreads, strict=True)]
        )
    if not any(references) and metric.role in (MetricRole.MEMORY, MetricRole.DISK):
        threshold = max(threshold, LEAST_FILLING)
    uses = []
    for row, spread, habit in zip(rows, spreads, habits, strict=True):
        # A level that was as high before the case's onset is a habit of these days, not what broke now.
        healthy = max(row.median, row.before)
        z = float(np.clip((row.value - healthy) / spread, 0, LARGEST_Z))
        level = float(np.clip((row.level - healthy) / spread, 0, LARGEST_Z)) if np.isfinite(row.level) else 0.0
        ratio = max(z / threshold, level / level_threshold)
        if metric.role in (MetricRole.CPU, MetricRole.LATENCY) and np.isfinite(row.level):
            # Bursts come and go in a long test; a processor that is short stays short, and what waits for it slow.
            ratio = level / level_threshold
        elif metric.role in (MetricRole.MEMORY, MetricRole.DISK):
            ratio = z / threshold
        if habit * MARGIN > threshold:
            ratio *= threshold / (habit * MARGIN)
        uses.append(Use(metric, row.source, row.value, row.median, spread, z, ratio))
    return uses


def _grain(metric: Metric, group: Group) -> float:
    """Return what one event adds to the values: 1, or 0.1 of failures a second seen for 10 s; 0 if they are no counts.

    Of shares of failed requests it is the least that is told apart.
    """
    if all(series.whole for series in group.values()):
        return 1.0
    if metric.role is not MetricRole.ERRORS:
        return 0.0
    if whole := _whole(metric):
        return LEAST_SHARE_FAILED * whole
    return step_of(np.concatenate([series.value for series in group.values()]))


def step_of(values: Floats) -> float:
    """Return what one event adds to values that are counts in other units, such as a second; 0 when they are none."""
    if not (values > 0).any():
        return 0.0
    least = float(values[values > 0].min())
    few = values[(values > 0) & (values < MOST_STEPS * least)] / least
    return least if np.abs(few - np.round(few)).max() < SAME_STEP else 0.0


def _null(row: Row, spread: float) -> float:
    """Return how far the highest rows of before were above their level, in spreads."""
    return (row.healthy.peak - row.healthy.median) / spread if row.healthy.peak is not None else 0.0


def _threshold(rows: Sequence[Row], spreads: Sequence[float]) -> float:
    """Return the largest z that five healthy rows in sequence reach, with a margin."""
    null = [
        (row.healthy.peak - row.healthy.median) / spread
        for row, spread in zip(rows, spreads, strict=True)
        if row.healthy.peak is not None
    ]
    return max(LEAST_THRESHOLD, MARGIN * max(null)) if null else THRESHOLD_WITHOUT_REFERENCE


def _level_threshold(rows: Sequence[Row], spreads: Sequence[float]) -> float:
    """Return the same for the median of ten rows."""
    null = [
        (row.healthy.level - row.healthy.median) / spread
        for row, spread in zip(rows, spreads, strict=True)
        if row.healthy.level is not None
    ]
    return max(LEAST_LEVEL_THRESHOLD, MARGIN * max(null)) if null else THRESHOLD_WITHOUT_REFERENCE
