"""The node `tables.group`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw
from pydantic import Field

from workbench.flow.aggregates import Aggregate, prepare, reduced
from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Group(Node):
    """Make one row of all rows that have the same values in some columns."""

    by: list[Column] = []
    """Columns that make a group; none makes one row of all."""
    aggregates: dict[NewColumn, Aggregate] = Field(default={"count": Aggregate()}, min_length=1)
    """Output columns and how they are made of the rows of a group."""

    example: ClassVar[Example | None] = example(
        {
            "by": ["service"],
            "aggregates": {
                "rows": {},
                "errors": {"where": "level >= 17"},
                "p90": {"function": "percentile", "column": "ms", "percent": 90},
                "slowest": {"function": "argmax", "column": "path", "by": "ms"},
            },
        },
        grid("service rows errors p90:number slowest", ("cart", 2, 1, 4.6, "/a"), ("pay", 1, 0, 3.0, "/c")),
        grid("service level ms path", ("cart", 17, 5.0, "/a"), ("cart", 9, 1.0, "/b"), ("pay", 9, 3.0, "/c")),
    )

    @property
    def grows(self) -> str:
        return "Use windows.tumbling with a cutoff, or make sure that there are few groups."

    def build(self, rows: Rows) -> Rows:
        prepared = prepare(rows, self.aggregates)
        grouped = prepared.groupby(*(prepared[name] for name in self.by))
        return grouped.reduce(**{name: pw.this[name] for name in self.by}, **reduced(prepared, self.aggregates))
