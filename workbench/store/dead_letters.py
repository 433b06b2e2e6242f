"""Rows that failed in flows, kept to be looked at and tried again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from workbench.facts.evidence import Frozen
from workbench.store.db import Store
from workbench.store.rows import insert_many, models, number

Side = Literal["source", "node", "sink"]


class DeadLetter(Frozen):
    """One row that failed."""

    letter_id: str
    run_id: str
    flow_name: str
    node: str
    side: Side
    """source: a line that could not be read; node: a row that failed in the node; sink: one that was not taken."""
    message: str
    row_json: str
    """What came into the node, as JSON; of a source the line as it was read."""
    seen_unix_nano: int
    state: Literal["waiting", "retried"] = "waiting"
    retried_run_id: str = ""
    """The run in which it was tried again; when it failed again, that run has a letter of its own."""
    retried_unix_nano: int = 0


_COLUMNS = ", ".join(DeadLetter.model_fields)


def add(store: Store, letters: Sequence[DeadLetter]) -> None:
    """Keep letters; one that is there already stays as it is."""
    with store.transaction() as cursor:
        insert_many(cursor, "dead_letters", [letter.model_dump() for letter in letters], or_="IGNORE")


def find(
    store: Store,
    *,
    run_id: str | None = None,
    flow_name: str | None = None,
    node: str | None = None,
    letter_ids: Sequence[str] | None = None,
    waiting: bool = False,
    since_unix_nano: int = 0,
    limit: int = 1000,
) -> list[DeadLetter]:
    """Return letters, the oldest first; with `waiting` only those that were not tried again."""
    conditions: list[str] = ["seen_unix_nano >= ?"]
    values: list[Any] = [since_unix_nano]
    for column, value in (("run_id", run_id), ("flow_name", flow_name), ("node", node)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if letter_ids is not None:
        conditions.append("list_contains(?::VARCHAR[], letter_id)")
        values.append(list(letter_ids))
    if waiting:
        conditions.append("state = 'waiting'")
    with store.connection() as cursor:
        query = f"SELECT {_COLUMNS} FROM dead_letters WHERE {' AND '.join(conditions)}"
        cursor.execute(f"{query} ORDER BY seen_unix_nano, letter_id LIMIT ?", [*values, limit])
        return models(cursor, DeadLetter)


def count(store: Store, run_id: str) -> int:
    """Return how many letters a run has."""
    with store.connection() as cursor:
        return number(cursor, "SELECT count(*) FROM dead_letters WHERE run_id = ?", [run_id])


def mark_retried(store: Store, letter_ids: Sequence[str], run_id: str, now_unix_nano: int) -> None:
    """Say that letters were tried again in a run."""
    with store.transaction() as cursor:
        cursor.execute(
            "UPDATE dead_letters SET state = 'retried', retried_run_id = ?, retried_unix_nano = ? "
            "WHERE list_contains(?::VARCHAR[], letter_id)",
            [run_id, now_unix_nano, list(letter_ids)],
        )
