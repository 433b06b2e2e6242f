"""Rows of logs, spans and metrics as OTLP export requests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.flow.telemetry.otlp_json import new_request

RESOURCE = {"service_name": "service.name", "service_instance_id": "service.instance.id", "host_name": "host.name"}
KINDS = ("", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
STATUSES = ("UNSET", "OK", "ERROR")
FIELDS = {"logs": ("resource_logs", "scope_logs", "log_records"), "spans": ("resource_spans", "scope_spans", "spans")}
FIELDS |= {"metrics": ("resource_metrics", "scope_metrics", "metrics")}


def export_request(signal: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return the request for some rows with the columns of the table of that name.

    Raises:
        ValueError: an id of a span is not hexadecimal.
    """
    request = new_request(signal)
    outer, scope, inner = FIELDS[signal]
    lists: dict[tuple[str, ...], Any] = {}
    for row in rows:
        key = tuple(str(row.get(column) or "") for column in RESOURCE)
        if key not in lists:
            batch = getattr(request, outer).add()
            for name, text in zip(RESOURCE.values(), key, strict=True):
                if text:
                    batch.resource.attributes.add(key=name).value.string_value = text
            lists[key] = getattr(getattr(batch, scope).add(), inner)
        _FILL[signal](lists[key].add(), row)
    return request


def _log(record: Any, row: Mapping[str, Any]) -> None:
    record.time_unix_nano = record.observed_time_unix_nano = row["time_unix_nano"]
    record.severity_number = max(0, min(24, int(row.get("severity_number") or 0)))
    record.severity_text = row.get("severity_text") or ""
    record.body.string_value = row.get("body") or ""
    record.event_name = row.get("event_name") or ""
    # A log may come from a system with ids of another form; then it goes without.
    record.trace_id, record.span_id = _id(row.get("trace_id"), 16), _id(row.get("span_id"), 8)
    _attributes(record.attributes, row)


def _span(span: Any, row: Mapping[str, Any]) -> None:
    span.trace_id, span.span_id = _id(row.get("trace_id"), 16), _id(row.get("span_id"), 8)
    if not span.trace_id or not span.span_id:
        raise ValueError(f"trace_id {row.get('trace_id')!r} or span_id {row.get('span_id')!r} is not hexadecimal")
    span.parent_span_id = _id(row.get("parent_span_id"), 8)
    span.start_time_unix_nano = row["start_time_unix_nano"]
    span.end_time_unix_nano = row.get("end_time_unix_nano") or row["start_time_unix_nano"]
    span.name = row.get("span_name") or ""
    kind, status = row.get("span_kind") or "", row.get("status_code") or "UNSET"
    span.kind = KINDS.index(kind) if kind in KINDS else 0
    span.status.code = STATUSES.index(status) if status in STATUSES else 0
    span.status.message = row.get("status_message") or ""
    _attributes(span.attributes, row)


def _metric(metric: Any, row: Mapping[str, Any]) -> None:
    statistic = row.get("statistic") or ""
    metric.name = row["metric_name"] + (f".{statistic.lower()}" if statistic else "")
    metric.unit = row.get("unit") or ""
    point = metric.gauge.data_points.add(time_unix_nano=row["time_unix_nano"], as_double=row["value"])
    _attributes(point.attributes, row)


_FILL = {"logs": _log, "spans": _span, "metrics": _metric}


def _attributes(target: Any, row: Mapping[str, Any]) -> None:
    try:
        found = json.loads(row.get("attributes") or "{}")
    except ValueError:
        found = {}
    known = found if isinstance(found, dict) else {}
    if peer := row.get("peer_service_name"):
        known["peer.service"] = peer
    for name, value in known.items():
        _set(target.add(key=name).value, value)


def _set(target: Any, value: Any) -> None:
    match value:
        case bool():
            target.bool_value = value
        case int() if -(2**63) <= value < 2**63:
            target.int_value = value
        case float() | int():
            target.double_value = float(value)
        case str():
            target.string_value = value
        case list():
            target.array_value.SetInParent()
            for one in value:
                _set(target.array_value.values.add(), one)
        case dict():
            target.kvlist_value.SetInParent()
            for key, one in value.items():
                _set(target.kvlist_value.values.add(key=str(key)).value, one)


def _id(text: Any, size: int) -> bytes:
    try:
        found = bytes.fromhex(str(text or ""))
    except ValueError:
        return b""
    # Older systems have ids of 8 bytes for traces.
    return found.rjust(size, b"\0") if 0 < len(found) <= size else b""
