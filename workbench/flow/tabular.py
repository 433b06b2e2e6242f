"""What table nodes and SQL share: positions of rows in an order, and tables with the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.expression.kinds import common
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES, column_type

POSITION = "_position"


def ranked(rows: Rows, by: Sequence[str], order: Sequence[str], *, descending: bool, first: int | None = None) -> Rows:
    """Return a table with the ids of the rows and their positions from 1; rows that are equal have a stable order.

    Args:
        rows: What is put in order.
        by: Columns that make groups; none makes one group of all.
        order: Columns that decide, the first one first; missing values come last.
        descending: Largest first.
        first: Only so many of each group; all when None.
    """

    def numbered(keys: Any) -> Any:
        # Two sorts, as Python's keep the order of equals: ids first, so that it does not depend on when rows came.
        found = sorted(keys, key=lambda key: str(key[-1]))
        found.sort(key=lambda key: [_key(value) for value in key[:-1]], reverse=descending)
        if descending:
            found.sort(key=lambda key: [value is None for value in key[:-1]])
        return [(place, key[-1]) for place, key in enumerate(found[:first], 1)]

    keys = rows.select(*(rows[name] for name in by), _key=pw.make_tuple(*(rows[name] for name in order), rows.id))
    groups = keys.groupby(*(keys[name] for name in by)).reduce(_keys=pw.reducers.tuple(keys._key))
    number = pw.udf(numbered, return_type=list[tuple[int, pw.Pointer]], deterministic=True)
    flat = groups.select(_pair=number(groups._keys)).flatten(pw.this._pair)
    return flat.select(**{POSITION: pw.this._pair[0]}, _row=pw.this._pair[1]).with_id(pw.this._row)


def _key(value: Any) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


def aligned(rows: Sequence[Rows]) -> list[Rows]:
    """Return tables with all columns of all, of one type each; what a table lacks is missing.

    Raises:
        BadInput: a column has types that do not go together.
    """
    names = list(dict.fromkeys(name for one in rows for name in one.column_names()))
    whole = {name: _common(name, rows) for name in names}
    return [one.select(**{name: _as(one, name, dtype) for name, dtype in whole.items()}) for one in rows]


def _common(name: str, rows: Sequence[Rows]) -> Any:
    found = [column_type(one, name) for one in rows if name in one.column_names()]
    kind = common([one.type for one in found])
    if kind is None:
        kinds = ", ".join(one.type for one in found)
        raise BadInput(f"column {name!r} has different types: {kinds}", hint="Put tables.cast before this node")
    lacking = len(found) < len(rows)
    nullable = lacking or any(one.nullable for one in found)
    if kind in TYPES:
        return TYPES[kind] | None if nullable else TYPES[kind]
    dtype = next(one for one in rows if name in one.column_names()).schema.columns()[name].dtype
    return dtype.typehint | None if nullable else dtype.typehint


def _as(rows: Rows, name: str, dtype: Any) -> Any:
    if name not in rows.column_names():
        return pw.declare_type(dtype, None)
    if column_type(rows, name).type == "integer" and dtype in (float, float | None):
        return pw.cast(dtype, rows[name])
    return pw.declare_type(dtype, rows[name])
