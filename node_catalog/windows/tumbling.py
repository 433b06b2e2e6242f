"""The node `windows.tumbling`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw
from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.rows import Rows
from workbench.flow.windowing import LateWindowNode


class Tumbling(LateWindowNode):
    """Group rows into windows of fixed length, one behind the other.

    A row at the very end of a window belongs to the next one.
    """

    size_s: float = Field(gt=0)
    """Length of a window, in seconds."""

    example: ClassVar[Example | None] = example(
        {"time_column": "t", "time_unit": "s", "size_s": 60, "by": ["service"]},
        grid("service window_start window_end count", ("cart", 0, 60, 2), ("cart", 60, 120, 1), ("pay", 60, 120, 1)),
        grid("t service", (3, "cart"), (59, "cart"), (60, "cart"), (70, "pay")),
    )

    def build(self, rows: Rows) -> Rows:
        length = self.length(rows, self.time_column, self.size_s)
        origin = self.origin(rows, self.size_s)
        return self.windowed(rows, pw.temporal.tumbling(duration=length, origin=origin))
