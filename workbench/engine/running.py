"""One run as its owner sees it: starts and ends its child, decides how it ended, and whether it is started again."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from workbench.engine import limits
from workbench.engine.events import Event, Stop, Tapped
from workbench.engine.hearing import Hearing
from workbench.engine.intake import Intake, Opens
from workbench.engine.moves import Moves
from workbench.engine.outcome import kernel_kills, outcome
from workbench.engine.wire import Wire
from workbench.errors import CausewayError
from workbench.facts.metrics import FlowMetrics
from workbench.facts.run import Run, RunStatus
from workbench.flow.options import RunOptions
from workbench.guard.secrets import SecretStore
from workbench.store import runs
from workbench.store.db import Store
from workbench.store.flow_states import FlowState

PATIENCE_S = 30.0
"""How long a run with too many errors may finish what it has read."""
LONGEST_BACK_OFF_S = 60.0
CALM_S = 600.0
"""A run that went so long without failing has its restarts back."""
log = logging.getLogger(__name__)


class Running:
    """A run that was started and may not have ended yet."""

    def __init__(
        self,
        store: Store,
        run: Run,
        on_event: Callable[[Event], None] | None,
        *,
        options: RunOptions,
        state: FlowState | None = None,
        state_folder: Path | None = None,
        secrets: SecretStore | None = None,
        opens: Opens | None = None,
    ) -> None:
        self.store, self.run, self.options = store, run, options
        self.pid: int | None = None
        self.log: Path | None = None
        self.over = threading.Event()
        self.start_again: Callable[[], None] = lambda: None
        """Starts another child for this run; set by the supervisor."""
        self._intake = Intake(store, run.run_id, run.flow_name, run.scope, state, opens)
        self._moves = Moves(store, run.run_id)
        self._heard = Hearing(
            run,
            self._intake,
            self._moves,
            max_errors=options.max_errors,
            too_many=self._too_many,
            state_folder=state_folder,
            secrets=secrets,
        )
        self._tell = on_event or (lambda event: None)
        self._wire: Wire | None = None
        self._restarts = 0
        self._begin()

    @property
    def metrics(self) -> deque[FlowMetrics]:
        """The last figures, the newest at the end."""
        return self._heard.metrics

    @property
    def tapped(self) -> dict[str, Tapped]:
        """The last rows of the nodes that are looked at."""
        return self._heard.tapped

    def _begin(self) -> None:
        self._code = 0
        self._fault = ""
        self._signals: list[signal.Signals] = []
        self._gone = threading.Event()
        self._since = time.monotonic()
        self._kernel_kills = kernel_kills()

    # -- what the supervisor does

    def started(self, wire: Wire, pid: int, log_file: Path | None) -> None:
        """Take the child's frames from now on, in a thread."""
        self._wire, self.pid, self.log = wire, pid, log_file
        self._moves.begin(RunStatus.STARTING, attempts=self._intake.attempt, exit_reason="", error_node="")
        threading.Thread(target=self._take, args=(wire,), daemon=True, name=self.run.run_id).start()

    def could_not_start(self, reason: str) -> None:
        """End the run before it began."""
        self._moves.to(RunStatus.FAILED, exit_reason=f"failed: {reason}", ended_unix_nano=time.time_ns())
        self.over.set()

    def exited(self, code: int) -> None:
        """Take note of the child's exit code; called by the fork server's thread."""
        self._code = code
        self._gone.set()

    def stopping(self) -> None:
        """Remember that the end is wanted."""
        self._moves.stop()

    def ask_to_stop(self) -> None:
        """Ask for a drain."""
        if self._wire:
            try:
                self._wire.send(Stop())
            except OSError:
                log.debug("%s is gone already", self.run.run_id)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._signal(signal.SIGTERM, self._signals)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._signal(signal.SIGKILL, self._signals)

    def give_up(self, reason: str) -> None:
        """End the child at once: the run has failed for a reason that the child cannot know."""
        self._fault = self._fault or reason
        self._signal(signal.SIGKILL, [])

    def check_limits(self) -> None:
        """End the child when it takes more memory than it may, and keep its log from growing without bound."""
        limit, pid = self.options.memory_mb, self.pid
        if limit is not None and pid is not None and not self._gone.is_set():
            taken = limits.memory_mb(pid)
            if taken > limit:
                self.give_up(f"out of memory: it took {taken:.0f} MB of {limit} MB")
        limits.cut_log(self.log)

    def _signal(self, number: signal.Signals, noted: list[signal.Signals]) -> None:
        if self.pid is not None and not self._gone.is_set():
            noted.append(number)
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                log.debug("%s is gone already", self.run.run_id)

    # -- what the child says

    def _take(self, wire: Wire) -> None:
        try:
            while frame := wire.receive():
                try:
                    self._heard.take(*frame, wire)
                except OSError:
                    # It has gone before it was answered; what it said before that still counts.
                    log.debug("%s is gone already", self.run.run_id)
                self._tell(frame[0])
        except Exception as error:
            # Rows that cannot be stored are lost if the run goes on, so it must not; and whoever waits must not hang.
            log.exception("%s: what the run said could not be handled", self.run.run_id)
            self.give_up(str(error) if isinstance(error, CausewayError) else f"{type(error).__name__}: {error}")
        wire.close()
        self._gone.wait()
        self._finish()

    def _too_many(self, reason: str) -> None:
        if self._fault:
            return
        self._fault, self._heard.faulty = reason, True
        self.ask_to_stop()
        # What was read before is still finished, but not for ever.
        patience = threading.Timer(PATIENCE_S, self.give_up, [reason])
        patience.daemon = True
        patience.start()

    # -- how it ends

    def _finish(self) -> None:
        status, reason, node = self._outcome()
        if self._may_start_again(status):
            try:
                self._wait_and_start(reason, node)
                return
            except CausewayError as error:
                reason += f"; it could not be started again: {error}"
        try:
            self._heard.settle()
            self._intake.finish()
            self._moves.to(
                status,
                exit_reason=reason,
                error_node=node,
                ended_unix_nano=time.time_ns(),
                **self._heard.totals(),
            )
        except CausewayError as error:
            log.warning("%s: its end could not be stored: %s", self.run.run_id, error)
        finally:
            self.over.set()

    def _outcome(self) -> tuple[RunStatus, str, str]:
        if self._fault:
            return RunStatus.FAILED, f"failed: {self._fault}", ""
        killed = kernel_kills() > self._kernel_kills
        return outcome(self._heard.ended, self._code, self._signals, self.log, kernel_killed=killed)

    def _may_start_again(self, status: RunStatus) -> bool:
        if time.monotonic() - self._since > CALM_S:
            self._restarts = 0
        wanted = self.options.restart == "on-failure" and status is RunStatus.FAILED and not self._moves.asked.is_set()
        # A flow with faults fails the same way again.
        return wanted and not self._heard.faulty and self._restarts < self.options.restart_limit

    def _wait_and_start(self, reason: str, node: str) -> None:
        delay = min(2.0**self._restarts, LONGEST_BACK_OFF_S)
        self._restarts += 1
        self._intake.attempt += 1
        self._intake.flush()
        again = f"started again in {delay:g} s ({self._restarts} of {self.options.restart_limit}): {reason}"
        runs.add_error(self.store, self.run.run_id, node, again)
        self._moves.to(RunStatus.PENDING, exit_reason=again, error_node=node)
        if self._moves.asked.wait(delay):
            self._moves.to(RunStatus.STOPPED, exit_reason="stopped", ended_unix_nano=time.time_ns())
            with suppress(CausewayError):
                self._intake.finish()
            self.over.set()
            return
        self._begin()
        self._heard.begin()
        self.start_again()
