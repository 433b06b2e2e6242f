"""Hands a table over as a relation of DuckDB, in a database of its own that holds nothing else."""

from __future__ import annotations

import duckdb
import pyarrow as pa


def relation(table: pa.Table) -> duckdb.DuckDBPyRelation:
    """Return the rows as a relation that can be filtered, joined and aggregated; times are UTC without a zone."""
    plain = pa.schema(
        [
            pa.field(one.name, pa.timestamp("us") if pa.types.is_timestamp(one.type) else one.type)
            for one in table.schema
        ]
    )
    # A connection of its own: the workspace's file is never opened a second time.
    return duckdb.connect().from_arrow(table.cast(plain, safe=False))


def _plain(kind: pa.DataType) -> pa.DataType:
    # Times with a zone can be fetched from DuckDB only where pytz is installed.
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind
