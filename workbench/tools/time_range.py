"""The stretch of time that somebody asks about: absolute, or back from the newest row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from workbench.errors import BadInput
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.store.explore.where import bounds
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench

Buckets = Annotated[int, Field(ge=1, le=4000)]
"""How many buckets at most: the pixels of a chart."""
PageSize = Annotated[int, Field(ge=1, le=10_000)]
_BACK = re.compile(r"-\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)")
_UNITS_S = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


class TimeRange(NamedTuple):
    """From `start` on and before `end`, UTC nanoseconds."""

    start: int
    end: int


def time_range(wb: Workbench, table: Table, start: str, end: str, scope: str = "") -> TimeRange | None:
    """Return the stretch of time that two texts mean, or None when the table has no rows and a side needs them.

    Args:
        wb: The workbench.
        table: Whose rows an open side goes to.
        start: A time, `-15m` (s, m, h, d, w) back from the newest row, or '' for the first row.
        end: The same; '' is just after the newest row.
        scope: The data set; '' is all.

    Raises:
        BadInput: a text is no time, or the start is not before the end.
    """
    known = None
    if not start or not end or _BACK.fullmatch(start.strip()) or _BACK.fullmatch(end.strip()):
        known = bounds(wb.store, table, scope)
        if known is None:
            return None
    newest = known.end_unix_nano if known else 0
    first = _moment(start, newest, "start") if start else (known.start_unix_nano if known else 0)
    last = _moment(end, newest, "end") if end else newest
    if first >= last:
        raise BadInput("the start is not before the end", where=f"{start or 'first row'} to {end or 'newest row'}")
    return TimeRange(first, last)


def _moment(text: str, newest: int, where: str) -> int:
    back = _BACK.fullmatch(text.strip())
    if back:
        return max(0, newest - int(float(back[1]) * _UNITS_S[back[2]] * NANOS_PER_SECOND))
    return parse_at(text, where)
