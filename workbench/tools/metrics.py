"""What the nodes of a running flow do: rows, rates, lag, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.facts.metrics import FlowMetrics, NodeMetrics
from workbench.guard.tool import tool
from workbench.store import runs as run_store
from workbench.tools.texts import columns, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench


class RunMetrics(Frozen):
    """The last figures of a run, and those before if they were asked for."""

    run_id: str
    now: FlowMetrics | None
    """None when nothing was measured yet."""
    before: list[FlowMetrics] = []
    """Older figures, the oldest first, two for each second."""

    def text(self) -> str:
        """Return one line for each node."""
        if self.now is None:
            return f"{self.run_id}: nothing was measured yet."
        head = ("NODE", "IN", "OUT", "ROWS/S", "LAG MS", "WAITING", "POSITION", "ERRORS", "LAST ERROR")
        lines = [_line(one) for one in self.now.nodes]
        return f"{self.run_id} at {utc(self.now.taken_unix_nano)}\n" + columns(head, lines, right=(1, 2, 3, 4, 5, 7))


@tool(risk="read", positional=("run_id",))
def flow_metrics(wb: Workbench, run_id: str, history: bool = False) -> RunMetrics:
    """Tell what each node of a run does: rows in and out, rows per second, lag, errors; measured twice a second.

    Args:
        run_id: Id of the run; `causeway runs` lists them.
        history: With the figures of the last ten minutes.
    """
    run_store.get(wb.store, run_id)
    found = wb.supervisor.metrics(run_id)
    return RunMetrics(run_id=run_id, now=found[-1] if found else None, before=found[:-1] if history else [])


def _line(one: NodeMetrics) -> tuple[str, ...]:
    return (
        one.node,
        "-" if one.rows_in is None else f"{one.rows_in:,}",
        "-" if one.rows_out is None else f"{one.rows_out:,}",
        f"{one.rows_per_s:,.0f}",
        "-" if one.lag_ms is None else f"{one.lag_ms:,}",
        f"{one.waiting:,}",
        one_line(one.position, 40) or "-",
        f"{one.errors:,}",
        one_line(one.last_error, 60) or "-",
    )
