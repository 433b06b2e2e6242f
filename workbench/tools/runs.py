"""Runs of flows: what ran, how it ended, and what went wrong in which node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.facts.incident import Run
from workbench.guard.tool import tool
from workbench.store import runs as run_store
from workbench.store.runs import RunError
from workbench.tools.arguments import Limit
from workbench.tools.texts import columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN_ERRORS = 20


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
            (one.run_id, one.flow_name, one.status, utc(one.started_unix_nano), _seconds(one), f"{one.rows_in:,}",
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
def runs(wb: Workbench, run_id: str | None = None, limit: Limit = 20) -> Runs:
    """List runs of flows, the latest first; one run with its errors when its id is given.

    Args:
        run_id: Show this run and the errors of its nodes.
        limit: At most so many runs.
    """
    if run_id is None:
        return Runs(runs=run_store.latest(wb.store, limit))
    return Runs(runs=[run_store.get(wb.store, run_id)], errors=run_store.errors(wb.store, run_id))


def _seconds(run: Run) -> str:
    return "-" if run.ended_unix_nano is None else f"{(run.ended_unix_nano - run.started_unix_nano) / 1e9:.1f}"
