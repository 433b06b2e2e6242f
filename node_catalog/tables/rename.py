"""The node `tables.rename`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Rename(Node):
    """Give columns other names."""

    columns: dict[Column, NewColumn] = Field(min_length=1)
    """Present name -> new name."""

    example: ClassVar[Example | None] = example(
        {"columns": {"svc": "service_name"}},
        grid("service_name ms", ("cart", 5)),
        grid("svc ms", ("cart", 5)),
    )

    def build(self, rows: Rows) -> Rows:
        names = [self.columns.get(name, name) for name in rows.column_names()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise BadInput(f"two columns would be called {twice[0]!r}", hint="Rename or drop the other one")
        return rows.select(**{new: rows[old] for old, new in zip(rows.column_names(), names, strict=True)})
