"""The node `tables.concat`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Concat(Node):
    """Put the rows of several inputs into one table; the inputs need the same columns."""

    common_only: bool = False
    """Keep only the columns that all inputs have, instead of asking for the same ones."""

    example: ClassVar[Example | None] = example(
        {}, grid("service", ("cart",), ("pay",)), grid("service", ("cart",)), grid("service", ("pay",))
    )

    def build(self, *rows: Rows) -> Rows:
        names = [name for name in rows[0].column_names() if all(name in one.column_names() for one in rows)]
        if not self.common_only:
            for one in rows:
                more = sorted(set(one.column_names()).symmetric_difference(rows[0].column_names()))
                if more:
                    raise BadInput(
                        f"not all inputs have the column{'s' * (len(more) > 1)} {', '.join(more)}",
                        hint="Set common_only, or make the columns with tables.select",
                    )
        if not names:
            raise BadInput("the inputs have no column in common")
        chosen = [one.select(**{name: one[name] for name in names}) for one in rows]
        return pw.Table.concat_reindex(*chosen) if len(chosen) > 1 else chosen[0]
