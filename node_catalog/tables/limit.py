"""The node `tables.limit`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.tabular import ranked


class Limit(Node):
    """Keep the first rows in an order, such as the five slowest requests of each service.

    A row that is pushed out by a better one is taken back.
    """

    rows_kept: int = Field(10, ge=1, le=100_000)
    """How many rows are kept, of each group."""
    order: list[Column] = Field(min_length=1)
    """Columns that decide, the first one first; missing values come last."""
    descending: bool = False
    """Largest first."""
    by: list[Column] = []
    """Keep so many for each combination of values of these columns."""

    example: ClassVar[Example | None] = example(
        {"rows_kept": 1, "order": ["ms"], "descending": True, "by": ["service"]},
        grid("service ms", ("cart", 9), ("pay", 1)),
        grid("service ms", ("cart", 5), ("cart", 9), ("pay", 1)),
    )

    @property
    def grows(self) -> str:
        return "It keeps all rows, as one that is kept may be taken back; put a window with a cutoff before it."

    def build(self, rows: Rows) -> Rows:
        kept = ranked(rows, self.by, self.order, descending=self.descending, first=self.rows_kept)
        joined = rows.join(kept, rows.id == kept.id, id=rows.id)
        return joined.select(*(rows[name] for name in rows.column_names()))
