"""Types of columns in plain words, and as Pathway knows them. Importing this imports Pathway."""

from __future__ import annotations

from typing import Any

import pathway as pw
from pathway.internals import dtype as dt

from workbench.flow.columns import ColumnSchema, PlainType

TYPES: dict[str, Any] = {
    "text": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "time": pw.DateTimeUtc,
    "duration": pw.Duration,
    "json": pw.Json,
    "bytes": bytes,
}
"""Python type of each `ColumnType`."""

_PLAIN: dict[Any, PlainType] = {
    dt.STR: "text",
    dt.INT: "integer",
    dt.FLOAT: "number",
    dt.BOOL: "boolean",
    dt.DATE_TIME_UTC: "time",
    dt.DATE_TIME_NAIVE: "local_time",
    dt.DURATION: "duration",
    dt.JSON: "json",
    dt.BYTES: "bytes",
}


def plain_type(dtype: Any) -> PlainType:
    """Return the word for a Pathway type, whether or not it may be empty."""
    bare = dt.unoptionalize(dtype)
    if isinstance(bare, (dt.List, dt.Tuple)):
        return "list"
    return _PLAIN.get(bare, "unknown")


def column_type(rows: Any, name: str) -> ColumnSchema:
    """Return name and type of one column."""
    dtype = rows.schema.columns()[name].dtype
    return ColumnSchema(name=name, type=plain_type(dtype), nullable=isinstance(dtype, dt.Optional))


def element_type(rows: Any, name: str) -> Any:
    """Return Python's type of the elements of a column that holds lists."""
    bare = dt.unoptionalize(rows.schema.columns()[name].dtype)
    inside = {bare.wrapped} if isinstance(bare, dt.List) else set(bare.args) if isinstance(bare, dt.Tuple) else set()
    return inside.pop().typehint if len(inside) == 1 and ... not in inside else Any


def column_schemas(rows: Any) -> list[ColumnSchema]:
    """Return name and type of each column of a table, in order."""
    return [column_type(rows, name) for name in rows.column_names()]
