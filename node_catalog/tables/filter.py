"""The node `tables.filter`."""

from __future__ import annotations

from workbench.flow.expression import compute
from workbench.flow.fields import Expression
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Filter(Node):
    """Keep the rows for which a condition holds."""

    condition: Expression
    """Such as severity_number >= 17 and contains(body, "timeout")."""

    def build(self, rows: Rows) -> Rows:
        return rows.filter(compute(self.condition, rows))
