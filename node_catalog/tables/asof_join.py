"""The node `tables.asof_join`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pathway as pw
from pydantic import Field

from node_catalog.tables._sides import LeftColumn, RightColumn, beside, equal, twice
from workbench.flow.example import Example, example, grid
from workbench.flow.rows import Rows
from workbench.flow.timing import Timed

DIRECTIONS = {
    "backward": pw.temporal.Direction.BACKWARD,
    "forward": pw.temporal.Direction.FORWARD,
    "nearest": pw.temporal.Direction.NEAREST,
}


class AsofJoin(Timed):
    """Put beside each row of the left input the one row of the right input that is next to it in time.

    Such as the last deployment before an error, or the last known price. When a better partner comes later, the row is
    taken back and put out again.
    """

    left_time: LeftColumn = "time_unix_nano"
    """Time of a row of the left input."""
    right_time: RightColumn = "time_unix_nano"
    """Time of a row of the right input."""
    direction: Literal["backward", "forward", "nearest"] = "backward"
    """Take the last one before or at the time, the first one at or after it, or whichever is nearer."""
    tolerance_s: float | None = Field(None, ge=0)
    """A partner that is further away than this counts as none."""
    on: dict[LeftColumn, RightColumn] = {}
    """Column of the left input -> column of the right input that has to be equal as well."""
    how: Literal["inner", "left"] = "left"
    """Whether rows without a partner are kept; what they lack is empty."""
    suffix: str = Field("_right", min_length=1)
    """Put behind the names of right columns that the left input has too."""

    example: ClassVar[Example | None] = example(
        {"left_time": "t", "right_time": "at", "time_unit": "s", "tolerance_s": 60, "on": {"service": "service"}},
        grid(
            "t service at service_right version",
            (130, "cart", 100, "cart", "v2"),
            (90, "cart", 50, "cart", "v1"),
            (500, "cart", None, None, None),
        ),
        left=grid("t service", (130, "cart"), (90, "cart"), (500, "cart")),
        right=grid("at service version", (50, "cart", "v1"), (100, "cart", "v2")),
    )

    @property
    def grows(self) -> str:
        return "It keeps all rows of both inputs; windows.interval_join has a cutoff."

    def build(self, left: Rows, right: Rows) -> Rows:
        right = twice(left, right)
        self.length(right, self.right_time, 0)
        self.length(left, self.left_time, 0)
        joined = left.asof_join(
            right,
            left[self.left_time],
            right[self.right_time],
            *equal(left, right, self.on),
            how=pw.JoinMode.LEFT,
            direction=DIRECTIONS[self.direction],
        ).select(**beside(left, right, self.suffix), _partner_time=right[self.right_time])
        if self.tolerance_s is not None:
            joined = self._within(joined, len(left.column_names()))
        if self.how == "inner":
            joined = joined.filter(joined._partner_time.is_not_none())
        return joined.without(pw.this._partner_time)

    def _within(self, joined: Rows, width: int) -> Rows:
        far = self.length(joined, self.left_time, self.tolerance_s or 0)
        distance = joined[self.left_time] - pw.unwrap(joined._partner_time)
        near = pw.if_else(joined._partner_time.is_none(), False, (distance <= far) & (distance >= -far))
        names = list(joined.column_names())[width:]
        kept: dict[str, Any] = {name: pw.if_else(near, joined[name], None) for name in names}
        return joined.with_columns(**kept)
