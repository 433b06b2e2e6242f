"""The node `tables.fill_missing`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.expression.compiler import compute
from workbench.flow.expression.printing import column
from workbench.flow.fields import Column, Expression
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class FillMissing(Node):
    """Put a value where a column has none, such as behind a left join."""

    columns: dict[Column, Expression] = Field(min_length=1)
    """Column -> what stands where it is missing, such as 0, "unknown" or another column."""

    example: ClassVar[Example | None] = example(
        {"columns": {"team": '"nobody"'}},
        grid("service team", ("cart", "red"), ("pay", "nobody")),
        grid("service team", ("cart", "red"), ("pay", None)),
    )

    def build(self, rows: Rows) -> Rows:
        filled = {name: compute(f"coalesce({column(name)}, {text})", rows) for name, text in self.columns.items()}
        return rows.with_columns(**filled)
