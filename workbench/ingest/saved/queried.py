"""Reads what Prometheus and Loki answer to a query: series of numbers, and streams of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workbench.ingest.saved.lines import Origin, read
from workbench.ingest.saved.rows import Row, log
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.signals.plain import said
from workbench.signals.times import parse_time
from workbench.signals.workloads import workload_of

_LABELS = {
    "service_name": ("service_name", "service", "app", "application", "container", "deployment", "job"),
    "service_instance_id": ("pod", "instance"),
    "host_name": ("node", "host", "hostname", "nodename"),
}


def series(result: dict[str, Any], query: str, line: int, origin: Origin) -> Iterator[Row]:
    """Yield the points of each series of a result, named by labels or else by the query; lines of streams as logs."""
    for at, one in enumerate(result["result"], start=1):
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("stream"), dict) or result["resultType"] == "streams":
            yield from _stream(one, line, origin)
            continue
        labels = {str(key): said(value) for key, value in (one.get("metric") or {}).items()}
        points = list(one.get("values") or []) + ([one["value"]] if one.get("value") else [])
        name = labels.pop("__name__", "") or _metric_of(query) or f"series {at}"
        columns = {column: next((labels[key] for key in keys if key in labels), "") for column, keys in _LABELS.items()}
        for point in points:
            row = _point(point, name, labels, columns, line)
            if row:
                yield row


def _point(point: Any, name: str, labels: dict[str, str], columns: dict[str, str], line: int) -> Row | None:
    try:
        time, value = float(point[0]), float(point[1])
    except (TypeError, ValueError, IndexError):
        return None
    if value != value or abs(value) == float("inf"):
        return None
    values = {"time_unix_nano": int(time * NANOS_PER_SECOND), "metric_name": name, "value": value, "attributes": labels}
    return Row(Table.METRICS, line, values | columns)


def _metric_of(query: str) -> str:
    """Return the metric that a query is about: its first word that no function or label is."""
    words = re.findall(
        r"([a-zA-Z_:][\w:]*)(?=\s*[{\[]|\s*$|\s*\))", re.sub(r"\b(?:by|without|on)\s*\([^)]*\)", "", query)
    )
    return next((word for word in words if "_" in word or ":" in word), "")


def _stream(one: dict[str, Any], line: int, origin: Origin) -> Iterator[Row]:
    labels = {str(key): said(value) for key, value in (one.get("stream") or one.get("metric") or {}).items()}
    pod = labels.get("pod") or labels.get("instance", "")
    service = next((labels[key] for key in _LABELS["service_name"] if labels.get(key)), "") or workload_of(pod)
    for point in one.get("values") or []:
        if not isinstance(point, list) or len(point) < 2:
            continue
        inner = next(iter(read([said(point[1])], line, Origin(service, pod))), None)
        values = dict(inner.values) if inner else {}
        body = said(values.get("body") or values.get("value") or point[1])
        level = said(values.get("severity_text")) or labels.get("level", "") or _level_of(values)
        time = parse_time(said(point[0])) or 0
        yield log(
            body, time=time, level=level, service=service or origin.service, instance=pod, line=line,
            namespace=labels.get("namespace", ""), container=labels.get("container", ""),
        )  # fmt: skip


def _level_of(values: dict[str, Any]) -> str:
    word = said(values.get("attribute")).removeprefix("log.")
    return "" if word == "line" else word
