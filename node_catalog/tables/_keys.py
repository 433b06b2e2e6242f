"""Rows that are known by the values of some columns: one row for each, with an id made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pathway as pw

from workbench.flow.rows import Rows


def newest_by(rows: Rows, key: Sequence[str], order: str | None) -> Rows:
    """Return one row for each combination of values in the key columns, with an id made of them.

    Args:
        rows: Any rows.
        key: Columns that tell which row is meant.
        order: Where several have one key, the one with the largest value here; without it, any, but always the same.
    """
    rest = [name for name in rows.column_names() if name not in key]
    first = [rows[order]] if order is not None else []
    # Pathway's own `latest` fails as soon as a row is taken back.
    packed = rows.select(
        *(rows[name] for name in key), _row=pw.make_tuple(*first, rows.id, *(rows[name] for name in rest))
    )
    newest = packed.groupby(*(packed[name] for name in key)).reduce(
        *(packed[name] for name in key), _row=pw.reducers.max(packed._row)
    )
    values = {name: newest._row[place] for place, name in enumerate(rest, len(first) + 1)}
    return newest.select(**{name: newest[name] if name in key else values[name] for name in rows.column_names()})


def with_partner(rows: Rows, other: Rows, on: Mapping[str, str]) -> Rows:
    """Return a table without columns that has the ids of the rows which have a partner in another table."""
    keys = other.groupby(*(other[name] for name in on.values())).reduce(*(other[name] for name in on.values()))
    conditions: list[Any] = [rows[ours] == keys[theirs] for ours, theirs in on.items()]
    return rows.join(keys, *conditions, id=rows.id).select()
