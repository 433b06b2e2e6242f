"""What columns are called in the wild: synonyms of OpenTelemetry's names, compared without case and punctuation."""

from __future__ import annotations

import re

from workbench.semconv import Table


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SYNONYMS: dict[str, tuple[str, ...]] = {
    "time_unix_nano": _words(
        "time_unix_nano timestamp time datetime date_time ts event_time log_time start_time _time @timestamp "
        "t date unix_timestamp epoch epoch_ms epoch_s time_stamp observed_time_unix_nano created_at "
        "occurred_at when time_generated timegenerated"
    ),
    "start_time_unix_nano": _words(
        "start_time_unix_nano start_time starttime start start_timestamp start_time_nano start_time_ns "
        "start_time_us start_time_ms start_us begin begin_time timestamp time ts"
    ),
    "end_time_unix_nano": _words(
        "end_time_unix_nano end_time endtime end end_timestamp end_time_nano end_time_ns end_time_us end_time_ms finish"
    ),
    "duration": _words(
        "duration duration_ns duration_us duration_ms duration_s duration_nano elapsed elapsed_ms elapsed_time latency "
        "latency_ms duration_micros duration_millis duration_nanos"
    ),
    "trace_id": _words("trace_id traceid trace otel_trace_id"),
    "span_id": _words("span_id spanid otel_span_id"),
    "parent_span_id": _words("parent_span_id parentspanid parent_id parentid parent parent_span"),
    "service_name": _words(
        "service_name service servicename resource_service_name app application app_name application_name "
        "microservice svc job component_name resource_attributes_service_name labels_app labels_k8s_pod_app "
        "labels_k8s_app fields_app stream_app "
        "tags_app stream_job labels_app_kubernetes_io_name deployment_name app_role_name cloud_role_name "
        "compose_service systemd_unit syslog_identifier"
    ),
    "service_instance_id": _words(
        "service_instance_id instance_id instance pod pod_name podname k8s_pod_name container container_name task_id"
    ),
    "host_name": _words("host_name host hostname node node_name server machine k8s_node_name"),
    "severity_text": _words(
        "severity_text severity level log_level loglevel severitytext lvl levelname priority severity_level"
    ),
    "severity_number": _words("severity_number severitynumber"),
    "body": _words("body message msg log log_message content text event_message raw line"),
    "span_name": _words("span_name operation_name operationname operation name url path endpoint"),
    "span_kind": _words("span_kind kind spankind"),
    "status_code": _words("status_code status statuscode span_status otel_status_code"),
    "status_message": _words("status_message statusmessage error_message status_description"),
    "peer_service_name": _words(
        "peer_service_name peer_service peer destination destination_service callee target_service upstream"
    ),
    "metric_name": _words("metric_name metric metricname kpi kpi_name name __name__ indicator"),
    "statistic": _words("statistic stat aggregation agg quantile percentile"),
    "value": _words("value val metric_value measurement sample"),
    "unit": _words("unit units uom"),
    "attributes": _words("attributes attribute labels tags"),
    "event_name": _words("event_name event event_type type reason"),
    "summary": _words("summary description details message"),
    "caller_service_name": _words(
        "caller_service_name caller source source_service from parent src client source_service_name"
    ),
    "callee_service_name": _words(
        "callee_service_name callee target destination to child dst target_service destination_service server"
    ),
}
"""Best names first: the first synonym that a file has wins."""

REQUIRED: dict[Table, tuple[tuple[str, ...], ...]] = {
    Table.SPANS: (("trace_id",), ("span_id",), ("start_time_unix_nano",)),
    Table.EDGES: (("caller_service_name",), ("callee_service_name",)),
    Table.LOGS: (("time_unix_nano",), ("body",)),
    Table.METRICS: (("time_unix_nano",), ("metric_name",), ("value",)),
    Table.EVENTS: (("time_unix_nano",), ("event_name",)),
}
"""What a file has to have to be one of these, in the order of trial."""

DURATION_UNITS = {"ns": "ns", "nano": "ns", "nanos": "ns", "us": "us", "micros": "us", "ms": "ms", "millis": "ms"}


def squeeze(name: str) -> str:
    """Return a column's name in lower case without punctuation: `ParentSpan-ID` and `parent_span_id` are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find(target: str, columns: list[str]) -> str | None:
    """Return the column that means `target`, or None; an exact synonym only, no guess by likeness.

    Of names with dots the end counts as well: what an envelope holds (`_source.service.name`) means what it is called.
    """
    whole = {squeeze(column): column for column in reversed(columns)}
    words = [squeeze(word) for word in SYNONYMS[target]]
    for known in (whole, _ends(columns, 2)):
        if column := next((known[word] for word in words if word in known), None):
            return column
    last = _ends(columns, 1)
    sure = words[:2] if target in _BY_LAST_PART else []
    sure += [squeeze(word) for word in SYNONYMS[target] if word.count("_") >= 1]
    return next((last[word] for word in sure if word in last), None)


def rank(target: str, column: str) -> int:
    """Return how well a column's name says `target`: 0 for the best synonym, the more the worse."""
    words = [squeeze(word) for word in SYNONYMS[target]]
    if squeeze(column) in words:
        return words.index(squeeze(column))
    return len(words) + (find(target, [column]) is None)


_BY_LAST_PART = ("trace_id", "span_id", "parent_span_id", "service_name", "severity_text", "body")


def _ends(columns: list[str], least: int) -> dict[str, str]:
    """Return the columns by what their names end with, at dots: so many parts at least, but not all."""
    found: dict[str, str] = {}
    for column in reversed(columns):
        parts = column.split(".")
        found |= {squeeze("".join(parts[at:])): column for at in range(1, len(parts) - least + 1)}
    return found
