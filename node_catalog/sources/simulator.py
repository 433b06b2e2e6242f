"""The node `sources.simulator`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from workbench.errors import BadInput
from workbench.flow.example import Example, grid, reads
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of
from workbench.semconv import COLUMNS, NANOS_PER_SECOND, ORIGIN, TIME_COLUMN, Table
from workbench.simulate.faults import parse_fault
from workbench.simulate.live import live_logs
from workbench.simulate.replay import stream
from workbench.simulate.world import DEFAULT_START_UNIX_NANO, simulate

TYPES = {"BIGINT": int, "INTEGER": int, "DOUBLE": float, "VARCHAR": str}


class Simulator(Node):
    """Make telemetry of a simulated shop, for trials: columns as in the workspace table of the same name.

    Logs without faults come without end, with a wave of errors now and then. Spans, metrics, or logs with faults come
    from a run of some minutes.
    """

    delivery = "at-most-once"

    signal: Literal["logs", "spans", "metrics"] = "logs"
    """What to make."""
    rate_per_s: float = Field(20.0, gt=0, le=10_000)
    """Log rows per second; with faults, or for spans and metrics, requests per second (at most 200)."""
    error_spike_every_s: float = Field(120.0, ge=0)
    """A wave of errors ends at each multiple of this; 0 makes none."""
    error_spike_length_s: float = Field(20.0, ge=0)
    """Length of a wave."""
    error_share: float = Field(0.4, ge=0, le=1)
    """Share of errors within a wave."""
    spike_service: str = "payments"
    """Service that has the waves."""
    faults: list[str] = []
    """Faults such as cpu@cart or network_delay@payments+300 (seconds after the start)."""
    minutes: float = Field(12.0, gt=0, le=240)
    """Length of a run with faults, or of spans and metrics."""
    seed: int = 0
    """The same seed makes the same rows."""
    speed: float = Field(1.0, ge=0)
    """How many times faster than real; 0 does not wait at all."""
    rows: int = Field(0, ge=0)
    """End after so many rows; 0 does not end before the simulation does."""
    start_now: bool = True
    """Date the rows from now on; otherwise from a fixed morning, so that two runs are equal."""

    example: ClassVar[Example | None] = reads(
        {"rows": 2, "speed": 0, "start_now": False, "seed": 1, "rate_per_s": 1},
        grid("service_name severity_number", ("shipping", 9), ("catalog", 5)),
        {},
    )

    @field_validator("faults")
    @classmethod
    def _known(cls, faults: list[str]) -> list[str]:
        for fault in faults:
            try:
                parse_fault(fault)
            except BadInput as error:
                raise ValueError(str(error)) from error
        return faults

    @property
    def endless(self) -> bool:
        return self.signal == "logs" and not self.faults and not self.rows

    def build(self, *, source: Source) -> Rows:
        columns = {name: TYPES[kind] for name, kind in COLUMNS[Table(self.signal)].items() if name not in ORIGIN}
        return rows_of(SimulatorReader(self, list(columns), source), columns)


class SimulatorReader(RowSource):
    """Plays the shop."""

    def __init__(self, settings: Simulator, columns: list[str], source: Source) -> None:
        super().__init__(source)
        self.settings, self.columns = settings, columns

    def read(self) -> None:
        """Put the rows, each when its time has come."""
        settings = self.settings
        begin, first = time.monotonic(), 0
        for count, (due, row) in enumerate(self._dated_rows()):
            if self.source.stop.is_set() or (settings.rows and count >= settings.rows):
                return
            first = first or due
            if settings.speed:
                ahead = (due - first) / NANOS_PER_SECOND / settings.speed - (time.monotonic() - begin)
                # Short waits are put together: the engine commits a few times a second anyway.
                if ahead > 0.02:
                    self.flush()
                    self.source.stop.wait(ahead)
            self.put(tuple(row[name] for name in self.columns))

    def _dated_rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        settings = self.settings
        start = time.time_ns() if settings.start_now else DEFAULT_START_UNIX_NANO
        if settings.signal == "logs" and not settings.faults:
            for row in live_logs(
                settings.rate_per_s,
                settings.seed,
                settings.error_spike_every_s,
                settings.error_spike_length_s,
                settings.error_share,
                settings.spike_service,
                start_unix_nano=start,
            ):
                yield row["time_unix_nano"], row
            return
        wanted = Table(settings.signal)
        faults = [parse_fault(fault) for fault in settings.faults]
        simulation = simulate(faults, settings.seed, settings.minutes, start, min(settings.rate_per_s, 200.0))
        known = "end_time_unix_nano" if wanted is Table.SPANS else str(TIME_COLUMN[wanted])
        for batch in stream(simulation, 0):
            for table, row in batch:
                if table is wanted:
                    yield row[known], row
