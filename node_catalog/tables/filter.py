"""The node `tables.filter`."""

from __future__ import annotations

from workbench.flow.expression.compiler import condition
from workbench.flow.fields import Expression
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Filter(Node):
    """Keep the rows for which a condition holds; a condition that is none does not hold."""

    condition: Expression
    """Such as severity_number >= 17 and contains(body, "timeout")."""

    def build(self, rows: Rows) -> Rows:
        return rows.filter(condition(self.condition, rows))
