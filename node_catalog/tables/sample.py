"""The node `tables.sample`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.expression.functions import by_row
from workbench.flow.expression.plainly import fingerprint
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows

_WHOLE = 16**16


class Sample(Node):
    """Keep a share of the rows. The choice is by value, so it is the same in every run, and rows taken back match.

    With `by` set to `trace_id` whole traces are kept or left out.
    """

    share: float = Field(gt=0, le=1)
    """Share of the rows that are kept: 0.1 is a tenth."""
    by: list[Column] = Field(min_length=1)
    """Columns whose values decide; rows that are equal in them are kept or left out together."""

    example: ClassVar[Example | None] = example(
        {"share": 0.5, "by": ["trace_id"]},
        grid("trace_id span", ("t1", "b"), ("t1", "a"), ("t2", "c")),
        grid("trace_id span", ("t1", "a"), ("t1", "b"), ("t2", "c"), ("t3", "d")),
    )

    def build(self, rows: Rows) -> Rows:
        most = self.share * _WHOLE

        def chosen(*values: object) -> bool:
            return int(fingerprint(*values), 16) < most

        return rows.filter(by_row(chosen, "boolean", *(rows[name] for name in self.by)))
