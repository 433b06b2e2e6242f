"""Runs of flows, with the table of legal moves."""

from __future__ import annotations

from enum import StrEnum

from workbench.errors import IllegalMove
from workbench.facts.evidence import Frozen


class RunStatus(StrEnum):
    """Where a run of a flow stands."""

    PENDING = "pending"
    """Waits to be started, for the first time or again."""
    STARTING = "starting"
    """Its process is there and builds the graph."""
    RUNNING = "running"
    STOPPING = "stopping"
    """Reads no more and finishes what was read."""
    STOPPED = "stopped"
    """Ended in order because somebody wanted it."""
    SUCCEEDED = "succeeded"
    """Ended by itself, with everything read."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Ended because somebody wanted it, but not in order: rows that were under way are lost."""


RUN_MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset({RunStatus.STARTING, RunStatus.STOPPED, RunStatus.CANCELLED, RunStatus.FAILED}),
    RunStatus.STARTING: frozenset(
        {RunStatus.RUNNING, RunStatus.STOPPING, RunStatus.PENDING, RunStatus.CANCELLED, RunStatus.FAILED}
    ),
    RunStatus.RUNNING: frozenset(
        {
            RunStatus.STOPPING,
            RunStatus.STOPPED,
            RunStatus.SUCCEEDED,
            RunStatus.PENDING,
            RunStatus.CANCELLED,
            RunStatus.FAILED,
        }
    ),
    RunStatus.STOPPING: frozenset({RunStatus.STOPPED, RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.FAILED}),
    RunStatus.STOPPED: frozenset(),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}


def check_run_move(run_id: str, current: RunStatus, wanted: RunStatus) -> None:
    """Raise `IllegalMove` unless the table of moves has this one."""
    if wanted not in RUN_MOVES[current]:
        raise IllegalMove("run", run_id, current, wanted, sorted(RUN_MOVES[current]))


class Run(Frozen):
    """One run of a flow."""

    run_id: str
    flow_name: str
    status: RunStatus = RunStatus.PENDING
    started_unix_nano: int
    ended_unix_nano: int | None = None
    exit_reason: str = ""
    """done, stopped, failed: <why>, killed, panic, ...; of a run that waits to be started again: why it has to."""
    rows_in: int = 0
    rows_out: int = 0
    rows_rejected: int = 0
    error_node: str = ""
    attempts: int = 1
    """How often its process was started; more than once when it failed and may be restarted."""
    scope: str = ""
    """Data set of the rows it stores."""
    resumed_from: str = ""
    """The run whose state it went on with; empty when it began afresh."""
    part: str = ""
    """Which part of the flow ran, such as `up to clean`; empty for all of it."""

    @property
    def named(self) -> str:
        """The flow, and the part of it."""
        return f"{self.flow_name}, {self.part}" if self.part else self.flow_name

    @property
    def why(self) -> str:
        """Why it ended, without the status in front, for places that say the status themselves."""
        return self.exit_reason.removeprefix(f"{self.status}: ")

    note: str = ""
    """What whoever started it should know, such as why it began afresh."""

    def seconds(self, now_unix_nano: int) -> float:
        """Return how long it ran, or runs, in seconds."""
        return ((self.ended_unix_nano or now_unix_nano) - self.started_unix_nano) / 1e9
