"""The node `tables.drop_missing`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw

from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import column_type


class DropMissing(Node):
    """Keep the rows that have a value in some columns; nodes behind it know that there is one."""

    columns: list[Column] = []
    """Columns that need a value; all when left out."""

    example: ClassVar[Example | None] = example(
        {"columns": ["team"]},
        grid("service team", ("cart", "red")),
        grid("service team", ("cart", "red"), ("pay", None)),
    )

    def build(self, rows: Rows) -> Rows:
        wanted = [name for name in self.columns or rows.column_names() if column_type(rows, name).nullable]
        for name in wanted:
            rows = rows.filter(rows[name].is_not_none())
        return rows.with_columns(**{name: pw.unwrap(rows[name]) for name in wanted})
