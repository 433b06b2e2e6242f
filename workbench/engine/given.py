"""Rows that stand in for the output of a node: of dead letters, or those that a part of a flow begins with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from workbench.engine.events import Given
from workbench.errors import BadInput
from workbench.flow.columns import ColumnSchema
from workbench.flow.fields import ColumnType
from workbench.flow.outside import inward
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of
from workbench.flow.types import TYPES


def values_of(row: str, columns: Sequence[ColumnSchema]) -> tuple[Any, ...]:
    """Return a row's values in the order of the columns; raises ValueError when it does not fit."""
    try:
        record = json.loads(row)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(record, Mapping):
        raise ValueError("not a JSON object")
    return tuple(_cell(column, record) for column in columns)


def table_of(given: Given, source: Source) -> Rows:
    """Return the rows as a table.

    Raises:
        BadInput: a column has a type that JSON does not hold.
    """
    kinds = {}
    for column in given.columns:
        if column.type not in get_args(ColumnType):
            raise BadInput(
                f"column {column.name!r} is a {column.type}, which cannot be given as JSON", where=source.node
            )
        kinds[column.name] = TYPES[column.type] | None if column.nullable else TYPES[column.type]
    return rows_of(_GivenReader(given, source), kinds)


class _GivenReader(RowSource):
    def __init__(self, given: Given, source: Source) -> None:
        super().__init__(source)
        self.given = given

    def read(self) -> None:
        for number, row in enumerate(self.given.rows, 1):
            try:
                self.put(values_of(row, self.given.columns))
            except ValueError as error:
                self.source.reject(uri="given rows", line=number, reason=str(error), raw=row)


def _cell(column: ColumnSchema, record: Mapping[str, Any]) -> Any:
    value = record.get(column.name)
    if value is None:
        if column.nullable:
            return None
        raise ValueError(f"column {column.name!r} has no value")
    try:
        return inward(value, column.type)  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"column {column.name!r}: {error}") from error
