"""The node `sinks.null`."""

from __future__ import annotations

import pathway as pw

from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Null(Node):
    """Compute rows and throw them away: to measure a flow, or to see whether it runs."""

    delivery = "exactly-once"

    def build(self, rows: Rows) -> None:
        pw.io.null.write(rows)
