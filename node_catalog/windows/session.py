"""The node `windows.session`."""

from __future__ import annotations

import pathway as pw
from pydantic import Field

from workbench.flow.rows import Rows
from workbench.flow.windowing import WindowNode


class Session(WindowNode):
    """Group rows into windows that end where nothing happens for a while."""

    gap_s: float = Field(gt=0)
    """A pause longer than this ends a window, in seconds."""

    def build(self, rows: Rows) -> Rows:
        return self.windowed(rows, pw.temporal.session(max_gap=self.ticks(self.gap_s)))
