"""Columns of the graph as Arrow has them, for Parquet and for lakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.flow.columns import PlainType
from workbench.flow.outside import as_text


def arrow_schema(columns: Mapping[str, PlainType], *, duration: str = "duration") -> Any:
    """Return the schema of a table.

    Args:
        columns: Names and types. A `json`, a `list` of other things than numbers and an unknown type become text.
        duration: `duration`, or `integer` for formats without durations: microseconds then.
    """
    import pyarrow as pa

    kinds: dict[str, Any] = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "time": pa.timestamp("us", "UTC"),
        "local_time": pa.timestamp("us"),
        "duration": pa.duration("us") if duration == "duration" else pa.int64(),
        "bytes": pa.binary(),
    }
    return pa.schema([pa.field(name, kinds.get(kind, pa.string())) for name, kind in columns.items()])


def arrow_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values (see `outside.outward`) as `arrow_schema` takes them."""
    return {name: as_text(value) if isinstance(value, (dict, list)) else value for name, value in row.items()}
