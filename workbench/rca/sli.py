"""Judges the indicators that users feel, where requests enter the system: availability and errors of the front.

They say that something is wrong even where no service stands out. What fails at the front and is explained by nothing
below it is the front's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.columns import Floats
from workbench.rca.narrate import with_unit
from workbench.rca.series import Healthy, Metric, MetricTable, Series, Source
from workbench.rca.topology import Topology
from workbench.semconv import MetricRole, Table

SIGN = {MetricRole.AVAILABILITY: -1.0, MetricRole.ERRORS: 1.0}
MARGIN = 1.25
LEAST_SHARE = 0.005
"""A change below this share of the healthy level is none."""
LEAST_ROWS = 10
LEAST_TEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the front against its healthy level."""

    metric: Metric
    source: Source
    value: float
    median: float
    ratio: float
    """Departure divided by the largest healthy one, with a margin."""
    since: int
    """First row that is off (UTC ns)."""


def worst_indicator(
    metrics: MetricTable, references: Sequence[MetricTable], *, since: int, before: int
) -> Indicator | None:
    """Return the front's indicator that departs most from the references, or None when there is none to judge."""
    found = [
        indicator
        for metric, group in metrics.items()
        if metric.role in SIGN
        for source, series in group.items()
        if not source.service and not source.peer
        if (indicator := _judge(metric, source, series, references, since, before)) is not None
    ]
    return max(found, key=lambda one: one.ratio, default=None)


def _judge(
    metric: Metric, source: Source, series: Series, references: Sequence[MetricTable], since: int, before: int
) -> Indicator | None:
    sign = SIGN[metric.role]
    known = [rows for table in references if len(rows := _front(table, metric)) >= LEAST_ROWS]
    late = series.time >= since
    if not references:
        known = _own_past(sign, series, before)
    if not known or late.sum() < LEAST_TEST_ROWS:
        return None
    healthy = [Healthy.of(sign * rows) for rows in known]
    level = max(one.median for one in healthy)
    pre = sign * series.value[series.time < before]
    if len(pre) >= LEAST_ROWS // 2:
        level = max(level, float(np.median(pre)))
    usual = max((one.peak if one.peak is not None else one.median) - one.median for one in healthy)
    unit = MARGIN * max(usual, LEAST_SHARE * abs(level))
    if unit <= 0:
        return None
    test = sign * series.value[late]
    value = float(np.sort(test)[-2])
    off = series.time[late][test > level + unit]
    first = int(off[0]) if len(off) else since
    return Indicator(metric, source, sign * value, sign * level, (value - level) / unit, first)


def _own_past(sign: float, series: Series, before: int) -> list[Floats]:
    """Return the case's own earlier rows as a baseline, without their worse half: it may hold another incident."""
    rows = series.value[series.time < before]
    if len(rows) < LEAST_ROWS:
        return []
    return [np.where(sign * rows > np.median(sign * rows), np.median(rows), rows)]


def _front(table: MetricTable, metric: Metric) -> Floats:
    rows = [series.value for source, series in table.get(metric, {}).items() if not source.service and not source.peer]
    return np.concatenate(rows) if rows else np.zeros(0)


def front_service(topology: Topology) -> str:
    """Return the service through which users enter: the one without callers that reaches most others; '' if unknown."""
    return max(topology.roots(), key=topology.reach, default="")


def front_evidence(front: Indicator, suspects: Sequence[str]) -> Evidence:
    """Say what users notice; it counts for the first suspect."""
    unit = front.metric.unit
    moved = "fell" if front.metric.role is MetricRole.AVAILABILITY else "rose"
    return Evidence(
        kind=EvidenceKind.ERROR,
        service_name=suspects[0] if suspects else "",
        summary=(
            f"{front.metric.label} of the whole system {moved} to {with_unit(front.value, unit)}; "
            f"healthy is {with_unit(front.median, unit)}."
        ),
        strength=round(front.ratio, 3),
        observed_unix_nano=front.since,
        value=front.value,
        baseline=front.median,
        unit=unit,
        selection=Selection(
            table=Table.METRICS,
            start_unix_nano=front.since,
            equals={"metric_name": front.metric.name, "statistic": front.metric.statistic, "service_name": ""},
        ),
    )
