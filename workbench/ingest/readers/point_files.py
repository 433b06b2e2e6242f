"""The formats whose every line holds values of metrics and that are parsed in Python: which a file is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from workbench.ingest.files import Found
from workbench.ingest.profile import Format
from workbench.ingest.readers import line_protocol, sysstat, top, vmstat
from workbench.ingest.readers.points import Point
from workbench.ingest.shape import Shape


class PointFormat(NamedTuple):
    """How one of the formats is told and read, and what an explanation says of it."""

    fits: Callable[[Sequence[str]], bool]
    points: Callable[[Found, Shape], Iterator[Point]]
    said: str
    clock: str


_LOCAL = "the local time of the machine, read as UTC where no zone is written"
FORMATS: dict[Format, PointFormat] = {
    "vmstat": PointFormat(vmstat.is_vmstat, vmstat.points, "what vmstat -t printed", _LOCAL),
    "sysstat": PointFormat(sysstat.is_sysstat, sysstat.points, "what sar, mpstat, pidstat or iostat printed", _LOCAL),
    "top": PointFormat(top.is_top, top.points, "what top -b printed", f"{_LOCAL}; the day is the file's"),
    "line_protocol": PointFormat(
        line_protocol.is_line_protocol, line_protocol.points, "InfluxDB's line protocol", "epoch in ns; UTC"
    ),
}


def format_of(rows: Sequence[str]) -> Format | None:
    """Return the format that lines are in; None when it is none of these."""
    return next((name for name, one in FORMATS.items() if one.fits(rows)), None)
