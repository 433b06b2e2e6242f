"""The node `tables.intersect`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from node_catalog.tables._keys import with_partner
from workbench.flow.example import Example, example, grid
from workbench.flow.node import Node
from workbench.flow.rows import Rows

RowsColumn = Annotated[str, Field(min_length=1, json_schema_extra={"format": "column", "port": "rows"})]
OtherColumn = Annotated[str, Field(min_length=1, json_schema_extra={"format": "column", "port": "other"})]


class Intersect(Node):
    """Keep the rows that have a partner in another table, such as requests of known users.

    A row comes and goes with its partner. Nothing of the other table is put out; tables.join does that.
    """

    on: dict[RowsColumn, OtherColumn] = Field(min_length=1)
    """Column -> column of the other table that has to be equal."""

    example: ClassVar[Example | None] = example(
        {"on": {"service": "name"}},
        grid("service ms", ("cart", 5)),
        rows=grid("service ms", ("cart", 5), ("pay", 7)),
        other=grid("name", ("cart",), ("cart",)),
    )

    @property
    def grows(self) -> str:
        return "It keeps all rows of both inputs, as a partner may come or go later."

    def build(self, rows: Rows, other: Rows) -> Rows:
        other = other.copy() if other is rows else other
        return rows.restrict(with_partner(rows, other, self.on))
