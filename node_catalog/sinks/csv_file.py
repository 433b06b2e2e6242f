"""The node `sinks.csv_file`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw

from workbench.flow.example import Example, grid, writes
from workbench.flow.fields import OutputFile
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class CsvOutput(Node):
    """Write every change of a table as one line of a CSV file.

    The file has the columns, `time` (the minibatch) and `diff`: 1 for a row that came, -1 for one that went. It is
    written anew at each run.
    """

    path: OutputFile
    """File to write; relative to the flow's folder."""

    example: ClassVar[Example | None] = writes(
        {"path": "out.csv"},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"out.csv": '"name","ms","time","diff"\n"cart","12.5","1","1"\n"pay","8.0","1","1"\n'},
    )

    def build(self, rows: Rows) -> None:
        pw.io.csv.write(rows, self.path)
