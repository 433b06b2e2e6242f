"""What `vmstat -t SECONDS` prints: a line of figures of the machine with its time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from workbench.ingest.files import Found
from workbench.ingest.readers.machine_names import host_of, metric_name, unit_of, with_use
from workbench.ingest.readers.points import Point, numbered_lines
from workbench.ingest.shape import Shape
from workbench.semconv import NANOS_PER_SECOND

_HEADER = re.compile(r"\s*r\s+b\s+swpd\s+free\s")
_TITLE = re.compile(r"procs\b.*\bmemory\b")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$")


def is_vmstat(rows: Sequence[str]) -> bool:
    """Tell whether lines are those of vmstat with times."""
    return any(_HEADER.match(row) for row in rows[:5]) and any(_TIME.search(row.rstrip()) for row in rows)


def points(file: Found, shape: Shape) -> Iterator[Point]:
    """Yield the figures of each line."""
    host, columns, zone = host_of(file), [], "UTC"
    for number, line in numbered_lines(file, shape.encoding):
        if _HEADER.match(line):
            columns = line.split()
            if columns[-1].isupper():
                zone = columns.pop()
            continue
        if not line.strip() or _TITLE.match(line):
            continue
        time = _TIME.search(line.rstrip())
        cells = line[: time.start()].split() if time else line.split()
        if not time or len(cells) != len(columns) or not all(cell.isdigit() for cell in cells):
            yield Point(number, reason="the line is none of vmstat's with a time", raw=line)
            continue
        moment = datetime.fromisoformat(f"{time[1]} {time[2]}").replace(tzinfo=_zone(zone))
        at = int(moment.timestamp()) * NANOS_PER_SECOND
        values = {metric_name(name): float(cell) for name, cell in zip(columns, cells, strict=True)}
        for name, value in with_use(values):
            yield Point(number, at, name, value, unit_of(name), host=host)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC
