"""What sysstat's sar, mpstat, pidstat and `iostat -t` print: tables of figures, each row or table with its time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from workbench.ingest.files import Found
from workbench.ingest.readers.machine_names import host_of, metric_name, unit_of, with_use
from workbench.ingest.readers.points import Point, numbered_lines
from workbench.ingest.shape import Shape, is_number
from workbench.semconv import NANOS_PER_SECOND

_BANNER = re.compile(r"(?:Linux|SunOS|AIX) \S+ \((?P<host>[^)]*)\)\s+(?P<date>\S+)")
_TIMED = re.compile(r"(\d\d:\d\d:\d\d)(?: ([AP]M))?\s+(.*)")
_DATED = re.compile(r"(\d+[/.-]\d+[/.-]\d+)[ T](\d\d:\d\d:\d\d)([+-]\d{4})?(?: ([AP]M))?")
_DECIMAL = re.compile(r"^(-?\d+),(\d+)$")
_DATES = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
_KEYS = {
    "CPU": "cpu",
    "DEV": "device",
    "Device": "device",
    "IFACE": "interface",
    "PID": "pid",
    "UID": "uid",
    "USER": "user",
    "INTR": "interrupt",
    "TTY": "tty",
    "BUS": "bus",
    "FILESYSTEM": "filesystem",
}


def is_sysstat(rows: Sequence[str]) -> bool:
    """Tell whether lines are those of one of sysstat's tools, with times."""
    banner = any(_BANNER.match(row) for row in rows[:3])
    return banner and any(_TIMED.match(row) or _DATED.fullmatch(row.strip()) for row in rows)


def points(file: Found, shape: Shape) -> Iterator[Point]:
    """Yield the figures of each row."""
    host, day, columns = host_of(file), None, list[str]()
    moment: datetime | None = None
    # A file may have one table after the other, each of the whole day: each has its own midnight.
    last: dict[tuple[str, ...], datetime | None] = {}
    for number, line in numbered_lines(file, shape.encoding):
        said = line.strip()
        if banner := _BANNER.match(said):
            host, day, moment, last = banner["host"] or host, _day(banner["date"]), None, {}
            continue
        if not said or said.startswith(("Average:", "Summary:")) or "LINUX RESTART" in said:
            columns = []
            continue
        if dated := _DATED.fullmatch(said):
            day, columns = _day(dated[1]), []
            moment = _moment(day, dated[2], dated[4], None)
            if moment and dated[3]:
                moment = moment.replace(tzinfo=datetime.strptime(dated[3], "%z").tzinfo)
            continue
        timed = _TIMED.match(said)
        # Some locales write a decimal comma.
        cells = [_DECIMAL.sub(r"\1.\2", cell) for cell in (timed[3] if timed else said).split()]
        if not any(is_number(cell) for cell in cells) or said.startswith(("avg-cpu:", "Device")):
            columns = [cell.rstrip(":") for cell in cells if cell != "avg-cpu:"]
            continue
        if timed:
            moment = last[tuple(columns)] = _moment(day, timed[1], timed[2], last.get(tuple(columns)))
        yield from _row(number, line, moment, columns, cells, host)


def _row(
    number: int, line: str, moment: datetime | None, columns: list[str], cells: list[str], host: str
) -> Iterator[Point]:
    process = bool(columns) and columns[-1] == "Command"
    if process and len(cells) > len(columns):
        cells = [*cells[: len(columns) - 1], " ".join(cells[len(columns) - 1 :])]
    if moment is None or not columns or len(cells) != len(columns):
        yield Point(number, reason="the line is no row of a table with a time", raw=line)
        return
    at = int(moment.timestamp()) * NANOS_PER_SECOND
    row = dict(zip(columns, cells, strict=True))
    # Of a processor or a device `all` is the whole machine.
    known = {_KEYS[name]: cell for name, cell in row.items() if name in _KEYS and cell not in ("all", "-1")}
    if process:
        # A process moves from one processor to another.
        known.pop("cpu", None)
    service = row.pop("Command", "").strip("|_")
    values = {
        metric_name(name, process=process): float(cell)
        for name, cell in row.items()
        if name not in _KEYS and is_number(cell)
    }
    for name, value in values.items() if process else with_use(values):
        yield Point(number, at, name, value, unit_of(name), service, host, known)


def _day(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(f"{text} +0000", f"{form} %z").date()
        except ValueError:
            continue
    return None


def _moment(day: date | None, clock: str, half: str | None, before: datetime | None) -> datetime | None:
    """Return the moment of a row: the day after when the clock has passed midnight since the row before."""
    if day is None:
        return None
    at = time.fromisoformat(clock)
    if half:
        at = at.replace(hour=at.hour % 12 + (12 if half == "PM" else 0))
    found = datetime.combine(before.date() if before else day, at, UTC)
    return found + timedelta(days=1) if before and before - found > timedelta(hours=12) else found
