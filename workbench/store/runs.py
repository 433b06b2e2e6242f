"""Runs of flows, the moves between their states, and the errors that their nodes met."""

from __future__ import annotations

import time
from typing import Any

from workbench.errors import NotFound
from workbench.facts.evidence import Frozen
from workbench.facts.run import RUN_MOVES, Run, RunStatus, check_run_move
from workbench.store.db import Store
from workbench.store.rows import insert, models, records


class RunError(Frozen):
    """One error of one node."""

    run_id: str
    node: str
    message: str
    seen_unix_nano: int


def create(store: Store, run: Run) -> Run:
    """Store a new run.

    Raises:
        StoreError: the id is taken.
    """
    with store.transaction() as cursor:
        insert(cursor, "runs", run.model_dump(mode="json"))
    return run


def get(store: Store, run_id: str) -> Run:
    """Return one run.

    Raises:
        NotFound: there is no such run.
    """
    found = _select(store, "WHERE run_id = ?", [run_id])
    if not found:
        raise NotFound("run", run_id, hint="`causeway runs` lists them")
    return found[0]


def move(store: Store, run_id: str, status: RunStatus, **changes: Any) -> Run:
    """Change a run's status and, with it, other fields such as `rows_in` or `exit_reason`.

    A status that stays the same only writes the fields, unless the run is over.

    Raises:
        NotFound: there is no such run.
        IllegalMove: its table of moves does not have this one.
    """
    with store.transaction() as cursor:
        current = get(store, run_id)
        if status is not current.status or not RUN_MOVES[current.status]:
            check_run_move(run_id, current.status, status)
        moved = Run.model_validate({**current.model_dump(), **changes, "status": status})
        insert(cursor, "runs", moved.model_dump(mode="json"), or_="REPLACE")
    return moved


def latest(store: Store, limit: int = 20, *, flow_name: str | None = None) -> list[Run]:
    """Return runs, the latest to start first; of all flows or of one."""
    where = "WHERE ? IS NULL OR flow_name = ? ORDER BY started_unix_nano DESC, run_id LIMIT ?"
    return _select(store, where, [flow_name, flow_name, limit])


def times(store: Store, now_unix_nano: int) -> list[dict[str, Any]]:
    """Return flow_name, runs, active, failed and seconds of each flow that ran, the longest first."""
    open_states = [status.value for status, moves in RUN_MOVES.items() if moves]
    with store.connection() as cursor:
        cursor.execute(
            "SELECT flow_name, count(*) AS runs, count_if(list_contains(?::VARCHAR[], status)) AS active, "
            "count_if(status = 'failed') AS failed, "
            "sum(coalesce(ended_unix_nano, ?) - started_unix_nano) / 1e9 AS seconds "
            "FROM runs GROUP BY flow_name ORDER BY seconds DESC, flow_name",
            [open_states, now_unix_nano],
        )
        return records(cursor)


def unfinished(store: Store) -> list[Run]:
    """Return runs that are not over; right after opening a workspace these were cut off with their owner."""
    open_states = [status.value for status, moves in RUN_MOVES.items() if moves]
    return _select(store, "WHERE list_contains(?::VARCHAR[], status) ORDER BY started_unix_nano", [open_states])


def add_error(store: Store, run_id: str, node: str, message: str) -> None:
    """Keep an error of a node."""
    with store.transaction() as cursor:
        row = {"run_id": run_id, "node": node, "message": message, "seen_unix_nano": time.time_ns()}
        insert(cursor, "run_errors", row)


def errors(store: Store, run_id: str, limit: int = 1000) -> list[RunError]:
    """Return the errors of a run, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT * FROM run_errors WHERE run_id = ? ORDER BY seen_unix_nano, rowid LIMIT ?", [run_id, limit]
        )
        return models(cursor, RunError)


def _select(store: Store, rest: str, parameters: list[Any]) -> list[Run]:
    with store.connection() as cursor:
        cursor.execute(f"SELECT {', '.join(Run.model_fields)} FROM runs {rest}", parameters)
        return models(cursor, Run)
