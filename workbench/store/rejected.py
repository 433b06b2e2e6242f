"""Lines that could not be read, with the reason: nothing that a user gave is dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.evidence import Frozen
from workbench.store.db import Store
from workbench.store.rows import insert_many, models, number


class Rejected(Frozen):
    """One line that was not taken."""

    source_id: int
    uri: str
    line: int
    """Counted from 1; 0 when the whole file is meant."""
    reason: str
    raw: str
    """The line as it stands in the file."""


def add(store: Store, rows: Sequence[Rejected]) -> None:
    """Keep rejected lines."""
    with store.transaction() as cursor:
        insert_many(cursor, "rejected", [row.model_dump() for row in rows])


def count(store: Store, source_id: int | None = None) -> int:
    """Return how many lines were rejected, in all or of one source."""
    with store.connection() as cursor:
        return number(cursor, "SELECT count(*) FROM rejected WHERE ? IS NULL OR source_id = ?", [source_id, source_id])


def latest(store: Store, limit: int = 50, *, source_id: int | None = None, scope: str | None = None) -> list[Rejected]:
    """Return rejected lines, of one source or of one data set, those of the newest source first and in the order of the
    file.
    """
    with store.connection() as cursor:
        cursor.execute(
            "SELECT source_id, uri, line, reason, raw FROM rejected WHERE (? IS NULL OR source_id = ?) "
            "AND (? IS NULL OR source_id IN (SELECT source_id FROM sources WHERE scope = ?)) "
            "ORDER BY source_id DESC, line, reason LIMIT ?",
            [source_id, source_id, scope, scope, limit],
        )
        return models(cursor, Rejected)
