"""Who calls whom over a stretch of time: calls, errors and durations of each pair, from spans and known edges."""

from __future__ import annotations

from workbench.facts.evidence import Frozen
from workbench.semconv import NANOS_PER_SECOND, STATUS_ERROR
from workbench.store.db import Store
from workbench.store.explore.where import Where
from workbench.store.rows import number, records

MOST_SPANS = 400_000
"""Spans that are joined with their parents; of more, whole traces are drawn at random."""
_DURATION = "(end_time_unix_nano - start_time_unix_nano)"


class Call(Frozen):
    """One service calling another."""

    caller: str
    callee: str
    calls: int
    """Estimated when only a share of the traces was looked at."""
    errors: int
    p95_ms: float | None
    """None for an edge that no span tells of."""
    per_s: float


class ServiceLoad(Frozen):
    """What one service was asked to do."""

    service_name: str
    requests: int
    errors: int
    p50_ms: float
    p95_ms: float


class Calls(Frozen):
    """The services of a stretch of time and the calls between them."""

    services: list[ServiceLoad]
    calls: list[Call]
    share: float
    """Share of the traces that the calls were counted in; 1.0 is all."""


def loads(store: Store, start_unix_nano: int, end_unix_nano: int, scope: str = "") -> list[ServiceLoad]:
    """Return requests, errors and durations per service: of its server spans, or of all when it has none of those."""
    with store.connection() as cursor:
        where = Where().between("start_time_unix_nano", start_unix_nano, end_unix_nano).of_scope(cursor, scope)
        cursor.execute(
            "WITH kinds AS (SELECT service_name, span_kind IN ('SERVER', 'CONSUMER') AS asked, count(*) AS requests, "
            f"count(*) FILTER (status_code = '{STATUS_ERROR}') AS errors, quantile_disc({_DURATION}, [0.5, 0.95]) AS q "
            f"FROM spans WHERE {where.sql} AND service_name <> '' GROUP BY ALL) "
            "SELECT service_name, requests, errors, q[1] / 1e6 AS p50_ms, q[2] / 1e6 AS p95_ms FROM kinds "
            "QUALIFY row_number() OVER (PARTITION BY service_name ORDER BY asked DESC) = 1 ORDER BY service_name",
            where.values,
        )
        return [ServiceLoad.model_validate(row) for row in records(cursor)]


def calls(store: Store, start_unix_nano: int, end_unix_nano: int, scope: str = "") -> Calls:
    """Return the services and who calls whom.

    A call is a span whose parent belongs to another service, or a client's span that names a peer which sends no spans
    of its own, such as a database. Edges that were imported as such come with no calls.
    """
    seconds = max((end_unix_nano - start_unix_nano) / NANOS_PER_SECOND, 1e-9)
    with store.connection() as cursor:
        where = Where().between("start_time_unix_nano", start_unix_nano, end_unix_nano).of_scope(cursor, scope)
        total = number(cursor, f"SELECT count(*) FROM spans WHERE {where.sql}", where.values)
        every = max(1, -(-total // MOST_SPANS))
        cursor.execute(
            "WITH s AS MATERIALIZED (SELECT trace_id, span_id, parent_span_id, service_name, peer_service_name, "
            f"status_code = '{STATUS_ERROR}' AS failed, {_DURATION} AS took FROM spans "
            f"WHERE {where.sql} AND hash(trace_id) % {every} = 0), "
            "known AS (SELECT DISTINCT service_name FROM s), "
            "pairs AS (SELECT p.service_name AS caller, c.service_name AS callee, c.failed, c.took FROM s AS c "
            "JOIN s AS p ON p.trace_id = c.trace_id AND p.span_id = c.parent_span_id "
            "WHERE p.service_name <> c.service_name AND p.service_name <> '' AND c.service_name <> '' "
            "UNION ALL SELECT service_name, peer_service_name, failed, took FROM s WHERE peer_service_name <> '' "
            "AND service_name <> '' AND peer_service_name NOT IN (FROM known)) "
            "SELECT caller, callee, count(*) AS calls, count(*) FILTER (failed) AS errors, "
            "quantile_disc(took, 0.95) / 1e6 AS p95_ms FROM pairs GROUP BY ALL ORDER BY caller, callee",
            where.values,
        )
        found = records(cursor)
        of_scope = Where().of_scope(cursor, scope)
        cursor.execute(
            "SELECT DISTINCT caller_service_name AS caller, callee_service_name AS callee FROM edges "
            f"WHERE {of_scope.sql} ORDER BY 1, 2"
        )
        known = records(cursor)
    seen = {(row["caller"], row["callee"]) for row in found}
    pairs = [
        Call(
            caller=row["caller"], callee=row["callee"], calls=row["calls"] * every, errors=row["errors"] * every,
            p95_ms=row["p95_ms"], per_s=row["calls"] * every / seconds,
        )
        for row in found
    ]  # fmt: skip
    pairs += [
        Call(caller=row["caller"], callee=row["callee"], calls=0, errors=0, p95_ms=None, per_s=0.0)
        for row in known
        if (row["caller"], row["callee"]) not in seen
    ]
    return Calls(services=loads(store, start_unix_nano, end_unix_nano, scope), calls=pairs, share=1 / every)
