"""The node `tables.flatten`."""

from __future__ import annotations

from typing import Any, ClassVar

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import column_type, element_type


class Flatten(Node):
    """Make one row of each element of a column that holds a list or a JSON array; the other columns are repeated.

    A row whose list is empty or missing gives none. JSON that is not an array counts as one element.
    """

    column: Column
    """Column with the list; afterwards it holds one element."""
    position: NewColumn | None = None
    """New column that tells where the element stood, from 0."""

    example: ClassVar[Example | None] = example(
        {"column": "codes", "position": "n"},
        grid("service codes:json n", ("cart", "500", 0), ("cart", "503", 1)),
        grid("service codes:json", ("cart", "[500, 503]"), ("pay", "[]")),
    )

    def build(self, rows: Rows) -> Rows:
        found = column_type(rows, self.column)
        if found.type not in ("list", "json"):
            raise BadInput(
                f"{self.column} is {found.type}, not a list",
                hint='Make one with split(text, ",") in tables.select' if found.type == "text" else "",
            )
        element = pw.Json if found.type == "json" else element_type(rows, self.column)
        pair: Any = tuple.__class_getitem__((int, element))
        pairs = pw.udf(numbered, return_type=list[pair], deterministic=True)(rows[self.column])
        flat = rows.with_columns(_pair=pairs).flatten(pw.this._pair)
        extra = {} if self.position is None else {self.position: pw.this._pair[0]}
        names = rows.column_names()
        return flat.select(
            **{name: pw.this._pair[1] if name == self.column else pw.this[name] for name in names}, **extra
        )


def numbered(value: Any) -> Any:
    """Return the elements of a list or of JSON with their positions."""
    if isinstance(value, pw.Json):
        inner = value.value
        several = inner if isinstance(inner, list) else [] if inner is None else [inner]
        return [(place, pw.Json(one)) for place, one in enumerate(several)]
    return list(enumerate(value or ()))
