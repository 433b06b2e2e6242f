"""The node `tables.update_cells`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from node_catalog.tables._keys import newest_by
from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class UpdateCells(Node):
    """Change some columns of some rows: the values of `updates` replace those of the row with the same key.

    Keys that the rows do not have are ignored. Of several rows with one key one counts.
    """

    key: list[Column] = Field(min_length=1)
    """Columns, of both inputs, that tell which row is meant."""
    newest_by: Column | None = None
    """Of several rows with one key the one with the largest value here counts; without it any, always the same."""

    example: ClassVar[Example | None] = example(
        {"key": ["service"]},
        grid("service team", ("cart", "red"), ("pay", "green")),
        rows=grid("service team", ("cart", "red"), ("pay", "blue")),
        updates=grid("service team", ("pay", "green"), ("mail", "blue")),
    )

    @property
    def grows(self) -> str:
        return "It keeps a row for each key; make sure that there are not endlessly many."

    def build(self, rows: Rows, updates: Rows) -> Rows:
        unknown = sorted(set(updates.column_names()) - set(rows.column_names()))
        if unknown:
            raise BadInput(f"the rows have no column {unknown[0]!r} that could be changed")
        known = newest_by(rows, self.key, self.newest_by)
        changed = newest_by(updates, self.key, self.newest_by)
        cells = changed.without(*(changed[name] for name in self.key))
        return known.update_cells(cells.intersect(known))
