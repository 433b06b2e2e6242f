"""The node `tables.unpivot`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw
from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.expression.kinds import common
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import column_type


class Unpivot(Node):
    """Make rows of columns: one row for each of some columns, with its name and its value. Turns wide metrics long."""

    columns: list[Column] = Field(min_length=1)
    """Columns that become rows; they need the same type, or whole numbers and numbers."""
    name: NewColumn = "name"
    """New column with the name of the column that a value stood in."""
    value: NewColumn = "value"
    """New column with the value."""

    example: ClassVar[Example | None] = example(
        {"columns": ["cpu", "memory"], "name": "metric"},
        grid("t metric value", (1, "cpu", 0.5), (1, "memory", 3.0)),
        grid("t cpu memory", (1, 0.5, 3)),
    )

    def build(self, rows: Rows) -> Rows:
        kinds = {name: column_type(rows, name).type for name in self.columns}
        kind = common(list(kinds.values()))
        if kind is None:
            told = ", ".join(f"{name} is {found}" for name, found in kinds.items())
            raise BadInput(f"the columns have different types: {told}", hint="Put tables.cast before this node")
        kept = {name: rows[name] for name in rows.column_names() if name not in self.columns}
        parts = []
        for name in self.columns:
            nullable = column_type(rows, name).nullable
            value = pw.cast(float | None if nullable else float, rows[name]) if kind == "number" else rows[name]
            parts.append(rows.select(**kept, **{self.name: name, self.value: value}))
        return pw.Table.concat_reindex(*parts) if len(parts) > 1 else parts[0]
