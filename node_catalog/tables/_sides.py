"""What nodes with two inputs share: settings for columns of either side, and rows put side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

import pathway as pw
from pydantic import Field

from workbench.flow.rows import Rows

LeftColumn = Annotated[str, Field(min_length=1, json_schema_extra={"format": "column", "port": "left"})]
"""A column of the left input."""
RightColumn = Annotated[str, Field(min_length=1, json_schema_extra={"format": "column", "port": "right"})]
"""A column of the right input."""
How = Literal["inner", "left", "right", "outer"]
"""Which rows without a partner are kept."""
MODES = {
    "inner": pw.JoinMode.INNER,
    "left": pw.JoinMode.LEFT,
    "right": pw.JoinMode.RIGHT,
    "outer": pw.JoinMode.OUTER,
}


def beside(left: Rows, right: Rows, suffix: str, *, without: Collection[str] = ()) -> dict[str, Any]:
    """Return all columns of both sides; one of the right whose name is taken gets the suffix.

    Args:
        left: The left input.
        right: The right input.
        suffix: Put behind names that are taken.
        without: Columns of the right input that are left out.
    """
    columns = {name: left[name] for name in left.column_names()}
    for name in right.column_names():
        if name not in without:
            columns[name + suffix if name in columns else name] = right[name]
    return columns


def twice(left: Rows, right: Rows) -> Rows:
    """Return the right input, as a table of its own when both inputs are the same."""
    return right.copy() if left is right else right


def equal(left: Rows, right: Rows, on: Mapping[str, str]) -> list[Any]:
    """Return the conditions of a join."""
    return [left[ours] == right[theirs] for ours, theirs in on.items()]


def same_keys(left: Rows, right: Rows, on: Mapping[str, str], how: str) -> list[str]:
    """Return the right columns that say what a left column of the same name says already."""
    return [theirs for ours, theirs in on.items() if ours == theirs and how in ("inner", "left")]
