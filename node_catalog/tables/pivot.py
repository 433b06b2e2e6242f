"""The node `tables.pivot`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.flow.aggregates import Aggregate, prepare, reduced
from workbench.flow.example import Example, example, grid
from workbench.flow.expression.printing import column, quoted
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Pivot(Node):
    """Make columns of rows: one column for each of some known values, counted or summed for each group.

    The columns of a running flow cannot change, so the values have to be named. Turns long counts wide.
    """

    by: list[Column] = Field(min_length=1)
    """Columns that make a group, which becomes one row."""
    name: Column
    """Column of text whose values become columns."""
    values: dict[NewColumn, str] = Field(min_length=1)
    """New column -> the value of `name` that it stands for."""
    sum: Column | None = None
    """Column that is summed; without one the rows are counted."""

    example: ClassVar[Example | None] = example(
        {"by": ["service"], "name": "level", "values": {"errors": "ERROR", "warnings": "WARN"}},
        grid("service errors warnings", ("cart", 2, 1), ("pay", 0, 0)),
        grid("service level", ("cart", "ERROR"), ("cart", "WARN"), ("cart", "ERROR"), ("pay", "INFO")),
    )

    @property
    def grows(self) -> str:
        return "Put a window with a cutoff before it, or make sure that there are few groups."

    def build(self, rows: Rows) -> Rows:
        aggregates = {
            new: Aggregate(
                function="count" if self.sum is None else "sum",
                column=self.sum,
                where=f"{column(self.name)} == {quoted(value)}",
            )
            for new, value in self.values.items()
        }
        prepared = prepare(rows, aggregates)
        grouped = prepared.groupby(*(prepared[name] for name in self.by))
        return grouped.reduce(*(prepared[name] for name in self.by), **reduced(prepared, aggregates))
