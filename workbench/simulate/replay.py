"""Plays a finished run again as if it happened now."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from workbench.errors import BadInput
from workbench.semconv import NANOS_PER_SECOND, ORIGIN, Table
from workbench.simulate.world import Simulation

Batch = list[tuple[Table, dict[str, Any]]]
_SLICE = NANOS_PER_SECOND
_KNOWN_AT = {
    Table.LOGS: "time_unix_nano",
    Table.SPANS: "end_time_unix_nano",
    Table.METRICS: "time_unix_nano",
    Table.EVENTS: "time_unix_nano",
}
"""When a row becomes known: a span is sent when it ends."""


def stream(
    simulation: Simulation,
    speed: float,
    *,
    start_unix_nano: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Batch]:
    """Return the rows of each second of the run, in the order in which they became known, without their origin.

    The first batch comes at once, each later one when its second has passed, `speed` times as fast as it did; a speed
    of 0 does not wait at all. With `start_unix_nano` all times are moved so that the run starts then.

    Raises:
        BadInput: the speed is negative.
    """
    if speed < 0:
        raise BadInput(f"a speed of {speed:g}", where="speed", hint="Give 1 for real time, 0 to not wait")
    return _batches(simulation, speed, start_unix_nano, sleep)


def _batches(
    simulation: Simulation, speed: float, start_unix_nano: int | None, sleep: Callable[[float], None]
) -> Iterator[Batch]:
    moved = 0 if start_unix_nano is None else start_unix_nano - simulation.start_unix_nano
    before: int | None = None
    rows = heapq.merge(*(_rows(simulation, table) for table in _KNOWN_AT), key=lambda row: row[0])
    for second, group in groupby(rows, key=lambda row: row[0] // _SLICE):
        if before is not None and speed:
            sleep((second - before) / speed)
        before = second
        yield [(table, _move(row, moved)) for _, table, row in group]


def _rows(simulation: Simulation, table: Table) -> Iterator[tuple[int, Table, dict[str, Any]]]:
    column = _KNOWN_AT[table]
    frame = simulation.telemetry.frame(table).sort_values(column, kind="stable").drop(columns=list(ORIGIN))
    names = list(frame.columns)
    place = names.index(column)
    for values in frame.itertuples(index=False, name=None):
        yield values[place], table, dict(zip(names, values, strict=True))


def _move(row: dict[str, Any], moved: int) -> dict[str, Any]:
    if not moved:
        return row
    return {name: value + moved if name.endswith("_unix_nano") else value for name, value in row.items()}
