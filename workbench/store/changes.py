"""Tells cheaply whether something changed: one short mark for each subject, equal as long as nothing did."""

from __future__ import annotations

from workbench.store.db import Store

_ROWS = "(SELECT coalesce(bit_xor(hash({0})), 0)::VARCHAR || ':' || count(*) FROM {0})"
_SUBJECTS: dict[str, tuple[str, ...]] = {
    "incidents": (
        *(_ROWS.format(name) for name in ("incidents", "incident_moves", "incident_links", "incident_notes")),
        "(SELECT coalesce(max(stored_unix_nano), 0)::VARCHAR FROM diagnoses)",
    ),
    "runs": (_ROWS.format("runs"), "(SELECT count(*)::VARCHAR FROM run_errors)"),
    "dead_letters": (
        "(SELECT count(*) || ':' || coalesce(max(greatest(seen_unix_nano, retried_unix_nano)), 0) FROM dead_letters)",
    ),
    "reports": ("(SELECT count(*) || ':' || coalesce(max(created_unix_nano), 0) FROM reports)",),
    "flows": (_ROWS.format("flow_versions"), _ROWS.format("flow_drafts")),
    "evaluations": ("(SELECT coalesce(max(stored_unix_nano), 0)::VARCHAR FROM memories WHERE name = 'evaluation')",),
    # How many rows a table has is in the catalogue of DuckDB; nothing is scanned.
    "telemetry": (
        "(SELECT string_agg(estimated_size::VARCHAR, ':' ORDER BY table_name) FROM duckdb_tables() "
        "WHERE table_name IN ('logs', 'spans', 'metrics', 'events', 'edges', 'states'))",
        _ROWS.format("sources"),
    ),
}  # fmt: skip
SUBJECTS = tuple(_SUBJECTS)


def marks(store: Store) -> dict[str, str]:
    """Return a mark for each of `SUBJECTS`; small tables are hashed, large ones only counted."""
    wanted = ", ".join(f"concat_ws('|', {', '.join(parts)})" for parts in _SUBJECTS.values())
    with store.connection() as cursor:
        (found,) = cursor.execute(f"SELECT {wanted}").fetchall()
    return dict(zip(SUBJECTS, (str(mark) for mark in found), strict=True))
