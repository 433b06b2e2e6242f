"""What happened in the workspace since somebody looked, with an id to go on from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.facts.run import RunStatus
from workbench.guard.tool import tool
from workbench.store import runs
from workbench.tools.event_log import Event, event_log
from workbench.tools.texts import utc
from workbench.tools.time_range import PageSize

if TYPE_CHECKING:
    from workbench.core import Workbench


class FlowFigures(Frozen):
    """What one running flow does."""

    run_id: str
    flow_name: str
    taken_unix_nano: int
    rows_in: int
    """Rows that its sources have read."""
    rows_per_s: float
    """Rows that its sources read per second."""
    errors: int
    lag_ms: int | None
    """How far the slowest node is behind."""


class Events(Frozen):
    """What happened."""

    events: list[Event]
    """The oldest first."""
    last: str
    """Ask with it next time."""
    lost: bool
    """Some events before are not known any more: read the present state anew."""
    flows: list[FlowFigures] = []
    """Figures of the flows that run now, if they were asked for."""

    def text(self) -> str:
        """Return one line for each."""
        lines = ["Events were lost: read the present state anew."] * self.lost
        lines += [f"{utc(one.at_unix_nano)}  {one.name}  {one.subject}" for one in self.events]
        lines += [f"{one.flow_name}  {one.rows_in:,} rows, {one.rows_per_s:,.0f}/s" for one in self.flows]
        return "\n".join([*lines, f"What comes next: --since {self.last}"])


@tool(risk="read")
def events(wb: Workbench, since: str = "", limit: PageSize = 500, flows: bool = False) -> Events:
    """Tell what happened since an event: new and moved incidents, states of runs, alerts, reports, telemetry.

    Args:
        since: Id of the last event that is known; without it only the id of now is given.
        limit: At most so many.
        flows: With figures of the flows that run.
    """
    found, last, lost = event_log(wb.store).since(since, limit)
    return Events(events=found, last=last, lost=lost, flows=_figures(wb) if flows else [])


def _figures(wb: Workbench) -> list[FlowFigures]:
    out = []
    for run in runs.unfinished(wb.store):
        measured = wb.supervisor.metrics(run.run_id) if run.status is RunStatus.RUNNING else []
        if not measured:
            continue
        now = measured[-1]
        sources = [one for one in now.nodes if one.rows_in is None] or now.nodes[:1]
        lags = [one.lag_ms for one in now.nodes if one.lag_ms is not None]
        out.append(
            FlowFigures(
                run_id=run.run_id,
                flow_name=run.flow_name,
                taken_unix_nano=now.taken_unix_nano,
                rows_in=sum(one.rows_out or 0 for one in sources),
                rows_per_s=sum(one.rows_per_s for one in sources),
                errors=sum(one.errors for one in now.nodes),
                lag_ms=max(lags, default=None),
            )
        )
    return out
