"""The node `sinks.jsonlines`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw

from workbench.flow.example import Example, grid, writes
from workbench.flow.fields import OutputFile
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class JsonlinesFile(Node):
    """Write every change of a table as one JSON line.

    Each line has the columns, `time` (the minibatch) and `diff`: 1 for a row that came, -1 for one that went. The file
    is written anew at each run.
    """

    path: OutputFile
    """File to write; relative to the flow's folder."""

    example: ClassVar[Example | None] = writes(
        {"path": "out.jsonl"},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"out.jsonl": '{"name":"cart","ms":12.5,"diff":1,"time":1}\n{"name":"pay","ms":8.0,"diff":1,"time":1}\n'},
    )

    def build(self, rows: Rows) -> None:
        pw.io.jsonlines.write(rows, self.path)
