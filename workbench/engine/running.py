"""One run as its owner sees it: takes the child's frames, and decides how it ended."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from workbench.engine.events import (
    Ask,
    Batch,
    Built,
    Counts,
    Ended,
    Event,
    Findings,
    Keep,
    Recall,
    RejectedRow,
    RowError,
    Stop,
    Unlock,
    Wire,
)
from workbench.engine.intake import Intake
from workbench.engine.unsealed import unlock
from workbench.errors import CausewayError
from workbench.facts.incident import RUN_MOVES, Run, RunStatus
from workbench.flow.findings import Severity
from workbench.guard.secrets import SecretStore
from workbench.store import runs
from workbench.store.db import Store

NOTE_S = 1.0
log = logging.getLogger(__name__)


class Running:
    """A run that was started and may not have ended yet."""

    def __init__(
        self,
        store: Store,
        run: Run,
        scope: str,
        on_event: Callable[[Event], None] | None,
        secrets: SecretStore | None = None,
    ) -> None:
        self.store, self.run = store, run
        self._secrets = secrets
        self.pid: int | None = None
        self.over = threading.Event()
        self._intake = Intake(store, run.run_id, run.flow_name, scope)
        self._tell = on_event or (lambda event: None)
        self._wire: Wire | None = None
        self._log: Path | None = None
        self._code: int | None = None
        self._ended: Ended | None = None
        self._counts = Counts(rows_in={}, rows_out={})
        self._fault = ""
        self._noted = 0.0
        self._asked = False
        self._signals: list[signal.Signals] = []
        self._gone = threading.Event()
        self._moving = threading.Lock()

    # -- what the supervisor does

    def started(self, wire: Wire, pid: int, log_file: Path | None) -> None:
        """Take the child's frames from now on, in a thread."""
        self._wire, self.pid, self._log = wire, pid, log_file
        threading.Thread(target=self._take, args=(wire,), daemon=True, name=self.run.run_id).start()

    def could_not_start(self, reason: str) -> None:
        """End the run before it began."""
        self._move(RunStatus.FAILED, exit_reason=f"failed: {reason}", ended_unix_nano=time.time_ns())
        self.over.set()

    def exited(self, code: int) -> None:
        """Take note of the child's exit code; called by the fork server's thread."""
        self._code = code
        self._gone.set()

    def stopping(self) -> None:
        """Remember that the end is wanted."""
        self._asked = True
        with self._moving:
            if RunStatus.STOPPING in RUN_MOVES[runs.get(self.store, self.run.run_id).status]:
                runs.move(self.store, self.run.run_id, RunStatus.STOPPING)

    def ask_to_stop(self) -> None:
        """Ask for a drain."""
        if self._wire:
            try:
                self._wire.send(Stop())
            except OSError:
                log.debug("%s is gone already", self.run.run_id)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None and not self._gone.is_set():
            self._signals.append(number)
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                log.debug("%s is gone already", self.run.run_id)

    # -- what the child says

    def _take(self, wire: Wire) -> None:
        try:
            while frame := wire.receive():
                self._handle(*frame, wire)
                self._tell(frame[0])
        except Exception as error:
            # Rows that cannot be stored are lost if the run goes on, so it must not; and whoever waits must not hang.
            log.exception("%s: what the run said could not be handled", self.run.run_id)
            self._fault = str(error) if isinstance(error, CausewayError) else f"{type(error).__name__}: {error}"
            self.kill()
        wire.close()
        self._gone.wait()
        self._finish()

    def _handle(self, event: Event, blob: bytes, wire: Wire) -> None:
        match event:
            case Batch():
                self._intake.batch(event, blob, wire)
            case Counts():
                self._counts = event
                self._intake.flush()
                self._note_counts()
            case RejectedRow():
                self._intake.reject(event)
            case RowError():
                self._intake.error(event)
            case Ask() | Recall() | Keep() | Unlock():
                self._answer(event, blob, wire)
            case Built():
                with self._moving:
                    if not self._asked:
                        runs.move(self.store, self.run.run_id, RunStatus.RUNNING)
            case Findings():
                for finding in event.findings:
                    if finding.severity is Severity.ERROR:
                        runs.add_error(self.store, self.run.run_id, finding.node, finding.text())
            case Ended():
                self._ended = event

    def _answer(self, event: Ask | Recall | Keep | Unlock, blob: bytes, wire: Wire) -> None:
        if isinstance(event, Unlock):
            unlock(event, self._secrets, wire)
        else:
            self._intake.asked(event, blob, wire)

    def _note_counts(self) -> None:
        """Write the counts into the run's row now and then, for those who look at it from elsewhere."""
        if time.monotonic() - self._noted < NOTE_S:
            return
        self._noted = time.monotonic()
        with self._moving:
            status = runs.get(self.store, self.run.run_id).status
            if status in (RunStatus.RUNNING, RunStatus.STOPPING):
                runs.move(self.store, self.run.run_id, status, **self._totals())

    def _totals(self) -> dict[str, int]:
        return {
            "rows_in": sum(self._counts.rows_in.values()),
            "rows_out": sum(self._counts.rows_out.values()),
            "rows_rejected": self._intake.rejects.total(),
        }

    def _finish(self) -> None:
        status, reason, node = self._outcome()
        try:
            self._intake.finish()
            self._move(
                status,
                exit_reason=reason,
                error_node=node,
                ended_unix_nano=time.time_ns(),
                **self._totals(),
            )
        except CausewayError as error:
            log.warning("%s: its end could not be stored: %s", self.run.run_id, error)
        finally:
            self.over.set()

    def _outcome(self) -> tuple[RunStatus, str, str]:
        if self._fault:
            return RunStatus.FAILED, f"failed: {self._fault}", ""
        ended = self._ended
        if ended is not None and ended.reason == "failed":
            return RunStatus.FAILED, f"failed: {ended.message}", ended.node
        if ended is not None:
            return RunStatus.SUCCEEDED, ended.reason, ""
        if self._signals:
            return RunStatus.CANCELLED, "killed" if signal.SIGKILL in self._signals else "stopped without draining", ""
        status, reason = reason_of(self._code or 0)
        return status, reason + self._last_words(), ""

    def _last_words(self) -> str:
        if self._log is None or not self._log.exists():
            return ""
        lines = [line for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        panic = [line for line in lines if "panicked at" in line]
        said = (panic or lines)[-1:] if lines else []
        return f" ({said[0].strip()[:300]})" if said else ""

    def _move(self, status: RunStatus, **changes: object) -> None:
        with self._moving:
            current = runs.get(self.store, self.run.run_id).status
            if status not in RUN_MOVES[current] and RunStatus.RUNNING in RUN_MOVES[current]:
                # It ended before its graph was built, so it was never seen running.
                runs.move(self.store, self.run.run_id, RunStatus.RUNNING)
            runs.move(self.store, self.run.run_id, status, **changes)


def reason_of(code: int) -> tuple[RunStatus, str]:
    """Return how a child ended that did not say so itself."""
    if code == 128 + signal.SIGTERM:
        return RunStatus.CANCELLED, "stopped without draining"
    if code == -signal.SIGABRT:
        return RunStatus.FAILED, "panic"
    if code < 0:
        return RunStatus.FAILED, "killed" if code == -signal.SIGKILL else f"killed by signal {-code}"
    return RunStatus.FAILED, f"failed: the process ended with code {code} and said nothing"
