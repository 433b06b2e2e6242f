"""Jaeger JSON: traces as Jaeger's query API gives them and its UI saves them. Times and durations are microseconds."""

from __future__ import annotations

from workbench.ingest import columns, sql
from workbench.ingest.clock import out_of_range
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE, documents
from workbench.ingest.shape import Shape
from workbench.semconv import Table

_TAGS = 'STRUCT("key" VARCHAR, "value" JSON)[]'
_PROCESS = f"STRUCT(serviceName VARCHAR, tags {_TAGS})"
_SPAN = (
    'STRUCT(traceID VARCHAR, spanID VARCHAR, parentSpanID VARCHAR, operationName VARCHAR, "references" '
    "STRUCT(refType VARCHAR, spanID VARCHAR)[], startTime VARCHAR, duration VARCHAR, "
    f"tags {_TAGS}, processID VARCHAR, process {_PROCESS})"
)
_TRACE = {"traceID": "VARCHAR", "spans": f"{_SPAN}[]", "processes": f"MAP(VARCHAR, {_PROCESS})"}


def build(file: Found, shape: Shape) -> tuple[Part, ...]:
    """Return the spans of a file: `{"data": [traces]}`, `{"data": trace}`, a trace, or a list or lines of traces."""
    trace = "STRUCT(" + ", ".join(f"{name} {kind}" for name, kind in _TRACE.items()) + ")"
    if shape.variant == "data_list":
        read = documents(file, shape, {"data": f"{trace}[]"})
        traces = f"SELECT {LINE}, unnest(data) AS t FROM (SELECT row_number() OVER () AS {LINE}, data FROM {read})"
    elif shape.variant == "data_object":
        read = documents(file, shape, {"data": trace})
        traces = f"SELECT row_number() OVER () AS {LINE}, data AS t FROM {read}"
    else:
        read = documents(file, shape, _TRACE)
        fields = ", ".join(f"{sql.text(name)}: {name}" for name in _TRACE)
        traces = f"SELECT row_number() OVER () AS {LINE}, {{{fields}}} AS t FROM {read}"
    spans = (
        f"SELECT {LINE}, row_number() OVER () AS ordinal, one, coalesce(one.process, "
        "processes[one.processID]) AS process "
        f"FROM (SELECT {LINE}, t.processes AS processes, unnest(CASE WHEN t.spans IS NULL THEN [NULL] ELSE "
        f"t.spans END) AS one FROM ({traces}))"
    )
    return (_part(spans),)


def _part(spans: str) -> Part:
    start = "try_cast(one.startTime AS BIGINT) * 1000"
    parent = "list_filter(one.\"references\", lambda r: coalesce(r.refType, 'CHILD_OF') = 'CHILD_OF')[1].spanID"
    status = (
        f"CASE WHEN {_tag('one.tags', 'error')} = 'true' THEN 'ERROR' "
        f"ELSE coalesce({_tag('one.tags', 'otel.status_code')}, {_tag('one.tags', 'http.status_code')}, '') END"
    )
    values = {
        "start_time_unix_nano": start,
        "end_time_unix_nano": f"{start} + coalesce(try_cast(one.duration AS BIGINT), 0) * 1000",
        "trace_id": "lower(coalesce(one.traceID, ''))",
        "span_id": "lower(coalesce(one.spanID, ''))",
        "parent_span_id": f"lower(coalesce({parent}, one.\"references\"[1].spanID, one.parentSpanID, ''))",
        "service_name": "coalesce(process.serviceName, '')",
        "service_instance_id": f"coalesce({_tag('process.tags', 'service.instance.id')}, '')",
        "host_name": f"coalesce({_tag('process.tags', 'host.name')}, {_tag('process.tags', 'hostname')}, '')",
        "span_name": "one.operationName",
        "span_kind": columns.span_kind(f"coalesce({_tag('one.tags', 'span.kind')}, '')"),
        "status_code": columns.status_code(status),
        "status_message": f"coalesce({_tag('one.tags', 'otel.status_description')}, '')",
        "peer_service_name": f"coalesce({_tag('one.tags', 'peer.service')}, '')",
        "attributes": _object("one.tags"),
    }
    listed = ", ".join(f"{expression} AS {sql.name(target)}" for target, expression in values.items())
    select = (
        f"SELECT {LINE} AS source_line, ordinal, CAST(one AS VARCHAR) AS raw, * EXCLUDE ({LINE}, ordinal, one), "
        f"CASE WHEN one IS NULL THEN 'there is no trace in it' {out_of_range('start_time_unix_nano')} "
        f"WHEN trace_id = '' OR span_id = '' THEN 'traceID or spanID is empty' END AS reason "
        f"FROM (SELECT {LINE}, ordinal, one, {listed} FROM ({spans}))"
    )
    return Part(Table.SPANS, select, tuple(values))


def _tag(tags: str, key: str) -> str:
    return f"(list_filter({tags}, lambda a: a.key = {sql.text(key)})[1].value ->> '$')"


def _object(tags: str) -> str:
    pairs = f"list_transform({tags}, lambda a: concat(CAST(to_json(a.key) AS VARCHAR), ': ', coalesce(CAST(a.value AS VARCHAR), 'null')))"  # noqa: E501
    return f"coalesce('{{' || array_to_string({pairs}, ', ') || '}}', '{{}}')"
