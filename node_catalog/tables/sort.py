"""The node `tables.sort`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.tabular import POSITION, ranked


class Sort(Node):
    """Number the rows in an order. Tables of a stream have no order of their own, so the position is a column.

    Each new row may move all rows behind it: every one of those is taken back and put out again, and a group is sorted
    anew whenever it changes. Meant for small tables, such as the result of a group or a window.
    """

    order: list[Column] = Field(min_length=1)
    """Columns that decide, the first one first; missing values come last."""
    descending: bool = False
    """Largest first."""
    by: list[Column] = []
    """Number the rows of each combination of values of these columns by itself."""
    position: NewColumn = "position"
    """New column with the position, from 1."""

    example: ClassVar[Example | None] = example(
        {"order": ["ms"], "descending": True},
        grid("path ms position", ("/a", 5, 2), ("/b", 9, 1), ("/c", 1, 3)),
        grid("path ms", ("/a", 5), ("/b", 9), ("/c", 1)),
    )

    @property
    def grows(self) -> str:
        return "It keeps all rows and sorts them anew; put tables.limit or a window with a cutoff before it."

    def build(self, rows: Rows) -> Rows:
        positions = ranked(rows, self.by, self.order, descending=self.descending)
        joined = rows.join(positions, rows.id == positions.id, id=rows.id)
        return joined.select(*(rows[name] for name in rows.column_names()), **{self.position: positions[POSITION]})
