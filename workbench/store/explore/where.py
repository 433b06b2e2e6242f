"""Builds the WHERE of a question: conditions and their parameters in step, times first so that they prune most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from workbench.errors import NotFound
from workbench.facts.evidence import Frozen
from workbench.semconv import TIME_COLUMN, Table
from workbench.store.db import Store
from workbench.store.rows import first

STEPS_S = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000,
)  # fmt: skip
"""Widths of buckets that a person can read."""


class Bounds(Frozen):
    """From when to when there are rows."""

    start_unix_nano: int
    end_unix_nano: int
    """Just after the last row."""


class Where:
    """Conditions that have all to hold."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.values: list[Any] = []

    @property
    def sql(self) -> str:
        """The condition, `true` when there is none."""
        return " AND ".join(self._parts) or "true"

    def add(self, sql: str, *values: Any) -> Where:
        """Add a condition with its parameters."""
        self._parts.append(f"({sql})" if " OR " in sql else sql)
        self.values += values
        return self

    def one_of(self, column: str, values: Sequence[Any]) -> Where:
        """Ask that a column has one of some values; none of them asks nothing."""
        return self.add(f"{column} IN ({', '.join('?' * len(values))})", *values) if values else self

    def between(self, column: str, start_unix_nano: int | None, end_unix_nano: int | None) -> Where:
        """Ask for times from `start` on and before `end`; None leaves a side open."""
        for sign, bound in ((">=", start_unix_nano), ("<", end_unix_nano)):
            if bound is not None:
                self.add(f"{column} {sign} ?", bound)
        return self

    def of_scope(self, cursor: duckdb.DuckDBPyConnection, scope: str) -> Where:
        """Stay in one data set; '' stays in all.

        Raises:
            NotFound: there is no such data set.
        """
        if not scope:
            return self
        cursor.execute("SELECT source_id FROM sources WHERE scope = ? ORDER BY source_id", [scope])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            raise NotFound("data set", scope, hint="`causeway sources` lists them")
        # Numbers of our own: as text they prune row groups, which a join would not.
        return self.add(f"source_id IN ({', '.join(map(str, ids))})")


def bounds(store: Store, table: Table, scope: str = "") -> Bounds | None:
    """Return from when to when a table has rows, or None when it has none."""
    column = TIME_COLUMN[table]
    with store.connection() as cursor:
        where = Where().of_scope(cursor, scope)
        found = first(cursor, f"SELECT min({column}), max({column}) FROM {table.value} WHERE {where.sql}", where.values)
    if not found or found[0] is None:
        return None
    return Bounds(start_unix_nano=found[0], end_unix_nano=found[1] + 1)


def step_ns(start_unix_nano: int, end_unix_nano: int, most: int) -> int:
    """Return the smallest readable width of a bucket, in nanoseconds, that needs at most `most` buckets."""
    span = max(end_unix_nano - start_unix_nano, 1)
    for step_s in STEPS_S:
        step = int(step_s * 1e9)
        # The first bucket begins at a round time, so one more may be needed.
        if span // step + 2 <= most:
            return step
    return -(-span // max(most - 1, 1))


__all__: list[str] = ["STEPS_S", "Bounds", "Where", "bounds", "step_ns"]
