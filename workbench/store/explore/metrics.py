"""Series of metrics: which there are, and their values by bucket: millions of points become a screen of them."""

from __future__ import annotations

from typing import Literal

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.store.db import Store
from workbench.store.explore.where import Where, step_ns
from workbench.store.rows import first, models

BY = {
    "service": "service_name",
    "instance": "service_instance_id",
    "host": "host_name",
    "peer": "peer_service_name",
    "statistic": "statistic",
}
"""By what the rows of a metric are told apart."""
By = Literal["service", "instance", "host", "peer", "statistic"]
_MOST_SERIES = 500


class MetricFilter(Frozen):
    """Which rows of metrics are wanted."""

    metric_name: str = ""
    start_unix_nano: int | None = None
    end_unix_nano: int | None = None
    """Exclusive."""
    services: list[str] = []
    instances: list[str] = []
    hosts: list[str] = []
    statistics: list[str] = []
    scope: str = ""


class MetricName(Frozen):
    """One metric and what is stored of it."""

    metric_name: str
    unit: str
    series: int
    """How many combinations of service, instance, host, peer and statistic it has."""
    services: list[str]
    statistics: list[str]
    points: int
    start_unix_nano: int
    end_unix_nano: int
    """Time of the last point."""


class Series(Frozen):
    """One line of a chart; the lists are as long as `times_unix_nano`."""

    name: str
    labels: dict[str, str]
    times_unix_nano: list[int]
    """Beginning of each bucket that has points."""
    low: list[float]
    high: list[float]
    mean: list[float]
    points: list[int]


class MetricRange(Frozen):
    """The series of one metric over a stretch of time."""

    metric_name: str
    unit: str
    start_unix_nano: int
    end_unix_nano: int
    step_ns: int
    series: list[Series]
    left_out: int
    """Series that are not among these, because there are too many."""
    points: int
    """Points behind the buckets that are given."""


def names(store: Store, wanted: MetricFilter, *, text: str = "", limit: int = 200) -> list[MetricName]:
    """Return the metrics, by name; `text` is a part of the name, whatever its case."""
    with store.connection() as cursor:
        where = _where(wanted).of_scope(cursor, wanted.scope)
        if text:
            where.add("contains(lower(metric_name), ?)", text.lower())
        labels = ", ".join(BY.values())
        cursor.execute(
            f"WITH one AS (SELECT metric_name, {labels}, any_value(unit) AS unit, count(*) AS n, "
            f"min(time_unix_nano) AS low, max(time_unix_nano) AS high FROM metrics WHERE {where.sql} "
            f"GROUP BY metric_name, {labels}) "
            "SELECT metric_name, max(unit) AS unit, count(*) AS series, "
            "list_sort(list(DISTINCT service_name)) AS services, list_sort(list(DISTINCT statistic)) AS statistics, "
            "sum(n)::BIGINT AS points, min(low) AS start_unix_nano, max(high) AS end_unix_nano "
            "FROM one GROUP BY metric_name ORDER BY metric_name LIMIT ?",
            [*where.values, limit],
        )
        return models(cursor, MetricName)


def read(
    store: Store, wanted: MetricFilter, *, by: tuple[By, ...] = ("service",), buckets: int = 600, most: int = 12
) -> MetricRange:
    """Return lowest, highest and mean value per bucket of each series, those with the highest values first.

    Args:
        store: Where from.
        wanted: Which rows; the name and both times have to be given.
        by: What makes a series of its own; what is left out is put together.
        buckets: At most so many per series: no more than a chart has pixels.
        most: At most so many series.

    Raises:
        BadInput: `by` names what there is not, or there are too many.
    """
    if not by or len(set(by)) < len(by) or any(one not in BY for one in by):
        raise BadInput(f"series cannot be told apart by {', '.join(by) or 'nothing'}", hint=f"By: {', '.join(BY)}")
    if not 1 <= most <= _MOST_SERIES:
        raise BadInput(f"{most} series cannot be shown", hint=f"1 to {_MOST_SERIES}")
    start, end = wanted.start_unix_nano or 0, wanted.end_unix_nano or 1
    step = step_ns(start, end, buckets)
    labels = [BY[one] for one in by]
    listed = ", ".join(labels)
    with store.connection() as cursor:
        where = _where(wanted).of_scope(cursor, wanted.scope).add("isfinite(value)")
        unit = first(cursor, f"SELECT max(unit) FROM metrics WHERE {where.sql}", where.values)
        cursor.execute(
            f"WITH cut AS MATERIALIZED (SELECT {listed}, time_unix_nano // {step} * {step} AS moment, "
            f"min(value) AS low, max(value) AS high, avg(value) AS mean, count(*) AS n "
            f"FROM metrics WHERE {where.sql} GROUP BY ALL), "
            f"ranked AS (SELECT {listed}, row_number() OVER (ORDER BY max(high) DESC, {listed}) AS place, "
            f"count(*) OVER () AS total FROM cut GROUP BY {listed}) "
            f"SELECT place, total, {', '.join(f'cut.{one}' for one in labels)}, list(moment ORDER BY moment), "
            "list(low ORDER BY moment), list(high ORDER BY moment), "
            "list(mean ORDER BY moment), list(n ORDER BY moment) "
            f"FROM cut JOIN ranked USING ({listed}) WHERE place <= ? GROUP BY ALL ORDER BY place",
            [*where.values, most],
        )
        rows = cursor.fetchall()
    series = [_series(by, row[2 : 2 + len(by)], row[2 + len(by) :]) for row in rows]
    return MetricRange(
        metric_name=wanted.metric_name,
        unit=(unit[0] if unit else "") or "",
        start_unix_nano=start,
        end_unix_nano=end,
        step_ns=step,
        series=series,
        left_out=(rows[0][1] - len(rows)) if rows else 0,
        points=sum(sum(one.points) for one in series),
    )


def _series(by: tuple[By, ...], values: tuple[str, ...], lists: tuple[list[float], ...]) -> Series:
    times, low, high, mean, points = lists
    labels = dict(zip(by, values, strict=True))
    return Series(
        name=" ".join(value for value in values if value) or "all",
        labels=dict(labels),
        times_unix_nano=[int(at) for at in times],
        low=low,
        high=high,
        mean=mean,
        points=[int(n) for n in points],
    )


def _where(wanted: MetricFilter) -> Where:
    where = Where().between("time_unix_nano", wanted.start_unix_nano, wanted.end_unix_nano)
    if wanted.metric_name:
        where.add("metric_name = ?", wanted.metric_name)
    where.one_of("service_name", wanted.services).one_of("service_instance_id", wanted.instances)
    return where.one_of("host_name", wanted.hosts).one_of("statistic", wanted.statistics)
