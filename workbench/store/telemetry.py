"""Rows of telemetry: appended as Arrow tables in one transaction each, read back as frames per data set."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from workbench.errors import BadInput
from workbench.semconv import COLUMNS, ORIGIN, TIME_COLUMN, Table
from workbench.store.db import Store
from workbench.store.query import query as query
from workbench.store.rows import first, insert, number
from workbench.store.scopes import ScopeSummary as ScopeSummary
from workbench.store.scopes import scopes as scopes
from workbench.store.some_traces import MOST_SPANS as MOST_SPANS
from workbench.store.some_traces import some_traces
from workbench.store.sources import ROWS_PER_SOURCE, reference_scopes

if TYPE_CHECKING:
    # pandas takes most of a second to import, and appending does not need it.
    from workbench.facts.telemetry import Telemetry

_EMPTY = {"VARCHAR": "''", "BIGINT": "0", "INTEGER": "0", "DOUBLE": "'nan'::DOUBLE"}


def append(store: Store, table: Table, rows: pa.Table, *, source_id: int, batch_id: str | None = None) -> int:
    """Store rows; all of them or, when it fails, none. They are on disk when this returns.

    Args:
        store: Where to.
        table: Which telemetry table.
        rows: Any of `COLUMNS[table]`, in any order. Columns and values that are missing become '' (text),
            {} (`attributes`), 0 (whole numbers) or NaN. `row_id` and `source_id` are given when absent.
        source_id: The source that the rows belong to.
        batch_id: A batch with an id that was stored before is not stored again.

    Returns:
        How many rows the batch has.

    Raises:
        BadInput: a column is not one of the table's.
        StoreError: a value does not fit its column, or the disk is full.
    """
    table = Table(table)
    columns = COLUMNS[table]
    unknown = [name for name in rows.column_names if name not in columns]
    if unknown:
        raise BadInput(
            f"{table.value} has no column {unknown[0]!r}; it has {', '.join(columns)}",
            hint="Put what has no column into `attributes`",
        )
    with store.transaction() as cursor:
        if batch_id is not None:
            before = first(cursor, "SELECT row_count FROM batches WHERE batch_id = ?", [batch_id])
            if before:
                return int(before[0])
            insert(
                cursor, "batches", {"batch_id": batch_id, "row_count": len(rows), "stored_unix_nano": time.time_ns()}
            )
        if not len(rows):
            return 0
        if "row_id" in rows.column_names:
            store.ordinals.pop(source_id, None)
        else:
            low = _take_ordinals(store, cursor, source_id, len(rows)) + source_id * ROWS_PER_SOURCE
            rows = rows.append_column("row_id", pa.array(np.arange(low, low + len(rows), dtype=np.int64)))
        cursor.register("incoming", rows)
        cursor.execute(f"INSERT INTO {table.value} SELECT {_values(rows, columns, source_id)} FROM incoming")
        cursor.unregister("incoming")
    return len(rows)


def append_ipc(store: Store, table: str, source_id: int, payload: bytes, batch_id: str) -> int:
    """Store a batch that came as an Arrow IPC stream; see `append`.

    Raises:
        BadInput: there is no such table, or the payload is no Arrow stream.
    """
    if table not in set(Table):
        raise BadInput(f"no telemetry table {table!r}", hint=f"Tables: {', '.join(Table)}")
    try:
        rows = pa.ipc.open_stream(payload).read_all()
    except pa.ArrowInvalid as error:
        raise BadInput(f"batch {batch_id!r} is no Arrow IPC stream: {error}") from error
    return append(store, Table(table), rows, source_id=source_id, batch_id=batch_id)


def read(
    store: Store,
    *,
    scope: str | None = None,
    role: str | None = "case",
    start_unix_nano: int | None = None,
    end_unix_nano: int | None = None,
    most_spans: int | None = None,
) -> Telemetry:
    """Read telemetry back.

    Args:
        store: Where from.
        scope: The data set; None reads all.
        role: `case` or `reference`; None reads both.
        start_unix_nano: First time, inclusive; edges and states have no time of their own and always come.
        end_unix_nano: Last time, exclusive.
        most_spans: Where there are more spans, about so many are read: whole traces, chosen by a hash of their ids,
            so that the same data gives the same rows. None reads all.

    Returns:
        Frames with the columns of `COLUMNS`, ordered by source and place in it. Whole numbers are int64, text is
        pandas' own `str` (Arrow underneath; `.tolist()` gives Python strings) with '' for not known.
    """
    from workbench.facts.telemetry import Telemetry

    frames: dict[str, Any] = {}
    with store.connection() as cursor:
        where, parameters = _where_source(cursor, scope, role)
        for table, columns in COLUMNS.items():
            conditions, values = [where], list(parameters)
            time_column = TIME_COLUMN[table]
            for sign, bound in ((">=", start_unix_nano), ("<", end_unix_nano)):
                if time_column and bound is not None:
                    conditions.append(f"{time_column} {sign} ?")
                    values.append(bound)
            if table is Table.SPANS and most_spans is not None:
                whole = number(cursor, f"SELECT count(*) FROM spans WHERE {' AND '.join(conditions)}", values)
                if whole > most_spans:
                    frames["spans_in_all"] = whole
                    # Bounds of time would cut traces: what is chosen does not depend on them.
                    conditions.append(some_traces(where, most_spans / whole))
                    values += parameters
            names = ", ".join(
                f"{name}::BIGINT AS {name}" if kind == "INTEGER" else name for name, kind in columns.items()
            )
            sql = f"SELECT {names} FROM {table.value} WHERE {' AND '.join(conditions)} ORDER BY row_id"
            found: pa.Table = cursor.sql(sql, params=values).to_arrow_table()
            frames[table.value] = found.to_pandas()
    return Telemetry(**frames)


def references(store: Store, scope: str) -> dict[str, Telemetry]:
    """Return the fault-free telemetry of a case by label: its own reference rows, then the data sets linked to it."""
    found = {}
    for label in (scope, *reference_scopes(store, scope)):
        telemetry = read(store, scope=label, role="reference", most_spans=MOST_SPANS)
        if not telemetry.is_empty():
            found[label] = telemetry
    return found


def count(store: Store, scope: str | None = None) -> dict[str, int]:
    """Return the number of rows per table, of one data set or of all."""
    with store.connection() as cursor:
        where, parameters = _where_source(cursor, scope, None)
        return {
            table.value: number(cursor, f"SELECT count(*) FROM {table.value} WHERE {where}", parameters)
            for table in Table
        }


def _take_ordinals(store: Store, cursor: duckdb.DuckDBPyConnection, source_id: int, size: int) -> int:
    free = store.ordinals.get(source_id)
    if free is None:
        highest = [
            number(cursor, f"SELECT coalesce(max(row_id), -1) FROM {table.value} WHERE source_id = ?", [source_id])
            for table in Table
        ]
        free = max(row_id % ROWS_PER_SOURCE + 1 if row_id >= 0 else 0 for row_id in highest)
    store.ordinals[source_id] = free + size
    return free


def _values(rows: pa.Table, columns: dict[str, str], source_id: int) -> str:
    values = []
    for name, kind in columns.items():
        if name not in rows.column_names:
            values.append(str(source_id) if name == "source_id" else _empty(name, kind))
        elif name in ORIGIN and name != "source_line":
            values.append(f"{name}::{kind}")
        else:
            value = f"{name}::{kind}"
            values.append(f"coalesce({value}, {_empty(name, kind)})" if rows[name].null_count else value)
    return ", ".join(values)


def _empty(name: str, kind: str) -> str:
    return "'{}'" if name == "attributes" else _EMPTY[kind]


def _where_source(cursor: duckdb.DuckDBPyConnection, scope: str | None, role: str | None) -> tuple[str, list[Any]]:
    if scope is None and role is None:
        return "true", []
    cursor.execute(
        "SELECT source_id FROM sources WHERE (? IS NULL OR scope = ?) AND (? IS NULL OR role = ?)",
        [scope, scope, role, role],
    )
    ids = [row[0] for row in cursor.fetchall()]
    return (f"source_id IN ({', '.join(map(str, ids))})", []) if ids else ("false", [])
