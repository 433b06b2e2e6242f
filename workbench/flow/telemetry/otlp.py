"""OTLP messages as rows: log records, spans and metric points, with the columns of the workspace's tables."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.telemetry.columns import columns_of, json_text, row_of, severity_of, span_kind_of, status_code_of
from workbench.semconv import Table

LOG_COLUMNS: dict[str, type] = {**columns_of(Table.LOGS), "event_name": str}
"""Columns of log records; a record with an `event_name` is an event."""
RAW_CHARS = 2000


def log_rows(request: Any) -> Iterator[Item]:
    """Yield a row of `LOG_COLUMNS` for each record of an `ExportLogsServiceRequest`."""
    for batch in request.resource_logs:
        names = _names(batch.resource.attributes)
        for scope in batch.scope_logs:
            for number, record in enumerate(scope.log_records, 1):
                values = {
                    **names,
                    "time_unix_nano": record.time_unix_nano or record.observed_time_unix_nano,
                    "severity_number": record.severity_number or severity_of(record.severity_text),
                    "severity_text": record.severity_text,
                    "body": text_of(record.body),
                    "trace_id": record.trace_id.hex(),
                    "span_id": record.span_id.hex(),
                    "attributes": attributes_of(record.attributes),
                }
                row = _row(Table.LOGS, values, number, record)
                yield row if isinstance(row, Rejected) else (*row, record.event_name)


def span_rows(request: Any) -> Iterator[Item]:
    """Yield a row for each span of an `ExportTraceServiceRequest`."""
    for batch in request.resource_spans:
        names = _names(batch.resource.attributes)
        for scope in batch.scope_spans:
            for number, span in enumerate(scope.spans, 1):
                if not any(span.trace_id) or not any(span.span_id):
                    yield Rejected("traceId or spanId is empty", str(span)[:RAW_CHARS], number)
                    continue
                attributes = attributes_of(span.attributes)
                values = {
                    **names,
                    "start_time_unix_nano": span.start_time_unix_nano,
                    "end_time_unix_nano": span.end_time_unix_nano or span.start_time_unix_nano,
                    "trace_id": span.trace_id.hex(),
                    "span_id": span.span_id.hex(),
                    "parent_span_id": span.parent_span_id.hex() if any(span.parent_span_id) else "",
                    "span_name": span.name,
                    "span_kind": span_kind_of(str(span.kind)),
                    "status_code": status_code_of(str(span.status.code)),
                    "status_message": span.status.message,
                    "peer_service_name": str(attributes.get("peer.service", "")),
                    "attributes": attributes,
                }
                yield _row(Table.SPANS, values, number, span)


def metric_rows(request: Any) -> Iterator[Item]:
    """Yield a row for each number of each point of an `ExportMetricsServiceRequest`.

    Histograms and summaries give count, sum, mean, smallest, largest and the quantiles they have.
    """
    for batch in request.resource_metrics:
        names = _names(batch.resource.attributes)
        for scope in batch.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                points = getattr(metric, kind).data_points if kind else ()
                for number, point in enumerate(points, 1):
                    yield from _point(names | {"metric_name": metric.name, "unit": metric.unit}, point, number)


def _point(names: Mapping[str, Any], point: Any, number: int) -> Iterator[Item]:
    found = {key: value for key, value in _numbers(point) if math.isfinite(value)}
    if not found or not names["metric_name"]:
        reason = "the point has no finite value" if names["metric_name"] else "the metric has no name"
        yield Rejected(reason, str(point)[:RAW_CHARS], number)
        return
    attributes = attributes_of(point.attributes)
    common = {
        **names,
        "time_unix_nano": point.time_unix_nano,
        "peer_service_name": str(attributes.get("peer.service", "")),
        "attributes": attributes,
    }
    for statistic, value in found.items():
        yield _row(Table.METRICS, {**common, "statistic": statistic, "value": value}, number, point)


def _numbers(point: Any) -> Iterator[tuple[str, float]]:
    fields = point.DESCRIPTOR.fields_by_name
    if "as_double" in fields:
        kind = point.WhichOneof("value")
        if kind:
            yield "", float(getattr(point, kind))
        return
    yield "count", float(point.count)
    # A histogram may leave its sum out; a summary always has one.
    if "quantile_values" in fields or point.HasField("sum"):
        yield "sum", point.sum
        if point.count:
            yield "Average", point.sum / point.count
    for name in ("min", "max"):
        if name in fields and point.HasField(name):
            yield name, getattr(point, name)
    for quantile in getattr(point, "quantile_values", ()):
        yield f"P{quantile_name(quantile.quantile)}", quantile.value


def quantile_name(share: float) -> str:
    """Return a share as hundredths without needless digits: 0.5 is `50`, 0.999 is `99.9`."""
    return f"{round(share * 100, 3):g}"


def _names(resource: Iterable[Any]) -> dict[str, str]:
    found = {item.key: item.value for item in resource}
    instance = found.get("service.instance.id") or found.get("k8s.pod.name")
    return {
        "service_name": text_of(found.get("service.name")),
        "service_instance_id": text_of(instance),
        "host_name": text_of(found.get("host.name")),
    }


def _row(table: Table, values: Mapping[str, Any], number: int, record: Any) -> Item:
    try:
        return row_of(table, values)
    except ValueError as error:
        return Rejected(str(error), str(record)[:RAW_CHARS], number)


def attributes_of(pairs: Iterable[Any]) -> dict[str, Any]:
    """Return attributes as plain values."""
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: Any) -> Any:
    """Return an `AnyValue` as text, number, truth value, list or object; bytes as base64."""
    kind = value.WhichOneof("value")
    match kind:
        case None:
            return None
        case "array_value":
            return [value_of(one) for one in value.array_value.values]
        case "kvlist_value":
            return attributes_of(value.kvlist_value.values)
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case "double_value" if not math.isfinite(value.double_value):
            return str(value.double_value)
        case _:
            return getattr(value, kind)


def text_of(value: Any) -> str:
    """Return an `AnyValue` as text; lists and objects as JSON, '' for nothing."""
    plain = None if value is None else value_of(value)
    if plain is None:
        return ""
    return plain if isinstance(plain, str) else json_text(plain)
