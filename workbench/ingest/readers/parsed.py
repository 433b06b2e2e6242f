"""Rows that a reader has parsed in Python, as parts of a plan: for documents whose form SQL cannot follow.

A reader yields a `Row` per row of any table. They are held in memory together, so this is for what people export by
hand (states of objects, events, dashboards), not for streams of millions of rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa

from workbench.ingest import sql
from workbench.ingest.clock import EARLIEST, LATEST
from workbench.ingest.plan import BATCH_VIEW, Part
from workbench.semconv import COLUMNS, ORIGIN, TIME_COLUMN, Table

_TYPES = {"BIGINT": pa.int64(), "INTEGER": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
# A column of one name may be a number in one table and text in another, so its kind is part of its name here.
_COLUMNS = {
    f"{name}:{kind}": _TYPES[kind]
    for columns in COLUMNS.values()
    for name, kind in columns.items()
    if name not in ORIGIN
}
_SCHEMA = pa.schema(
    [
        ("row_table", pa.string()),
        ("source_line", pa.int64()),
        ("ordinal", pa.int64()),
        ("reason", pa.string()),
        ("raw", pa.string()),
        *_COLUMNS.items(),
    ]
)
_RAW = 2048


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one table; columns that are left out are not known."""

    table: Table
    line: int
    """The line of the file, or the number of the record in a document, from 1."""
    values: Mapping[str, object]
    """Column -> value; `attributes` is a mapping and becomes a JSON object."""
    reason: str = ""
    """Why the row cannot be used; '' when it can."""
    raw: str = field(default="", repr=False)
    """The record's text, kept when there is a reason."""


def state_row(line: int, kind: str, name: str, attribute: str, value: str, whose: str, observed: int) -> Row:
    """Return a row of the table of states: what an object was like when somebody looked (0: not known when)."""
    return Row(
        Table.STATES,
        line,
        {
            "observed_unix_nano": observed,
            "object_kind": kind,
            "object_name": name,
            "service_name": whose,
            "attribute": attribute,
            "value": value,
        },
    )


def parts(tables: Iterable[Table]) -> tuple[Part, ...]:
    """Return a part for each table that selects its rows from `Plan.batches`."""
    return tuple(_part(table) for table in tables)


def batches(rows: Callable[[], Iterable[Row]]) -> Callable[[], pa.Table]:
    """Return what `Plan.batches` wants: the rows as one Arrow table, parsed once and kept."""

    @lru_cache(maxsize=1)
    def read() -> pa.Table:
        return _arrow(list(rows()))

    return read


def _part(table: Table) -> Part:
    kinds = {name: kind for name, kind in COLUMNS[table].items() if name not in ORIGIN}
    names = tuple(kinds)
    listed = ", ".join(f"{sql.name(f'{name}:{kind}')} AS {sql.name(name)}" for name, kind in kinds.items())
    return Part(
        table,
        f"SELECT source_line, ordinal, {listed}, reason, raw FROM {BATCH_VIEW} WHERE row_table = '{table.value}'",
        names,
    )


def _arrow(rows: list[Row]) -> pa.Table:
    reasons = [row.reason or _time_reason(row) or None for row in rows]
    columns: dict[str, list[object]] = {
        "row_table": [row.table.value for row in rows],
        "source_line": [row.line for row in rows],
        "ordinal": list(range(1, len(rows) + 1)),
        "reason": list(reasons),
        "raw": [row.raw[:_RAW] if why else "" for row, why in zip(rows, reasons, strict=True)],
    }
    for key, kind in _COLUMNS.items():
        name, _, said = key.partition(":")
        cells = [row.values.get(name) if COLUMNS[row.table].get(name) == said else None for row in rows]
        columns[key] = [None if cell is None else _cell(cell, kind) for cell in cells]
    return pa.table(
        [pa.array(columns[one.name], type=one.type) for one in _SCHEMA],
        schema=_SCHEMA,
    )


def _time_reason(row: Row) -> str:
    column = TIME_COLUMN[row.table]
    if column is None:
        return ""
    time = row.values.get(column)
    if time is None:
        return "the record has no time that can be read"
    return "" if EARLIEST <= int(str(time)) < LATEST else f"time {time} lies outside of 1980 to 2200"


def _cell(value: object, kind: pa.DataType) -> object:
    if pa.types.is_integer(kind):
        return int(str(value))
    if pa.types.is_floating(kind):
        return float(str(value))
    if isinstance(value, Mapping):
        return json.dumps({str(key): one for key, one in value.items() if one not in (None, "")}, sort_keys=True)
    return value if isinstance(value, str) else str(value)
