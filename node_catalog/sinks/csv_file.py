"""The node `sinks.csv_file`."""

from __future__ import annotations

import pathway as pw

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

    def build(self, rows: Rows) -> None:
        pw.io.csv.write(rows, self.path)
