"""The node `tables.select`."""

from __future__ import annotations

from pydantic import Field

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

    def build(self, rows: Rows) -> Rows:
        made = {name: compute(text, rows) for name, text in self.columns.items()}
        if not self.keep:
            return rows.select(**made)
        kept = rows.without(*(rows[name] for name in self.drop if name not in made))
        return rows.select(*(rows[name] for name in kept.column_names() if name not in made), **made)
