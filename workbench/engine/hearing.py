"""What the child of a run says: rows go to the intake, figures are remembered, faults are noted, errors are counted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from workbench.engine import checkpoint
from workbench.engine.events import (
    Ask,
    Batch,
    Built,
    Counts,
    Ended,
    Event,
    FailedRow,
    Findings,
    Goes,
    Keep,
    Metrics,
    Recall,
    RejectedRow,
    RowError,
    Tapped,
    Unlock,
)
from workbench.engine.intake import Intake
from workbench.engine.moves import Moves
from workbench.engine.unsealed import unlock
from workbench.engine.wire import Wire
from workbench.facts.metrics import FlowMetrics
from workbench.facts.run import Run, RunStatus
from workbench.flow.findings import Severity
from workbench.guard.secrets import SecretStore
from workbench.store import runs

NOTE_S = 1.0
KEPT_METRICS = 1200
"""Figures of each run that are remembered: ten minutes."""


class Hearing:
    """Takes the frames of one run, of one child after the other."""

    def __init__(
        self,
        run: Run,
        intake: Intake,
        moves: Moves,
        *,
        max_errors: int | None,
        too_many: Callable[[str], None],
        state_folder: Path | None,
        secrets: SecretStore | None,
    ) -> None:
        """Prepare.

        Args:
            run: The run as it was when it began.
            intake: Where its rows go.
            moves: Its status.
            max_errors: Rows that may fail.
            too_many: Told in words when more have failed, with each count again.
            state_folder: Where the engine keeps its state, if it does.
            secrets: What the child may ask for.
        """
        self._run, self._intake, self._moves = run, intake, moves
        self._max_errors, self._too_many = max_errors, too_many
        self._state_folder, self._secrets = state_folder, secrets
        self.metrics: deque[FlowMetrics] = deque(maxlen=KEPT_METRICS)
        """The last figures, the newest at the end."""
        self.tapped: dict[str, Tapped] = {}
        """The last rows of the nodes that are looked at."""
        self.begin()

    def begin(self) -> None:
        """Forget what the last child said of itself; the next one begins."""
        self.ended: Ended | None = None
        """How the child says that it has ended."""
        self.faulty = False
        """Whether the flow has faults, with which it fails the same way again."""
        self._counts = Counts(rows_in={}, rows_out={})
        self._noted = 0.0

    def take(self, event: Event, blob: bytes, wire: Wire) -> None:
        """Take one frame; raises `StoreError` when its rows cannot be stored."""
        match event:
            case Batch() | RejectedRow() | RowError() | FailedRow() | Ask() | Recall() | Keep():
                self._intake.take(event, blob, wire)
            case Counts():
                self._counts = event
                self._intake.flush()
                self._note_counts()
                self._check_errors()
            case Unlock():
                unlock(event, self._secrets, wire)
            case Metrics():
                self.metrics.append(FlowMetrics(run_id=self._run.run_id, **event.model_dump(exclude={"type"})))
            case Tapped():
                self.tapped[event.node] = event
            case Goes():
                self._intake.goes_on(event)
                self._note_beginning(event)
            case Built():
                self._intake.sinks.update(event.sinks)
                self._moves.begin(RunStatus.RUNNING)
            case Findings():
                self._note_findings(event)
            case Ended():
                self.ended = event

    def settle(self) -> None:
        """Let the store forget how to take back what the engine has kept the input of."""
        kept = checkpoint.kept_before(self._state_folder) if self._state_folder else None
        if kept is not None:
            self._intake.settle(kept)

    def totals(self) -> dict[str, int]:
        """Return the counts of the run's row."""
        return {
            "rows_in": sum(self._counts.rows_in.values()),
            "rows_out": sum(self._counts.rows_out.values()),
            "rows_rejected": self._intake.rejects.total(),
        }

    def _note_beginning(self, event: Goes) -> None:
        if event.on_from is None and (event.why_not or self._run.resumed_from):
            why = event.why_not or "nothing was kept yet"
            self._moves.to(RunStatus.STARTING, resumed_from="", note=f"began afresh: {why}")

    def _note_findings(self, event: Findings) -> None:
        for finding in event.findings:
            if finding.severity is Severity.ERROR:
                self.faulty = True
                runs.add_error(self._intake.store, self._run.run_id, finding.node, finding.text())

    def _note_counts(self) -> None:
        """Write the counts into the run's row now and then, for those who look at it from elsewhere."""
        if time.monotonic() - self._noted < NOTE_S:
            return
        self._noted = time.monotonic()
        self._moves.note(**self.totals())
        self.settle()

    def _check_errors(self) -> None:
        failed = self._intake.rejects.total()
        if self._max_errors is not None and failed > self._max_errors:
            self._too_many(f"{failed:,} rows failed, more than {self._max_errors:,}")
