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


def column_schemas(rows: Any) -> list[ColumnSchema]:
    """Return name and type of each column of a table, in order."""
    columns = rows.schema.columns()
    return [
        ColumnSchema(name=name, type=plain_type(column.dtype), nullable=isinstance(column.dtype, dt.Optional))
        for name, column in columns.items()
    ]
