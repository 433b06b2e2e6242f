"""Zipkin's JSON of version 2: a list of spans, a list of traces, or one of these per line. Times are microseconds.

Client and server of one call may share one span id. Then the server's side gets an id of its own below the client's,
and spans that the server made are below it.
"""

from __future__ import annotations

from workbench.ingest import columns, sql
from workbench.ingest.clock import out_of_range
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE, json_elements
from workbench.ingest.shape import Shape
from workbench.semconv import Table

_OWN = " || '-server'"
"""Put behind the id of a server's side that shares it with its client's."""


def build(file: Found, shape: Shape) -> tuple[Part, ...]:
    """Return the spans of a file."""
    listed = "CASE json_type(json) WHEN 'ARRAY' THEN CAST(json AS JSON[]) ELSE [json] END"
    spans = (
        f"SELECT {LINE}, row_number() OVER () AS ordinal, one "
        f"FROM (SELECT {LINE}, unnest({listed}) AS one FROM ({json_elements(file, shape)}))"
    )
    start = f"try_cast({_said('timestamp')} AS BIGINT) * 1000"
    error = f"coalesce({_said('tags.error')}, '')"
    failed = f"json_exists(one, '$.tags.error') AND {error} <> 'false'"
    word = f"coalesce({_said('tags.otel.status_code')}, {_said('tags.http.status_code')}, '')"
    calls = "span_kind IN ('CLIENT', 'PRODUCER')"
    told = (
        f"SELECT *, {start} AS start_time_unix_nano, "
        f"{start} + coalesce(try_cast({_said('duration')} AS BIGINT), 0) * 1000 AS end_time_unix_nano, "
        f"lower(coalesce({_said('traceId')}, '')) AS trace_id, lower(coalesce({_said('id')}, '')) AS said_id, "
        f"lower(coalesce({_said('parentId')}, '')) AS said_parent, "
        f"coalesce({_said('localEndpoint.serviceName')}, '') AS service_name, "
        f"coalesce({_said('name')}, '') AS span_name, "
        f"upper(coalesce({_said('kind')}, 'INTERNAL')) AS span_kind, "
        f"CASE WHEN {failed} THEN 'ERROR' ELSE {columns.status_code(word)} END AS status_code, "
        f"CASE WHEN {failed} AND {error} <> 'true' THEN {error} ELSE '' END AS status_message, "
        # What is remote to a server is who called it.
        f"CASE WHEN {calls} THEN coalesce({_said('remoteEndpoint.serviceName')}, {_said('tags.peer.service')}, '') "
        f"ELSE '' END AS peer_service_name, {_attributes()} AS attributes FROM ({spans})"
    )
    # Spans that were made below one that two sides share are the server's when its service made them.
    shared = (
        "SELECT trace_id, said_id, any_value(service_name) FILTER (span_kind = 'SERVER') AS service FROM told "
        "GROUP BY ALL HAVING count(*) FILTER (span_kind = 'SERVER') > 0 AND count(*) FILTER (span_kind = 'CLIENT') > 0"
    )
    names = (
        "start_time_unix_nano, end_time_unix_nano, trace_id, span_id, parent_span_id, service_name, span_name, "
        "span_kind, status_code, status_message, peer_service_name, attributes"
    )
    select = (
        f"WITH told AS MATERIALIZED ({told}), shared AS ({shared}), whole AS (SELECT told.*, "
        f"CASE WHEN mine.said_id IS NOT NULL AND span_kind = 'SERVER' THEN told.said_id{_OWN} ELSE told.said_id END "
        "AS span_id, CASE WHEN mine.said_id IS NOT NULL AND span_kind = 'SERVER' THEN told.said_id "
        f"WHEN above.service = told.service_name THEN told.said_parent{_OWN} ELSE told.said_parent END "
        "AS parent_span_id FROM told "
        "LEFT JOIN shared AS mine ON mine.trace_id = told.trace_id AND mine.said_id = told.said_id "
        "LEFT JOIN shared AS above ON above.trace_id = told.trace_id AND above.said_id = told.said_parent) "
        f"SELECT {LINE} AS source_line, ordinal, CAST(one AS VARCHAR) AS raw, {names}, "
        f"CASE WHEN one IS NULL OR json_type(one) <> 'OBJECT' THEN 'it is no span' "
        f"{out_of_range('start_time_unix_nano')} "
        "WHEN trace_id = '' OR span_id = '' THEN 'traceId or id is empty' END AS reason FROM whole"
    )
    return (Part(Table.SPANS, select, tuple(names.split(", "))),)


def _said(path: str) -> str:
    """Return SQL for the text of a field; a tag's name may have dots."""
    first, _, rest = path.partition(".")
    where = f'$.{first}."{rest}"' if rest else f"$.{first}"
    return f"json_extract_string(one, {sql.text(where)})"


def _attributes() -> str:
    more = (
        "json_object('server.address', json_extract(one, '$.localEndpoint.ipv4'), "
        "'annotations', nullif(json_extract(one, '$.annotations'), '[]'))"
    )
    # A patch takes out what it has as null.
    return f"CAST(json_merge_patch(coalesce(json_extract(one, '$.tags'), '{{}}'), {more}) AS VARCHAR)"
