"""What nodes that look at the time of rows share: whole numbers with a unit, or columns of type time."""

from __future__ import annotations

from typing import Any, Literal

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import column_type

PER_SECOND = {"ns": 1_000_000_000, "us": 1_000_000, "ms": 1000, "s": 1}


class Timed(Node):
    """Settings of every node that looks at the time of rows."""

    time_unit: Literal["ns", "us", "ms", "s"] = "ns"
    """Unit of time columns that hold whole numbers; columns of type time have their own."""

    def ticks(self, seconds: float) -> int:
        """Return seconds in units of a time column of whole numbers, at least 1 in size unless it is 0."""
        exact = seconds * PER_SECOND[self.time_unit]
        return round(exact) or (0 if exact == 0 else 1 if exact > 0 else -1)

    def length(self, rows: Rows, column: str, seconds: float) -> Any:
        """Return seconds as what is added to a time column.

        Raises:
            BadInput: the column holds no times.
        """
        found = column_type(rows, column)
        if found.nullable:
            raise BadInput(
                f"{column} may be none, so it tells no time", hint="Put tables.drop_missing before this node"
            )
        match found.type:
            case "integer":
                return self.ticks(seconds)
            case "number":
                return seconds * PER_SECOND[self.time_unit]
            case "time" | "local_time":
                return pw.Duration(round(seconds * PER_SECOND["ns"]), unit="ns")
            case other:
                raise BadInput(
                    f"{column} is {other}, which is no time",
                    hint="It has to be a time or a whole number; tables.select has parse_time() and time_unix_nano()",
                )

    def moment(self, rows: Rows, column: str, seconds: float) -> Any:
        """Return a moment, in seconds since 1970, as a value of a time column."""
        kind = column_type(rows, column).type
        if kind == "time":
            return pw.DateTimeUtc("1970-01-01T00:00:00Z") + self.length(rows, column, seconds)
        if kind == "local_time":
            return pw.DateTimeNaive("1970-01-01T00:00:00") + self.length(rows, column, seconds)
        return self.length(rows, column, seconds)
