"""The node `tables.union`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw

from workbench.flow.example import Example, example, grid
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.tabular import aligned


class Union(Node):
    """Put the rows of several inputs into one table that has the columns of all; what an input lacks is missing.

    Whole numbers become numbers where another input has numbers. `tables.concat` wants the same columns everywhere.
    """

    distinct: bool = False
    """Keep one of several equal rows."""

    example: ClassVar[Example | None] = example(
        {},
        grid("service ms host", ("cart", 5, None), ("pay", None, "a1")),
        grid("service ms", ("cart", 5)),
        grid("service host", ("pay", "a1")),
    )

    @property
    def grows(self) -> str:
        return "It remembers every row that it has seen." if self.distinct else ""

    def build(self, *rows: Rows) -> Rows:
        same = aligned(rows)
        table = pw.Table.concat_reindex(*same) if len(same) > 1 else same[0]
        if not self.distinct:
            return table
        columns = [table[name] for name in table.column_names()]
        return table.groupby(*columns).reduce(*columns)
