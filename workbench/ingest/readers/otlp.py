"""OTLP JSON: traces, logs and metrics as the OpenTelemetry collector's file exporter and SDKs write them.

Whole numbers may be texts or numbers, ids are hexadecimal, keys are in camelCase, as the OTLP specification's "JSON
Protobuf Encoding" says. A file is one document, or one batch per line.
"""

from __future__ import annotations

from workbench.ingest import columns, sql
from workbench.ingest.clock import out_of_range
from workbench.ingest.contents import words_in
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE, documents
from workbench.ingest.readers.otlp_values import ATTRIBUTES, VALUE, attribute, json_object, value_text
from workbench.ingest.shape import Shape
from workbench.semconv import Table

_SPAN = (
    'STRUCT(traceId VARCHAR, spanId VARCHAR, parentSpanId VARCHAR, "name" VARCHAR, kind VARCHAR, '
    f"startTimeUnixNano VARCHAR, endTimeUnixNano VARCHAR, attributes {ATTRIBUTES}, "
    "status STRUCT(code VARCHAR, message VARCHAR))"
)
_LOG = (
    "STRUCT(timeUnixNano VARCHAR, observedTimeUnixNano VARCHAR, severityNumber VARCHAR, severityText VARCHAR, "
    f"eventName VARCHAR, traceId VARCHAR, spanId VARCHAR, body {VALUE}, attributes {ATTRIBUTES})"
)
# One type serves all kinds of points: what a kind does not have is NULL.
_POINT = (
    'STRUCT(timeUnixNano VARCHAR, asDouble VARCHAR, asInt VARCHAR, "count" VARCHAR, "sum" VARCHAR, "min" VARCHAR, '
    f'"max" VARCHAR, quantileValues STRUCT(quantile VARCHAR, "value" VARCHAR)[], attributes {ATTRIBUTES})'
)
_POINTS = f"STRUCT(dataPoints {_POINT}[])"
_METRIC = (
    f'STRUCT("name" VARCHAR, unit VARCHAR, gauge {_POINTS}, "sum" {_POINTS}, histogram {_POINTS}, '
    f"exponentialHistogram {_POINTS}, summary {_POINTS})"
)
_KINDS = {"Spans": ("spans", _SPAN), "Logs": ("logRecords", _LOG), "Metrics": ("metrics", _METRIC)}


def build(file: Found, shape: Shape) -> tuple[Part, ...]:
    """Return a part for each kind of telemetry that the file has anywhere."""
    found = words_in(file, ("resourceSpans", "resourceLogs", "resourceMetrics", "eventName"))
    parts = []
    if "resourceSpans" in found:
        parts.append(_spans(_records(file, shape, "Spans")))
    if "resourceLogs" in found:
        records = _records(file, shape, "Logs")
        parts.append(_logs(records))
        if "eventName" in found:
            parts.append(_events(records))
    if "resourceMetrics" in found:
        parts.append(_metrics(_records(file, shape, "Metrics")))
    return tuple(parts)


def _records(file: Found, shape: Shape, kind: str) -> str:
    """Return SQL for the records of a kind: `__line`, the resource's names, and the record `one`."""
    key, record = _KINDS[kind]
    declared = (
        f"STRUCT(resource STRUCT(attributes {ATTRIBUTES}), scope{kind} STRUCT({key} {record}[])[], "
        f"instrumentationLibrary{kind} STRUCT({key} {record}[])[])[]"
    )
    others = [f"resource{other}" for other in _KINDS if other != kind]
    listed = {f"resource{kind}": declared, **dict.fromkeys(others, "JSON")}
    # A batch of another kind is no fault; a line that has none of the three is.
    docs = (
        f"SELECT row_number() OVER () AS {LINE}, resource{kind} AS batch, "
        f"coalesce({', '.join(others)}) IS NOT NULL AS other FROM {documents(file, shape, listed)}"
    )
    resources = f"SELECT {LINE}, unnest(CASE WHEN batch IS NULL THEN [NULL] ELSE batch END) AS r FROM ({docs}) WHERE NOT (batch IS NULL AND other)"  # noqa: E501
    named = (
        f"SELECT {LINE}, r IS NULL AS broken, {attribute('r.resource.attributes', 'service.name')} AS service, "
        f"coalesce({attribute('r.resource.attributes', 'service.instance.id')}, "
        f"{attribute('r.resource.attributes', 'k8s.pod.name')}) AS instance, "
        f"{attribute('r.resource.attributes', 'host.name')} AS host, "
        f"unnest(CASE WHEN r IS NULL THEN [NULL] ELSE coalesce(r.scope{kind}, r.instrumentationLibrary{kind}) "
        "END) AS scope "
        f"FROM ({resources})"
    )
    return (
        f"SELECT {LINE}, broken, coalesce(service, '') AS service_name, coalesce(instance, '') AS service_instance_id, "
        f"coalesce(host, '') AS host_name, unnest(CASE WHEN broken THEN [NULL] ELSE scope.{key} END) AS one "
        f"FROM ({named})"
    )


def _part(table: Table, records: str, values: dict[str, str], cases: str, where: str = "true") -> Part:
    listed = ", ".join(f"{expression} AS {sql.name(target)}" for target, expression in values.items())
    select = (
        f"SELECT {LINE} AS source_line, ordinal, '' AS raw, * EXCLUDE ({LINE}, ordinal, broken), "
        f"CASE WHEN broken THEN 'the line is no OTLP batch' {cases} END AS reason "
        f"FROM (SELECT {LINE}, row_number() OVER () AS ordinal, broken, {listed} FROM ({records}) WHERE {where})"
    )
    return Part(table, select, tuple(values))


def _spans(records: str) -> Part:
    start = "try_cast(one.startTimeUnixNano AS BIGINT)"
    values = {
        "start_time_unix_nano": start,
        "end_time_unix_nano": f"coalesce(nullif(try_cast(one.endTimeUnixNano AS BIGINT), 0), {start})",
        "trace_id": "lower(coalesce(one.traceId, ''))",
        "span_id": "lower(coalesce(one.spanId, ''))",
        "parent_span_id": "lower(coalesce(nullif(one.parentSpanId, '0000000000000000'), ''))",
        "service_name": "service_name",
        "service_instance_id": "service_instance_id",
        "host_name": "host_name",
        "span_name": "one.name",
        "span_kind": columns.span_kind("coalesce(one.kind, '')"),
        "status_code": columns.status_code("coalesce(one.status.code, '')"),
        "status_message": "one.status.message",
        "peer_service_name": attribute("one.attributes", "peer.service"),
        "attributes": json_object("one.attributes"),
    }
    cases = (
        out_of_range("start_time_unix_nano") + " WHEN trace_id = '' OR span_id = '' THEN 'traceId or spanId is empty'"
    )
    return _part(Table.SPANS, records, values, cases)


def _logs(records: str) -> Part:
    number = "try_cast(one.severityNumber AS INTEGER)"
    word = "coalesce(one.severityText, replace(one.severityNumber, 'SEVERITY_NUMBER_', ''), '')"
    values = {
        "time_unix_nano": _log_time(),
        "service_name": "service_name",
        "service_instance_id": "service_instance_id",
        "host_name": "host_name",
        "severity_number": f"coalesce(nullif({number}, 0), {columns.severity_number(word)})",
        "severity_text": "one.severityText",
        "body": value_text("one.body"),
        "trace_id": "lower(one.traceId)",
        "span_id": "lower(one.spanId)",
        "attributes": json_object("one.attributes"),
    }
    return _part(Table.LOGS, records, values, out_of_range("time_unix_nano"), "coalesce(one.eventName, '') = ''")


def _events(records: str) -> Part:
    values = {
        "time_unix_nano": _log_time(),
        "event_name": "one.eventName",
        "service_name": "service_name",
        "service_instance_id": "service_instance_id",
        "summary": value_text("one.body"),
        "attributes": json_object("one.attributes"),
    }
    return _part(Table.EVENTS, records, values, out_of_range("time_unix_nano"), "coalesce(one.eventName, '') <> ''")


def _metrics(records: str) -> Part:
    kinds = ("gauge", '"sum"', "histogram", "exponentialHistogram", "summary")
    points = "flatten([" + ", ".join(f"coalesce(one.{kind}.dataPoints, [])" for kind in kinds) + "])"
    per_point = (
        f"SELECT * EXCLUDE (one), one.name AS metric_name, one.unit AS unit, "
        f"unnest(CASE WHEN broken THEN [NULL] ELSE {points} END) AS point FROM ({records})"
    )
    mean = "CAST(try_cast(point.sum AS DOUBLE) / nullif(try_cast(point.count AS DOUBLE), 0) AS VARCHAR)"
    single = {"": "coalesce(point.asDouble, point.asInt)", "count": "point.count", "sum": "point.sum", "Average": mean}
    single |= {"min": "point.min", "max": "point.max"}
    stats = "[" + ", ".join(f"{{'s': '{name}', 'v': {value}}}" for name, value in single.items()) + "]"
    quantiles = (
        "list_transform(coalesce(point.quantileValues, []), lambda q: "
        "{'s': 'P' || CAST(round(try_cast(q.quantile AS DOUBLE) * 100, 3)::DECIMAL(9, 3)::DOUBLE AS "
        "VARCHAR), 'v': q.value})"
    )
    given = f"list_filter(list_concat({stats}, {quantiles}), lambda one: one.v IS NOT NULL)"
    # A point without any value gives one row, so that it is counted as rejected.
    rows = (
        "SELECT * EXCLUDE (point), try_cast(point.timeUnixNano AS BIGINT) AS time, "
        f"{json_object('point.attributes')} AS attributes, {attribute('point.attributes', 'peer.service')} AS peer, "
        f"unnest(CASE WHEN len({given}) = 0 THEN [{{'s': '', 'v': NULL::VARCHAR}}] ELSE {given} END) AS stat "
        f"FROM ({per_point})"
    )
    values = {
        "time_unix_nano": "time",
        "metric_name": "coalesce(metric_name, '')",
        "statistic": "regexp_replace(stat.s, '\\.0$', '')",
        "service_name": "service_name",
        "service_instance_id": "service_instance_id",
        "host_name": "host_name",
        "peer_service_name": "coalesce(peer, '')",
        "unit": "unit",
        "value": "try_cast(stat.v AS DOUBLE)",
        "attributes": "attributes",
    }
    cases = (
        out_of_range("time_unix_nano")
        + " WHEN value IS NULL OR NOT isfinite(value) THEN 'the point has no finite value'"
    )
    return _part(Table.METRICS, rows, values, cases + " WHEN metric_name = '' THEN 'metric_name is empty'")


def _log_time() -> str:
    time, observed = (f"nullif(try_cast(one.{name} AS BIGINT), 0)" for name in ("timeUnixNano", "observedTimeUnixNano"))
    return f"coalesce({time}, {observed})"
