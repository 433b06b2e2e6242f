"""Traces: search for them by what one of their spans is like, and all spans of one."""

from __future__ import annotations

import json
from typing import Any, Literal

import duckdb

from workbench.facts.evidence import Frozen
from workbench.semconv import STATUS_ERROR
from workbench.store.db import Store
from workbench.store.explore.language import Field, parse
from workbench.store.explore.where import Where, step_ns
from workbench.store.rows import records

_DURATION = "(end_time_unix_nano - start_time_unix_nano)"
FIELDS = {
    "service": Field("service_name"),
    "operation": Field("span_name"),
    "name": Field("span_name", "within"),
    "duration": Field(_DURATION, "duration"),
    "status": Field("status_code"),
    "kind": Field("span_kind"),
    "peer": Field("peer_service_name"),
    "host": Field("host_name"),
    "instance": Field("service_instance_id"),
    "trace": Field("trace_id"),
    "span": Field("span_id"),
    "message": Field("status_message", "within"),
}
"""What may stand before the colon of a search for traces."""
Order = Literal["newest", "slowest"]
_HOUR = 3_600_000_000_000
MOST_SPANS = 20_000


class SpanFilter(Frozen):
    """Which spans are wanted."""

    start_unix_nano: int | None = None
    end_unix_nano: int | None = None
    """Exclusive."""
    services: list[str] = []
    operation: str = ""
    least_ns: int | None = None
    """Shortest duration."""
    most_ns: int | None = None
    errors_only: bool = False
    roots_only: bool = False
    text: str = ""
    """In the language of `language`."""
    scope: str = ""


class Span(Frozen):
    """One span."""

    row_id: int
    start_time_unix_nano: int
    end_time_unix_nano: int
    trace_id: str
    span_id: str
    parent_span_id: str
    service_name: str
    service_instance_id: str
    host_name: str
    span_name: str
    span_kind: str
    status_code: str
    status_message: str
    peer_service_name: str
    attributes: dict[str, Any]

    @property
    def duration_ns(self) -> int:
        """How long it took."""
        return self.end_time_unix_nano - self.start_time_unix_nano

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return self.status_code == STATUS_ERROR


class TraceSummary(Frozen):
    """One trace in a list."""

    trace_id: str
    start_unix_nano: int
    duration_ns: int
    """From its first beginning to its last end."""
    service_name: str
    """Of the root, or of the earliest span when the root is not stored."""
    span_name: str
    spans: int
    errors: int
    services: list[str]
    matched: int
    """Spans that the search found in it; of those looked at."""


class SpanCounts(Frozen):
    """Spans over time: how many, how many failed, how slow."""

    start_unix_nano: int
    step_ns: int
    buckets: int
    total: int
    counts: list[int]
    per_s: list[float | None]
    """Of the part of a bucket that was asked for; None where that is too short to tell."""
    errors: list[int]
    p50_ms: list[float | None]
    p95_ms: list[float | None]


def search(store: Store, wanted: SpanFilter, *, limit: int = 50, order: Order = "newest") -> list[TraceSummary]:
    """Return the traces with a span that fits, the newest or those with the slowest fitting span first.

    Raises:
        BadInput: the search text cannot be read.
    """
    by = "start_time_unix_nano" if order == "newest" else _DURATION
    with store.connection() as cursor:
        where = _where(cursor, wanted).add("trace_id <> ''")
        found: dict[str, list[int]] = {}
        most = limit * 8
        while True:
            # A trace has many spans that fit: more and more are looked at until there are enough traces.
            cursor.execute(
                f"SELECT trace_id, start_time_unix_nano FROM spans WHERE {where.sql} "
                f"ORDER BY {by} DESC, row_id DESC LIMIT {most}",
                where.values,
            )
            rows = cursor.fetchall()
            found = {}
            for trace_id, at in rows:
                found.setdefault(trace_id, []).append(at)
            if len(found) >= limit or len(rows) < most:
                break
            most *= 8
        chosen = dict(list(found.items())[:limit])
        return _summaries(cursor, chosen, wanted.scope) if chosen else []


def count(store: Store, wanted: SpanFilter, *, buckets: int = 120) -> SpanCounts:
    """Count spans over time; both times have to be given.

    Raises:
        BadInput: the search text cannot be read.
    """
    start, end = wanted.start_unix_nano or 0, wanted.end_unix_nano or 1
    step = step_ns(start, end, buckets)
    begin = start // step * step
    size = max(1, -(-(end - begin) // step))
    with store.connection() as cursor:
        where = _where(cursor, wanted)
        cursor.execute(
            f"SELECT (start_time_unix_nano - {begin}) // {step}, count(*), "
            f"count(*) FILTER (status_code = '{STATUS_ERROR}'), quantile_disc({_DURATION}, [0.5, 0.95]) "
            f"FROM spans WHERE {where.sql} GROUP BY 1",
            where.values,
        )
        rows = {int(row[0]): row[1:] for row in cursor.fetchall()}
    none = (0, 0, (None, None))
    cells = [rows.get(place, none) for place in range(size)]
    return SpanCounts(
        start_unix_nano=begin,
        step_ns=step,
        buckets=size,
        total=sum(cell[0] for cell in cells),
        counts=[cell[0] for cell in cells],
        per_s=[_per_s(cell[0], begin + place * step, step, start, end) for place, cell in enumerate(cells)],
        errors=[cell[1] for cell in cells],
        p50_ms=[None if cell[2][0] is None else cell[2][0] / 1e6 for cell in cells],
        p95_ms=[None if cell[2][1] is None else cell[2][1] / 1e6 for cell in cells],
    )


def _per_s(count: int, low: int, step: int, start: int, end: int) -> float | None:
    """Return a rate; the first and the last bucket reach beyond what was asked for, and nothing is counted there."""
    asked = min(low + step, end) - max(low, start)
    return count / (asked / 1e9) if asked * 4 >= step else None


def operations(store: Store, wanted: SpanFilter, limit: int = 200) -> list[tuple[str, str, int]]:
    """Return (service, operation, spans), the most frequent first: what a search can be narrowed to."""
    with store.connection() as cursor:
        where = _where(cursor, wanted)
        cursor.execute(
            f"SELECT service_name, span_name, count(*) FROM spans WHERE {where.sql} GROUP BY 1, 2 "
            f"ORDER BY 3 DESC, 1, 2 LIMIT {int(limit)}",
            where.values,
        )
        return cursor.fetchall()


def spans_of(
    store: Store, trace_ids: list[str], *, scope: str = "", around: tuple[int, int] | None = None
) -> list[Span]:
    """Return the spans of some traces in the order of their beginnings, at most `MOST_SPANS`.

    Args:
        store: Where from.
        trace_ids: Which traces.
        scope: The data set; '' looks in all.
        around: First and last time of spans of these traces, as far as known: rows an hour away are not looked at.
    """
    with store.connection() as cursor:
        where = Where()
        if around:
            where.between("start_time_unix_nano", around[0] - _HOUR, around[1] + _HOUR)
        where.of_scope(cursor, scope).one_of("trace_id", trace_ids)
        cursor.execute(
            f"SELECT {', '.join(Span.model_fields)} FROM spans WHERE {where.sql} AND trace_id <> '' "
            f"ORDER BY start_time_unix_nano, row_id LIMIT {MOST_SPANS}",
            where.values,
        )
        return [
            Span.model_validate(row | {"attributes": json.loads(row["attributes"] or "{}")}) for row in records(cursor)
        ]


def _summaries(cursor: duckdb.DuckDBPyConnection, found: dict[str, list[int]], scope: str) -> list[TraceSummary]:
    times = [at for several in found.values() for at in several]
    where = Where().between("start_time_unix_nano", min(times) - _HOUR, max(times) + _HOUR)
    where.of_scope(cursor, scope).one_of("trace_id", list(found))
    root = "(parent_span_id <> '')::INTEGER * 4611686018427387904 + start_time_unix_nano // 2"
    cursor.execute(
        "SELECT trace_id, min(start_time_unix_nano) AS start_unix_nano, "
        "max(end_time_unix_nano) - min(start_time_unix_nano) AS duration_ns, "
        f"arg_min(service_name, {root}) AS service_name, arg_min(span_name, {root}) AS span_name, "
        f"count(*) AS spans, count(*) FILTER (status_code = '{STATUS_ERROR}') AS errors, "
        f"list_sort(list(DISTINCT service_name)) AS services FROM spans WHERE {where.sql} GROUP BY trace_id",
        where.values,
    )
    rows = {row["trace_id"]: row for row in records(cursor)}
    return [
        TraceSummary(**rows[trace_id], matched=len(several)) for trace_id, several in found.items() if trace_id in rows
    ]


def _where(cursor: duckdb.DuckDBPyConnection, wanted: SpanFilter) -> Where:
    condition = parse(wanted.text, FIELDS, within="span_name")
    where = Where().between("start_time_unix_nano", wanted.start_unix_nano, wanted.end_unix_nano)
    where.of_scope(cursor, wanted.scope).one_of("service_name", wanted.services)
    if wanted.operation:
        where.add("span_name = ?", wanted.operation)
    if wanted.least_ns is not None:
        where.add(f"{_DURATION} >= ?", wanted.least_ns)
    if wanted.most_ns is not None:
        where.add(f"{_DURATION} <= ?", wanted.most_ns)
    if wanted.errors_only:
        where.add(f"status_code = '{STATUS_ERROR}'")
    if wanted.roots_only:
        where.add("parent_span_id = ''")
    return where.add(condition.sql, *condition.values) if wanted.text.strip() else where
