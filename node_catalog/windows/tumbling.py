"""The node `windows.tumbling`."""

from __future__ import annotations

import pathway as pw
from pydantic import Field

from workbench.flow.rows import Rows
from workbench.flow.windowing import WindowNode


class Tumbling(WindowNode):
    """Group rows into windows of fixed length, one behind the other."""

    size_s: float = Field(gt=0)
    """Length of a window, in seconds."""

    def build(self, rows: Rows) -> Rows:
        return self.windowed(rows, pw.temporal.tumbling(duration=self.ticks(self.size_s)))
