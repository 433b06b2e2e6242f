"""Metrics and load of managed services in JSON: CloudWatch (GetMetricData, GetMetricStatistics), Performance Insights.

Formats: Amazon CloudWatch API Reference, Amazon RDS Performance Insights API Reference; keys in any style.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from workbench.ingest.readers.parsed import Row, state_row
from workbench.semconv import Table
from workbench.signals.plain import Plain, said, time_of

_IDENTITY = (
    "dbinstanceidentifier", "dbclusteridentifier", "cacheclusterid", "loadbalancer", "functionname", "queuename",
    "servicename", "clustername", "instanceid", "volumeid", "tablename",
)  # fmt: skip
_STATISTICS = ("Average", "Maximum", "Minimum", "Sum", "SampleCount")


def is_series(node: Plain) -> bool:
    """Tell whether an object holds times beside values, with a name."""
    return (
        isinstance(node.get("timestamps"), list)
        and isinstance(node.get("values"), list)
        and bool(node.text("metricname", "label", "id", "name"))
    )


def series_rows(node: Plain, line: int, whose: str) -> Iterator[Row]:
    """Yield the points of a result of GetMetricData, the oldest first."""
    dimensions = {one.text("name"): one.text("value") for one in node.each("dimensions")}
    name = node.text("metricname", "label", "name", "id")
    pairs = zip(node.get("timestamps"), node.get("values"), strict=False)
    yield from _points(
        pairs,
        line,
        name=name.split()[-1] if " " in name and not node.has("metricname") else name,
        statistic=node.text("stat", "statistic"),
        unit=node.text("unit"),
        whose=_owner(dimensions) or whose,
        more={**dimensions, **_status(node)},
    )


def is_statistics(node: Plain) -> bool:
    """Tell whether an object is a result of GetMetricStatistics."""
    return node.has("label", "datapoints")


def statistics_rows(node: Plain, line: int, whose: str) -> Iterator[Row]:
    """Yield the points of a result of GetMetricStatistics, each statistic as a series of its own."""
    points = node.each("datapoints")
    for statistic in _STATISTICS:
        pairs = [(one.get("timestamp"), one.get(statistic.lower())) for one in points if one.has(statistic.lower())]
        yield from _points(
            sorted(pairs, key=lambda pair: said(pair[0])),
            line,
            name=node.text("label"),
            statistic=statistic,
            unit=next((one.text("unit") for one in points), ""),
            whose=whose,
            more={},
        )


def _status(node: Plain) -> dict[str, str]:
    status = node.text("statuscode")
    return {"status_code": status} if status and status != "Complete" else {}


def _owner(dimensions: dict[str, str]) -> str:
    by_key = {key.lower(): value for key, value in dimensions.items()}
    return next((by_key[key] for key in _IDENTITY if by_key.get(key)), next(iter(dimensions.values()), ""))


def _points(
    pairs: Any, line: int, *, name: str, statistic: str, unit: str, whose: str, more: dict[str, str]
) -> Iterator[Row]:
    found = [(time_of(time), value) for time, value in pairs]
    for time, value in sorted(found, key=lambda pair: pair[0] or 0):
        number = _number(value)
        yield Row(
            Table.METRICS,
            line,
            {
                "time_unix_nano": time,
                "metric_name": name,
                "statistic": statistic,
                "service_name": whose,
                "value": number,
                "unit": "" if unit == "None" else unit,
                "attributes": more,
            },
            reason="" if number is not None else f"value {value!r} of {name} is no finite number",
            raw=f"{name} {said(value)}",
        )


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def is_insights(node: Plain) -> bool:
    """Tell whether an object is a report of Performance Insights."""
    return node.has("dbload") or node.has("topsql") or (node.has("metriclist") and node.has("identifier"))


def insights_rows(node: Plain, line: int, whose: str) -> Iterator[Row]:
    """Yield the load of a database as metrics, its statements and waits as states."""
    whose = node.text("dbinstanceidentifier", "identifier") or whose
    end = time_of(node.get("endtime", "alignedendtime")) or 0
    load = node.inner("dbload")
    if isinstance(load.get("timestamps"), list):
        pairs = zip(load.get("timestamps"), load.get("values") or [], strict=False)
        yield from _points(pairs, line, name="db.load", statistic="Average", unit="{session}", whose=whose, more={})
    for series in node.each("metriclist"):
        yield from _listed(series, line, whose)
    for statement in node.each("topsql"):
        yield from _statement(statement, line, whose, end)
    for part, path in (("topwaitevents", "db.wait"), ("topusers", "db.user"), ("tophosts", "db.host")):
        for one in node.each(part):
            name = f"{path}.{one.text('name', 'id')}"
            yield state_row(line, "db_instance", whose, name, one.text("dbloadavg", "load"), whose, end)


def _listed(series: Plain, line: int, whose: str) -> Iterator[Row]:
    key = series.inner("key")
    dimensions = {name: said(value) for name, value in key.inner("dimensions").node.items()}
    points = [(one.get("timestamp"), one.get("value")) for one in series.each("datapoints")]
    yield from _points(
        [pair for pair in points if pair[1] is not None],
        line,
        name=".".join([key.text("metric").removesuffix(".avg"), *dimensions.values()]),
        statistic="Average",
        unit="{session}",
        whose=whose,
        more=dimensions,
    )


def _statement(node: Plain, line: int, whose: str, observed: int) -> Iterator[Row]:
    text = node.text("statement", "sql", "query", "sqlstatement")
    found = [("db.load", node.text("dbloadavg", "load")), ("db.calls_per_second", node.text("callspersec", "calls"))]
    found += [(f"db.wait.{one.text('name')}", one.text("dbloadavg", "load")) for one in node.each("waitevents")]
    for part in (
        "rowsexaminedperexecution",
        "rowsexaminedperrow",
        "avglatencyms",
        "avgtimems",
        "executionplan",
        "plan",
    ):
        found.append((f"db.{part}", node.text(part)))
    for attribute, value in found:
        if value:
            yield state_row(line, "sql", text, attribute, value, whose, observed)
