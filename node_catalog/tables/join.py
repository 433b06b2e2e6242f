"""The node `tables.join`."""

from __future__ import annotations

from typing import Annotated, Literal

import pathway as pw
from pydantic import Field

from workbench.flow.node import Node
from workbench.flow.rows import Rows

LeftColumn = Annotated[str, Field(json_schema_extra={"format": "column", "port": "left"})]
RightColumn = Annotated[str, Field(json_schema_extra={"format": "column", "port": "right"})]
HOW = {
    "inner": pw.JoinMode.INNER,
    "left": pw.JoinMode.LEFT,
    "right": pw.JoinMode.RIGHT,
    "outer": pw.JoinMode.OUTER,
}


class Join(Node):
    """Put rows of two inputs side by side where columns are equal.

    The output has all columns of both; a column of the right input whose name is taken gets `suffix`.
    """

    on: dict[LeftColumn, RightColumn] = Field(min_length=1)
    """Column of the left input -> column of the right input that has to be equal."""
    how: Literal["inner", "left", "right", "outer"] = "inner"
    """Which rows without a partner are kept; what they lack is empty."""
    suffix: str = Field("_right", min_length=1)
    """Put behind the names of right columns that the left input has too."""

    @property
    def grows(self) -> str:
        return "Put a window with a cutoff before it, so that one side ends."

    def build(self, left: Rows, right: Rows) -> Rows:
        if left is right:
            right = right.copy()
        conditions = [left[ours] == right[theirs] for ours, theirs in self.on.items()]
        columns = {name: left[name] for name in left.column_names()}
        for name in right.column_names():
            if self.on.get(name) == name and self.how in ("inner", "left"):
                continue
            columns[name + self.suffix if name in columns else name] = right[name]
        return left.join(right, *conditions, how=HOW[self.how]).select(**columns)
