"""The SQL console: statements of a person with a time-out and a way to cancel, saved ones, and the tables there are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from workbench.errors import BadInput, Cancelled, NotFound
from workbench.facts.evidence import Frozen
from workbench.store import templates
from workbench.store.db import Store
from workbench.store.query import checked
from workbench.store.rows import records

_SAVED = "saved_queries"
_guard = threading.Lock()


@dataclass(slots=True)
class _Run:
    cursor: duckdb.DuckDBPyConnection
    stopped: Literal["", "late", "cancelled"] = ""


_running: dict[tuple[int, str], _Run] = {}


class Column(Frozen):
    """One column of a result or a table."""

    name: str
    type: str


class TableSchema(Frozen):
    """One table of the workspace."""

    name: str
    rows: int
    """About how many."""
    columns: list[Column]


class Answer(Frozen):
    """Rows of a statement."""

    columns: list[Column]
    rows: list[list[Any]]
    """Values as JSON has them: times and decimals as text, nested values as they are."""
    more: bool
    """There are more rows than were asked for."""
    seconds: float


class SavedQuery(Frozen):
    """A statement that was kept under a name."""

    name: str
    statement: str
    description: str = ""
    saved_unix_nano: int = 0


def run(store: Store, statement: str, *, limit: int, timeout_s: float, query_id: str = "") -> Answer:
    """Run one reading statement.

    Args:
        store: Where.
        statement: One SELECT, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN over the workspace's tables.
        limit: At most so many rows.
        timeout_s: It is stopped after so many seconds.
        query_id: A name by which `cancel` finds it.

    Raises:
        BadInput: it may not run, took too long, or DuckDB does not understand it.
        Cancelled: somebody stopped it.
    """
    begun = time.monotonic()
    with store.connection() as cursor:
        text = checked(cursor, statement)
        # A read-only transaction is the second lock on the same door.
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        try:
            with _listed(store, query_id, cursor) as run:
                columns, rows = _fetch(cursor, run, text, limit, timeout_s)
        finally:
            cursor.execute("ROLLBACK")
    return Answer(
        columns=columns,
        rows=[[_plain(value) for value in row] for row in rows[:limit]],
        more=len(rows) > limit,
        seconds=round(time.monotonic() - begun, 3),
    )


def cancel(store: Store, query_id: str) -> None:
    """Stop a statement that runs.

    Raises:
        NotFound: none with this name runs.
    """
    with _guard:
        run = _running.get((id(store), query_id))
        if run is None:
            raise NotFound("running query", query_id, hint="It may have ended already")
        _stop(run, "cancelled")


def schema(store: Store) -> list[TableSchema]:
    """Return the tables that a statement may read, with their columns."""
    with store.connection() as cursor:
        cursor.execute("SELECT table_name, estimated_size FROM duckdb_tables() WHERE NOT internal ORDER BY table_name")
        sizes = dict(cursor.fetchall())
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal "
            "ORDER BY table_name, column_index"
        )
        columns: dict[str, list[Column]] = {}
        for row in records(cursor):
            column = Column(name=row["column_name"], type=row["data_type"])
            columns.setdefault(row["table_name"], []).append(column)
    return [TableSchema(name=name, rows=int(size or 0), columns=columns.get(name, [])) for name, size in sizes.items()]


def saved(store: Store) -> list[SavedQuery]:
    """Return the saved statements, by name."""
    found = templates.load_state(store, _SAVED) or {}
    return [SavedQuery.model_validate({"name": name, **one}) for name, one in sorted(found.items())]


def save(store: Store, query: SavedQuery) -> SavedQuery:
    """Keep a statement under its name, in place of an earlier one; it is checked first.

    Raises:
        BadInput: it has no name, or may not run.
    """
    name = " ".join(query.name.split())
    if not name:
        raise BadInput("the query has no name", hint="Say in a few words what it answers")
    with store.connection() as cursor:
        checked(cursor, query.statement)
    stamped = query.model_copy(update={"name": name, "saved_unix_nano": time.time_ns()})
    with store.transaction():
        found = templates.load_state(store, _SAVED) or {}
        templates.save_state(store, _SAVED, found | {name: stamped.model_dump(exclude={"name"})})
    return stamped


def forget(store: Store, name: str) -> None:
    """Remove a saved statement.

    Raises:
        NotFound: there is none with this name.
    """
    with store.transaction():
        found = templates.load_state(store, _SAVED) or {}
        if name not in found:
            raise NotFound("saved query", name, hint=f"There are: {', '.join(sorted(found)) or 'none'}")
        templates.save_state(store, _SAVED, {key: one for key, one in found.items() if key != name})


def _fetch(
    cursor: duckdb.DuckDBPyConnection, run: _Run, text: str, limit: int, timeout_s: float
) -> tuple[list[Column], list[tuple[Any, ...]]]:
    def late() -> None:
        with _guard:
            _stop(run, "late")

    timer = threading.Timer(timeout_s, late)
    timer.start()
    try:
        # Who cancels before the engine has begun would interrupt nothing.
        if run.stopped:
            raise duckdb.InterruptException
        cursor.execute(text)
        columns = [Column(name=name, type=str(kind)) for name, kind, *_ in cursor.description or ()]
        return columns, cursor.fetchmany(limit + 1)
    except duckdb.InterruptException as error:
        if run.stopped == "cancelled":
            raise Cancelled("the statement") from error
        hint = "Narrow it by time, or give it a longer time-out"
        raise BadInput(f"stopped after {timeout_s:g} s", where="SQL", hint=hint) from error
    except duckdb.Error as error:
        raise BadInput(str(error).strip(), where="SQL") from error
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def _listed(store: Store, query_id: str, cursor: duckdb.DuckDBPyConnection) -> Iterator[_Run]:
    key, run = (id(store), query_id), _Run(cursor)
    if query_id:
        with _guard:
            if key in _running:
                raise BadInput(f"a query {query_id!r} runs already", where="SQL", hint="Give each its own id")
            _running[key] = run
    try:
        yield run
    finally:
        with _guard:
            if query_id:
                del _running[key]


def _stop(run: _Run, why: Literal["late", "cancelled"]) -> None:
    run.stopped = run.stopped or why
    run.cursor.interrupt()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        # JSON has neither NaN nor infinity.
        return value if value == value and abs(value) != float("inf") else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return value[:200].hex()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return str(value)
