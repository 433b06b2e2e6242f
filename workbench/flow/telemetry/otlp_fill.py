"""OTLP JSON into the messages of the protocol: only what rows are made of.

JSON differs from what protobuf says about JSON in one thing: ids are hexadecimal, not base64 (OTLP specification,
"JSON Protobuf Encoding"). Whole numbers may be texts, enumerations may be names, keys may be in snake_case.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

Json = Mapping[str, Any]
_SEVERITIES = (
    "UNSPECIFIED",
    *(f"{w}{n or ''}" for w in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL") for n in (0, 2, 3, 4)),
)
_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUSES = ("UNSET", "OK", "ERROR")
_POINTS = {
    "gauge": "gauge",
    "sum": "sum",
    "histogram": "histogram",
    "exponentialHistogram": "exponential_histogram",
    "summary": "summary",
}


def fill_logs(request: Any, document: Json) -> None:
    """Add the log records of a document."""
    _fill(request.resource_logs, document, "Logs", "logRecords", lambda scope: scope.log_records, _log)


def fill_spans(request: Any, document: Json) -> None:
    """Add the spans of a document."""
    _fill(request.resource_spans, document, "Spans", "spans", lambda scope: scope.spans, _span)


def fill_metrics(request: Any, document: Json) -> None:
    """Add the metrics of a document."""
    _fill(request.resource_metrics, document, "Metrics", "metrics", lambda scope: scope.metrics, _metric)


def _fill(
    batches: Any, document: Json, name: str, key: str, inner: Callable[[Any], Any], add: Callable[[Any, Json], None]
) -> None:
    """Walk resource -> scope -> record; what raises anything else than ValueError has another form."""
    scopes = f"scope_{name.lower()}"
    try:
        for one in _list(document, f"resource{name}"):
            batch = batches.add()
            _attributes(batch.resource.attributes, one.get("resource") or {})
            for listed in (_list(one, f"scope{name}"), _list(one, f"instrumentationLibrary{name}")):
                for scope in listed:
                    target = inner(getattr(batch, scopes).add())
                    for record in _list(scope, key):
                        add(target.add(), record)
    except (AttributeError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(f"no OTLP: {error}") from error


def _log(record: Any, found: Json) -> None:
    record.time_unix_nano = _number(found, "timeUnixNano")
    record.observed_time_unix_nano = _number(found, "observedTimeUnixNano")
    record.severity_number = _word(found, "severityNumber", "SEVERITY_NUMBER_", _SEVERITIES)
    record.severity_text = _get(found, "severityText") or ""
    record.event_name = _get(found, "eventName") or ""
    record.trace_id, record.span_id = _id(found, "traceId"), _id(found, "spanId")
    if found.get("body") is not None:
        _value(record.body, found["body"])
    _attributes(record.attributes, found)


def _span(span: Any, found: Json) -> None:
    span.trace_id, span.span_id = _id(found, "traceId"), _id(found, "spanId")
    span.parent_span_id = _id(found, "parentSpanId")
    span.name = found.get("name") or ""
    span.kind = _word(found, "kind", "SPAN_KIND_", _KINDS)
    span.start_time_unix_nano = _number(found, "startTimeUnixNano")
    span.end_time_unix_nano = _number(found, "endTimeUnixNano")
    status = found.get("status") or {}
    span.status.code = _word(status, "code", "STATUS_CODE_", _STATUSES)
    span.status.message = status.get("message") or ""
    _attributes(span.attributes, found)


def _metric(metric: Any, found: Json) -> None:
    metric.name, metric.unit = found.get("name") or "", found.get("unit") or ""
    for key, field in _POINTS.items():
        data = _get(found, key)
        if data is not None:
            points = getattr(metric, field).data_points
            for point in _list(data, "dataPoints"):
                _point(points.add(), point)


def _point(point: Any, found: Json) -> None:
    point.time_unix_nano = _number(found, "timeUnixNano")
    if _get(found, "asInt") is not None:
        point.as_int = _number(found, "asInt")
    elif _get(found, "asDouble") is not None:
        point.as_double = float(_get(found, "asDouble"))
    if _get(found, "count") is not None:
        point.count = _number(found, "count")
    for name in ("sum", "min", "max"):
        if found.get(name) is not None:
            setattr(point, name, float(found[name]))
    for quantile in _list(found, "quantileValues"):
        point.quantile_values.add(
            quantile=float(quantile.get("quantile") or 0), value=float(quantile.get("value") or 0)
        )
    _attributes(point.attributes, found)


def _attributes(target: Any, found: Json) -> None:
    for pair in found.get("attributes") or ():
        added = target.add(key=pair["key"])
        if pair.get("value") is not None:
            _value(added.value, pair["value"])


def _value(target: Any, found: Json) -> None:
    if not found:
        target.SetInParent()
    for kind, value in found.items():
        match kind:
            case "stringValue" | "string_value":
                target.string_value = value
            case "intValue" | "int_value":
                target.int_value = int(value)
            case "doubleValue" | "double_value":
                target.double_value = float(value)
            case "boolValue" | "bool_value":
                target.bool_value = value
            case "bytesValue" | "bytes_value":
                target.bytes_value = base64.b64decode(value)
            case "arrayValue" | "array_value":
                target.array_value.SetInParent()
                for one in value.get("values") or ():
                    _value(target.array_value.values.add(), one)
            case "kvlistValue" | "kvlist_value":
                target.kvlist_value.SetInParent()
                for pair in value.get("values") or ():
                    _value(target.kvlist_value.values.add(key=pair["key"]).value, pair.get("value") or {})


def _get(found: Json, key: str) -> Any:
    value = found.get(key)
    return value if value is not None else found.get(_SNAKE[key])


def _list(found: Json, key: str) -> Any:
    return found.get(key) or found.get(_SNAKE.get(key, key)) or ()


def _number(found: Json, key: str) -> int:
    return int(_get(found, key) or 0)


def _word(found: Json, key: str, prefix: str, words: tuple[str, ...]) -> int:
    value = _get(found, key) or 0
    if isinstance(value, str) and not value.isdigit():
        word = value.removeprefix(prefix)
        if word not in words:
            raise ValueError(f"no OTLP: {key} {value!r} is not known")
        return words.index(word)
    return int(value)


def _id(found: Json, key: str) -> bytes:
    text = _get(found, key) or ""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ValueError(f"id {text!r} is not hexadecimal") from error


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


_SNAKE = {
    key: _snake(key)
    for key in (
        *("resourceLogs", "resourceSpans", "resourceMetrics", "scopeLogs", "scopeSpans", "scopeMetrics", "logRecords"),
        *("timeUnixNano", "observedTimeUnixNano", "startTimeUnixNano", "endTimeUnixNano", "severityNumber"),
        *("severityText", "eventName", "traceId", "spanId", "parentSpanId", "kind", "code", "dataPoints", "asInt"),
        *("asDouble", "count", "quantileValues", *_POINTS),
    )
}
