"""The node `tables.select`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.expression.compiler import compute
from workbench.flow.fields import Column, Expression, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Select(Node):
    """Compute columns, and keep or drop the others."""

    columns: dict[NewColumn, Expression] = Field({}, max_length=200)
    """New columns and how they are computed, such as duration_s: duration_ms / 1000."""
    keep: bool = True
    """Keep all other columns."""
    drop: list[Column] = []
    """Columns to leave out even so."""

    example: ClassVar[Example | None] = example(
        {"columns": {"duration_s": "ms / 1000", "path": 'part(request, " ", 1)'}, "drop": ["ms"]},
        grid("request duration_s path", ("GET /cart", 0.25, "/cart")),
        grid("request ms", ("GET /cart", 250)),
    )

    def build(self, rows: Rows) -> Rows:
        made = {name: compute(text, rows) for name, text in self.columns.items()}
        if not self.keep:
            return rows.select(**made)
        kept = rows.without(*(rows[name] for name in self.drop if name not in made))
        return rows.select(*(rows[name] for name in kept.column_names() if name not in made), **made)
