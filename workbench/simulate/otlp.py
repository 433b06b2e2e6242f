"""Telemetry as OTLP JSON lines, as the file exporter of the OpenTelemetry collector writes them.

Source: OpenTelemetry protocol specification, "JSON Protobuf Encoding": ids are hexadecimal, 64-bit integers are
strings, enumerations are numbers, and fields that hold their default are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

import pandas as pd

from workbench.semconv import NANOS_PER_SECOND

Json = dict[str, Any]
_SLICE = 5 * NANOS_PER_SECOND
"""Telemetry of this time goes into one line, as a batch does."""
_SCOPE = {"name": "causeway.simulate"}
_KIND = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
_STATUS = {"UNSET": 0, "OK": 1, "ERROR": 2}
_DELTA, _CUMULATIVE = 1, 2
_QUANTILES = {"P50": 0.5, "P95": 0.95}
_INTERVAL = 10 * NANOS_PER_SECOND


def trace_lines(spans: pd.DataFrame, versions: Mapping[str, str]) -> Iterator[str]:
    """Return one line per batch of spans."""
    for batch in _batches(spans, "start_time_unix_nano"):
        yield _line("resourceSpans", "scopeSpans", "spans", batch, versions, _spans)


def log_lines(logs: pd.DataFrame, events: pd.DataFrame, versions: Mapping[str, str]) -> Iterator[str]:
    """Return one line per batch of log records; events are records with a name."""
    columns = ["service_name", "service_instance_id", "time_unix_nano", "attributes"]
    named = events[[*columns, "event_name"]].assign(
        body=events["summary"], host_name="", severity_number=9, severity_text="INFO", trace_id="", span_id=""
    )
    both = pd.concat([logs.assign(event_name=""), named], ignore_index=True)
    for batch in _batches(both.sort_values("time_unix_nano", kind="stable"), "time_unix_nano"):
        yield _line("resourceLogs", "scopeLogs", "logRecords", batch, versions, _records)


def metric_lines(metrics: pd.DataFrame, versions: Mapping[str, str]) -> Iterator[str]:
    """Return one line per batch of metric points: counts as sums, quantiles as summaries, all else as gauges."""
    for batch in _batches(metrics, "time_unix_nano"):
        yield _line("resourceMetrics", "scopeMetrics", "metrics", batch, versions, _metrics)


def _batches(frame: pd.DataFrame, time_column: str) -> Iterator[list[Any]]:
    rows = frame.itertuples(index=False)
    for _, batch in groupby(rows, key=lambda row: getattr(row, time_column) // _SLICE):
        yield list(batch)


def _line(
    outer: str,
    inner: str,
    items: str,
    rows: list[Any],
    versions: Mapping[str, str],
    convert: Callable[[list[Any]], list[Json]],
) -> str:
    by_resource: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        by_resource.setdefault((row.service_name, row.service_instance_id, row.host_name), []).append(row)
    resources = []
    for (service, instance, host), mine in sorted(by_resource.items()):
        about = {
            "service.name": service,
            "service.instance.id": instance,
            "service.version": versions.get(instance, ""),
            "host.name": host,
        }
        resource = {"attributes": [_pair(key, value) for key, value in about.items() if value]}
        resources.append({"resource": resource, inner: [{"scope": _SCOPE, items: convert(mine)}]})
    return json.dumps({outer: resources}, separators=(",", ":"), ensure_ascii=False)


def _spans(rows: Iterable[Any]) -> list[Json]:
    return [
        {
            "traceId": row.trace_id,
            "spanId": row.span_id,
            **({"parentSpanId": row.parent_span_id} if row.parent_span_id else {}),
            "name": row.span_name,
            "kind": _KIND[row.span_kind],
            "startTimeUnixNano": str(row.start_time_unix_nano),
            "endTimeUnixNano": str(row.end_time_unix_nano),
            "attributes": [*_pairs(row.attributes), *_peer(row)],
            "status": _status(row),
        }
        for row in rows
    ]


def _status(row: Any) -> Json:
    if row.status_code == "UNSET":
        return {}
    return {"code": _STATUS[row.status_code], **({"message": row.status_message} if row.status_message else {})}


def _records(rows: Iterable[Any]) -> list[Json]:
    return [
        {
            "timeUnixNano": str(row.time_unix_nano),
            "observedTimeUnixNano": str(row.time_unix_nano),
            "severityNumber": int(row.severity_number),
            "severityText": row.severity_text,
            "body": {"stringValue": row.body},
            "attributes": _pairs(row.attributes),
            **({"traceId": row.trace_id} if row.trace_id else {}),
            **({"spanId": row.span_id} if row.span_id else {}),
            **({"eventName": row.event_name} if row.event_name else {}),
        }
        for row in rows
    ]


def _metrics(rows: Iterable[Any]) -> list[Json]:
    by_name: dict[tuple[str, str], list[Any]] = {}
    counts: dict[tuple[str, int, str], float] = {}
    for row in rows:
        by_name.setdefault((row.metric_name, row.unit), []).append(row)
        if row.metric_name.endswith(".count"):
            counts[row.metric_name.removesuffix(".count"), row.time_unix_nano, row.peer_service_name] = row.value
    return [{"name": name, "unit": unit, **_data(name, unit, mine, counts)} for (name, unit), mine in by_name.items()]


def _data(name: str, unit: str, rows: list[Any], counts: Mapping[tuple[str, int, str], float]) -> Json:
    if rows[0].statistic:
        return {"summary": {"dataPoints": _summaries(name, rows, counts)}}
    points = [_point(row, whole=unit == "By" or unit.startswith("{")) for row in rows]
    if name == "container.restart.count":
        return {"sum": {"dataPoints": points, "aggregationTemporality": _CUMULATIVE, "isMonotonic": True}}
    if name.endswith((".request.count", ".query.count", ".error.count", ".retransmits")):
        points = [point | {"startTimeUnixNano": str(int(point["timeUnixNano"]) - _INTERVAL)} for point in points]
        return {"sum": {"dataPoints": points, "aggregationTemporality": _DELTA, "isMonotonic": True}}
    return {"gauge": {"dataPoints": points}}


def _point(row: Any, *, whole: bool) -> Json:
    value: Json = {"asInt": str(int(row.value))} if whole else {"asDouble": row.value}
    return {"timeUnixNano": str(row.time_unix_nano), "attributes": [*_pairs(row.attributes), *_peer(row)], **value}


def _summaries(name: str, rows: list[Any], counts: Mapping[tuple[str, int, str], float]) -> list[Json]:
    points = []
    for (time, peer), group in groupby(rows, key=lambda row: (row.time_unix_nano, row.peer_service_name)):
        mine = {row.statistic: row for row in group}
        count = int(counts[name.removesuffix(".duration"), time, peer])
        quantiles = [{"quantile": share, "value": mine[key].value} for key, share in _QUANTILES.items()]
        points.append(
            {
                "startTimeUnixNano": str(time - _INTERVAL),
                "timeUnixNano": str(time),
                "count": str(count),
                "sum": round(count * mine["Average"].value, 6),
                "quantileValues": quantiles,
                "attributes": _peer(mine["Average"]),
            }
        )
    return points


def _peer(row: Any) -> list[Json]:
    return [_pair("peer.service", row.peer_service_name)] if row.peer_service_name else []


def _pair(key: str, value: object) -> Json:
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": str(value)}}


@lru_cache(maxsize=4096)
def _pairs(attributes: str) -> tuple[Json, ...]:
    """Return a JSON object as pairs; most rows share their attributes with many others."""
    return tuple(_pair(key, value) for key, value in json.loads(attributes or "{}").items())
