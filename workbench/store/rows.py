"""Small helpers between rows of SQL and frozen models."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)


def records(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the rows of the last query as dicts, in order."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def models(cursor: duckdb.DuckDBPyConnection, kind: type[Model], *json_columns: str) -> list[Model]:
    """Return the rows of the last query as models; `json_columns` hold JSON text."""
    rows = records(cursor)
    for row in rows:
        row.update({name: json.loads(row[name]) for name in json_columns})
    return [kind.model_validate(row) for row in rows]


def first(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """Return the first row of a query, or None when it gives none."""
    # DuckDB refuses other work on a cursor while rows wait, so `fetchone` would leave it unusable.
    rows = cursor.execute(sql, list(parameters)).fetchall()
    return rows[0] if rows else None


def number(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> int:
    """Return the whole number that a query gives in its first row; 0 when there is no row or it is NULL."""
    found = first(cursor, sql, parameters)
    return int(found[0] or 0) if found else 0


def insert(cursor: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any], *, or_: str = "") -> None:
    """Insert one row; dicts and lists become JSON text.

    Args:
        cursor: Where to.
        table: A table's name, from code and never from a user.
        row: Column -> value.
        or_: "REPLACE" or "IGNORE" decides what happens when the primary key is there; "" raises.
    """
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    verb = f"INSERT OR {or_}" if or_ else "INSERT"
    values = [to_json(value) if isinstance(value, dict | list) else value for value in row.values()]
    cursor.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", values)


def insert_many(
    cursor: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]], *, or_: str = ""
) -> None:
    """Insert rows with the same plain columns at once, about a hundred times as fast as one by one; see `insert`."""
    if not rows:
        return
    names = ", ".join(rows[0])
    verb = f"INSERT OR {or_}" if or_ else "INSERT"
    cursor.register("incoming_rows", pa.Table.from_pylist(list(rows)))
    cursor.execute(f"{verb} INTO {table} ({names}) SELECT {names} FROM incoming_rows")
    cursor.unregister("incoming_rows")


def next_number(cursor: duckdb.DuckDBPyConnection, name: str) -> int:
    """Return 1, 2, 3, ... for a name; a number is never given twice. Call it inside a transaction."""
    cursor.execute("INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1", [name])
    return number(cursor, "SELECT value FROM counters WHERE name = ?", [name])


def to_json(value: Any) -> str:
    """Return JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
