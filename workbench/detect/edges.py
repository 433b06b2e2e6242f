"""Reads from the stored spans and edges which service calls which."""

from __future__ import annotations

from workbench.store import telemetry
from workbench.store.db import Store

_SQL = """
SELECT DISTINCT caller, callee FROM (
    SELECT p.service_name AS caller, c.service_name AS callee
    FROM spans c JOIN spans p ON c.trace_id = p.trace_id AND c.parent_span_id = p.span_id AND c.source_id = p.source_id
    JOIN sources s ON s.source_id = c.source_id WHERE s.scope = ?
    UNION ALL
    SELECT c.service_name, c.peer_service_name FROM spans c JOIN sources s USING (source_id) WHERE s.scope = ?
    UNION ALL
    SELECT e.caller_service_name, e.callee_service_name FROM edges e JOIN sources s USING (source_id) WHERE s.scope = ?
) WHERE caller <> '' AND callee <> '' AND caller <> callee ORDER BY ALL
"""


def call_edges(store: Store, scope: str) -> list[tuple[str, str]]:
    """Return the (caller, callee) pairs of a data set's services, sorted."""
    rows = telemetry.query(store, _SQL, (scope, scope, scope), limit=100_000)
    return list(zip(rows["caller"].to_pylist(), rows["callee"].to_pylist(), strict=True))


def edges_for_alerts(store: Store, scope: str) -> list[tuple[str, str]]:
    """Return the pairs of a data set, or of the whole workspace for one without any: alerts come without spans."""
    own = call_edges(store, scope)
    if own:
        return own
    return sorted({edge for other in telemetry.scopes(store) for edge in call_edges(store, other.scope)})
