"""Runs of flows: what ran and for how long, how it ended, and what went wrong in which node; its log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.facts.run import Run
from workbench.guard.tool import tool
from workbench.store import runs as run_store
from workbench.store.runs import RunError
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, count, duration, one_line, printable, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN_ERRORS = 20


class FlowTime(Frozen):
    """How much a flow has run."""

    flow_name: str
    runs: int
    active: int
    """Runs that have not ended."""
    failed: int
    seconds: float
    """Run time of all runs together, up to now."""


class FlowTimes(Listing[FlowTime]):
    """Flows that ran, those that ran longest first."""

    def text(self) -> str:
        """Return one line for each."""
        head = ("FLOW", "RUNS", "ACTIVE", "FAILED", "RUN TIME")
        rows = [
            (one.flow_name, f"{one.runs}", f"{one.active}", f"{one.failed}", duration(one.seconds)) for one in self.root
        ]
        return columns(head, rows, right=(1, 2, 3, 4)) if rows else "No runs."


class RunLog(Frozen):
    """The end of what a run's process wrote."""

    run_id: str
    lines: list[str]

    def text(self) -> str:
        """Return the lines."""
        return "\n".join(printable(line) for line in self.lines) or f"{self.run_id} wrote nothing."


class Runs(Frozen):
    """Runs, and the errors of the one that was asked for."""

    runs: list[Run]
    errors: list[RunError] = []
    """Empty unless one run was asked for."""

    def text(self) -> str:
        """Return one line for each run, then the errors."""
        if not self.runs:
            return "No runs."
        head = ("RUN", "FLOW", "STATUS", "STARTED", "SECONDS", "IN", "OUT", "REJECTED", "ENDED BECAUSE")
        rows = [
            (one.run_id, one.named, one.status, utc(one.started_unix_nano), _seconds(one), f"{one.rows_in:,}",
             f"{one.rows_out:,}", f"{one.rows_rejected:,}", one_line(one.exit_reason, 60) or "-")
            for one in self.runs
        ]  # fmt: skip
        parts = [columns(head, rows, right=(4, 5, 6, 7))]
        if self.errors:
            shown = self.errors[:_SHOWN_ERRORS]
            lines = [(utc(one.seen_unix_nano), one.node or "-", one_line(one.message, 100)) for one in shown]
            parts += ["", columns(("SEEN", "NODE", "ERROR"), lines)]
            more = len(self.errors) - len(shown)
            parts += [f"... and {count(more, 'error')} more; --json gives all"] * bool(more)
        return "\n".join(parts)


@tool(risk="read", positional=("run_id",))
def runs(wb: Workbench, run_id: str | None = None, flow: str | None = None, limit: Limit = 20) -> Runs:
    """List runs of flows, the latest first; one run with its errors when its id is given.

    Args:
        run_id: Show this run and the errors of its nodes.
        flow: Only runs of the flow with this name.
        limit: At most so many runs.
    """
    if run_id is None:
        return Runs(runs=run_store.latest(wb.store, limit, flow_name=flow))
    return Runs(runs=[run_store.get(wb.store, run_id)], errors=run_store.errors(wb.store, run_id))


@tool(risk="read")
def flow_times(wb: Workbench) -> FlowTimes:
    """Tell how long each flow has run, all its runs together."""
    found = run_store.times(wb.store, time.time_ns())
    return FlowTimes([FlowTime.model_validate(one) for one in found])


@tool(risk="read", positional=("run_id",))
def run_log(wb: Workbench, run_id: str, lines: Limit = 50) -> RunLog:
    """Show the last lines that a run's process wrote: warnings, and what happened before it ended.

    Args:
        run_id: Id of the run.
        lines: At most so many lines.
    """
    from workbench.engine.outcome import tail

    run_store.get(wb.store, run_id)
    if wb.path is None:
        raise BadInput("a workspace in memory keeps no logs of runs", where=run_id, hint="Open one in a folder")
    return RunLog(run_id=run_id, lines=tail(wb.path / "runs" / f"{run_id}.log", lines))


def _seconds(run: Run) -> str:
    if run.ended_unix_nano is None:
        return "-"
    return f"{run.seconds(run.ended_unix_nano):.1f}"
