"""The node `tables.filter`."""

from __future__ import annotations

from typing import ClassVar

from workbench.flow.example import Example, example, grid
from workbench.flow.expression.compiler import condition
from workbench.flow.fields import Expression
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Filter(Node):
    """Keep the rows for which a condition holds; a condition that is none does not hold."""

    condition: Expression
    """Such as severity_number >= 17 and contains(body, "timeout")."""

    example: ClassVar[Example | None] = example(
        {"condition": 'severity_number >= 17 and contains(body, "timeout")'},
        grid("severity_number body", (17, "timeout after 5 s")),
        grid("severity_number body", (17, "timeout after 5 s"), (17, "refused"), (9, "timeout set to 5 s")),
    )

    def build(self, rows: Rows) -> Rows:
        return rows.filter(condition(self.condition, rows))
