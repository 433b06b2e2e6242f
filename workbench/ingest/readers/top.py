"""What `top -b` prints: the machine's figures and a table of processes, again and again, with the time of day."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from workbench.ingest.files import Found
from workbench.ingest.readers.machine_names import host_of, metric_name, unit_of, with_use
from workbench.ingest.readers.points import Point, numbered_lines
from workbench.ingest.shape import Shape, is_number
from workbench.semconv import NANOS_PER_SECOND

_TOP = re.compile(r"top - (\d\d:\d\d:\d\d) up .*load average: ([\d.]+), ([\d.]+), ([\d.]+)")
_FIGURE = re.compile(r"([\d.]+)[ +](us|sy|ni|id|wa|st|total|free|used|buff/cache|avail Mem)\b")
_MEMORY = {"total": "total", "free": "free", "used": "used", "buff/cache": "cached", "avail Mem": "available"}
_KB = {"K": 1.0, "M": 1024.0, "G": 1024.0**2, "T": 1024.0**3}
_SIZE = re.compile(r"([\d.]+)([mgt]?)")


def is_top(rows: Sequence[str]) -> bool:
    """Tell whether lines are those of `top -b`."""
    return any(_TOP.match(row) for row in rows[:3])


def points(file: Found, shape: Shape) -> Iterator[Point]:
    """Yield the figures of each screen."""
    host, before, columns, at = host_of(file), _latest(file), list[str](), 0
    first = True
    for number, line in numbered_lines(file, shape.encoding):
        values: dict[str, float] = {}
        if found := _TOP.match(line):
            moment = datetime.combine(before.date(), time.fromisoformat(found[1]), UTC)
            # The file was written last at or after its first screen; each screen comes after the one before.
            if first and moment > before:
                moment -= timedelta(days=1)
            elif not first and moment < before:
                moment += timedelta(days=1)
            before, first, columns, at = moment, False, [], int(moment.timestamp()) * NANOS_PER_SECOND
            values = {f"load_avg_{minutes}m": float(found[place]) for minutes, place in ((1, 2), (5, 3), (15, 4))}
        elif line.startswith("%Cpu"):
            values = dict(with_use({metric_name(name): float(cell) for cell, name in _FIGURE.findall(line)}))
        elif memory := re.match(r"([KMGT])iB (Mem|Swap) *:", line):
            values = _memory(line, _KB[memory[1]], "memory" if memory[2] == "Mem" else "swap")
        elif line.split()[:2] == ["PID", "USER"]:
            columns = line.split()
        elif columns and line.strip():
            yield from _process(number, line, at, columns, host)
        for name, value in values.items():
            yield Point(number, at, name, value, unit_of(name), host=host)


def _memory(line: str, factor: float, of: str) -> dict[str, float]:
    # What is available stands in the line of the swap and is the memory's.
    whose = [("memory" if name == "avail Mem" else of, _MEMORY[name], cell) for cell, name in _FIGURE.findall(line)]
    return {f"{one}_{what}_kb": round(float(cell) * factor, 3) for one, what, cell in whose}


def _process(number: int, line: str, at: int, columns: list[str], host: str) -> Iterator[Point]:
    cells = line.split(maxsplit=len(columns) - 1)
    if len(cells) != len(columns):
        yield Point(number, reason="the line is no process of the table", raw=line)
        return
    row = dict(zip(columns, cells, strict=True))
    size = _SIZE.fullmatch(row.get("RES", ""))
    values = {metric_name(name, process=True): row[name] for name in ("%CPU", "%MEM") if is_number(row.get(name, ""))}
    if size:
        values["process_memory_rss_kb"] = str(float(size[1]) * _KB[(size[2] or "k").upper()])
    command = row.get("COMMAND", "").split()[0]
    for name, value in values.items():
        yield Point(number, at, name, float(value), unit_of(name), command, host, {"pid": row["PID"]})


def _latest(file: Found) -> datetime:
    return datetime.fromtimestamp(os.stat(file.path).st_mtime, UTC)
