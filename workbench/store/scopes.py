"""What is stored of each data set: how many rows, from when to when."""

from __future__ import annotations

from workbench.facts.evidence import Frozen
from workbench.semconv import TIME_COLUMN, Table
from workbench.store.db import Store


class ScopeSummary(Frozen):
    """What is stored of one data set."""

    scope: str
    role: str
    sources: int
    rows: dict[str, int]
    """Rows per table; tables without rows are left out."""
    rejected: int
    start_unix_nano: int | None
    end_unix_nano: int | None
    """Time of the last row, inclusive."""
    imported_unix_nano: int


def scopes(store: Store) -> list[ScopeSummary]:
    """Return what is stored of each data set, the latest import first."""
    parts = [
        f"SELECT source_id, '{table.value}' AS name, count(*) AS n, "
        f"{f'min({column})' if column else 'NULL'} AS low, {f'max({column})' if column else 'NULL'} AS high "
        f"FROM {table.value} GROUP BY source_id"
        for table, column in TIME_COLUMN.items()
    ]
    with store.connection() as cursor:
        cursor.execute(
            "WITH counted AS (" + " UNION ALL ".join(parts) + ") "
            "SELECT scope, role, name, sum(n)::BIGINT, min(low), max(high) FROM sources "
            "JOIN counted USING (source_id) GROUP BY scope, role, name"
        )
        counted = cursor.fetchall()
        cursor.execute(
            "SELECT scope, role, count(*), sum(rejected)::BIGINT, max(imported_unix_nano) FROM sources "
            "GROUP BY scope, role ORDER BY max(source_id) DESC"
        )
        known = cursor.fetchall()
    summaries = []
    for scope, role, sources, rejected, imported in known:
        mine = [row[2:] for row in counted if row[:2] == (scope, role)]
        lows, highs = [row[2] for row in mine if row[2] is not None], [row[3] for row in mine if row[3] is not None]
        summaries.append(
            ScopeSummary(
                scope=scope,
                role=role,
                sources=sources,
                rows={table.value: row[1] for table in Table for row in mine if row[0] == table.value},
                rejected=rejected,
                start_unix_nano=min(lows, default=None),
                end_unix_nano=max(highs, default=None),
                imported_unix_nano=imported,
            )
        )
    return summaries
