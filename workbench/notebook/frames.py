"""Gives the rows of what is shown as Arrow, pandas, polars or a relation of DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.errors import BadInput

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

_ARROW = {"text": "string", "int": "int64", "float": "float64", "bool": "bool"}


class Frames:
    """Something with rows of known columns."""

    columns: ClassVar[Mapping[str, str]] = {}
    """Name -> text, int, float, bool, time (given as UTC nanoseconds) or texts (a list)."""

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows as plain values."""
        raise NotImplementedError

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table; times are timestamps in UTC."""
        import pyarrow as pa

        schema = pa.schema([(name, _type(kind)) for name, kind in self.columns.items()])
        return pa.Table.from_pylist([dict(row) for row in self.rows()], schema=schema)

    def df(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; whole numbers stay whole (`Int64`) where some are missing."""
        import pyarrow as pa

        found = self.arrow()
        frame: pd.DataFrame = found.to_pandas()
        for name, column in zip(found.column_names, found.columns, strict=True):
            if pa.types.is_integer(column.type) and column.null_count:
                # By way of floating point, as pandas would have it, large numbers lose their last digits.
                frame[name] = _whole(column)
        return frame

    def pl(self) -> pl.DataFrame:
        """Return the rows as a polars frame; raises `BadInput` where polars is not installed."""
        try:
            import polars
        except ImportError as error:
            raise BadInput(
                "polars is not installed", where=".pl()", hint="`pip install 'causeway[notebook]'` brings it"
            ) from error
        return polars.DataFrame(self.arrow())

    def duckdb(self) -> duckdb.DuckDBPyRelation:
        """Return the rows as a relation of DuckDB, to go on with SQL."""
        from workbench.store.relation import relation

        return relation(self.arrow())


def _whole(column: pa.ChunkedArray) -> pd.Series:
    import pandas

    whole: pd.Series[Any] = column.to_pandas(types_mapper={column.type: pandas.Int64Dtype()}.get)
    return whole


def _type(kind: str) -> pa.DataType:
    import pyarrow as pa

    if kind == "time":
        return pa.timestamp("ns", tz="UTC")
    if kind == "texts":
        return pa.list_(pa.string())
    return pa.type_for_alias(_ARROW[kind])
