"""What an investigation works with: the store, the callables of other rooms, and the telemetry, read once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from workbench.facts.diagnosis import Diagnosis
from workbench.facts.telemetry import Case, Telemetry
from workbench.models.protocol import ChatModel
from workbench.store import telemetry as telemetry_rows
from workbench.store.db import Store
from workbench.store.reports import Report
from workbench.store.steps import StepRecord


class Diagnose(Protocol):
    """Finds the root causes of a case; see `rca.diagnose.diagnose`."""

    def __call__(self, case: Case, *, top: int) -> Diagnosis:
        """Return the diagnosis with at most `top` causes."""
        ...


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """Everything that a report is made of."""

    report_id: str
    investigation_id: str
    incident_id: str
    diagnosis: Diagnosis
    summary: list[str]
    worded_by: str
    worded_why: str
    masked: int
    steps: list[StepRecord]
    telemetry: Telemetry
    folder: Path
    """Folder of this report alone; the same for the same investigation."""
    now_unix_nano: int


WriteReport = Callable[[Store, ReportOrder], Report]


@dataclass(slots=True)
class Place:
    """Where an investigation takes place. Only this process knows it; nothing of it is in the graph's state."""

    store: Store
    diagnose: Diagnose
    write_report: WriteReport
    reports: Path
    model: ChatModel | None = None
    now: Callable[[], int] = time.time_ns
    on_step: Callable[[StepRecord], None] | None = None
    given: Case | None = None
    """The case, when it is in memory already."""
    between: tuple[int | None, int | None] = (None, None)
    """Bounds of the time to be read from the store (UTC ns, the last exclusive)."""
    _read: dict[str, Telemetry] = field(default_factory=dict)
    _references: dict[str, dict[str, Telemetry]] = field(default_factory=dict)

    def case(self, scope: str, at_unix_nano: int | None) -> Case:
        """Return the case of a data set: the one that was handed over, or what the store has."""
        if self.given is not None:
            at = at_unix_nano if at_unix_nano is not None else self.given.at_unix_nano
            return Case(self.given.name, self.given.telemetry, self.given.references, at)
        return Case(scope, self.telemetry(scope), self._references_of(scope), at_unix_nano)

    def telemetry(self, scope: str) -> Telemetry:
        """Return the rows of a data set."""
        if self.given is not None:
            return self.given.telemetry
        if scope not in self._read:
            start, end = self.between
            self._read[scope] = telemetry_rows.read(
                self.store,
                scope=scope,
                start_unix_nano=start,
                end_unix_nano=end,
                most_spans=telemetry_rows.MOST_SPANS,
            )
        return self._read[scope]

    def _references_of(self, scope: str) -> dict[str, Telemetry]:
        if scope not in self._references:
            self._references[scope] = telemetry_rows.references(self.store, scope)
        return self._references[scope]
