"""The node `tables.update_rows`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from node_catalog.tables._keys import newest_by
from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class UpdateRows(Node):
    """Keep a table up to date: a row of `updates` replaces the row with the same key, or is added.

    Both inputs need the same columns. Of several rows with one key one counts.
    """

    key: list[Column] = Field(min_length=1)
    """Columns, of both inputs, that tell which row is meant."""
    newest_by: Column | None = None
    """Of several rows with one key the one with the largest value here counts; without it any, always the same."""

    example: ClassVar[Example | None] = example(
        {"key": ["service"]},
        grid("service team", ("cart", "red"), ("pay", "green"), ("mail", "blue")),
        rows=grid("service team", ("cart", "red"), ("pay", "blue")),
        updates=grid("service team", ("pay", "green"), ("mail", "blue")),
    )

    @property
    def grows(self) -> str:
        return "It keeps a row for each key; make sure that there are not endlessly many."

    def build(self, rows: Rows, updates: Rows) -> Rows:
        names = list(rows.column_names())
        if set(names) != set(updates.column_names()):
            odd = ", ".join(sorted(set(names) ^ set(updates.column_names())))
            raise BadInput(f"not both inputs have {odd}", hint="Make the columns with tables.select")
        changed = updates.select(**{name: updates[name] for name in names})
        return newest_by(rows, self.key, self.newest_by).update_rows(newest_by(changed, self.key, self.newest_by))
