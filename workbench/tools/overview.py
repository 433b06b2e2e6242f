"""The state of the workspace at one glance: what is open, what was seen, what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident, IncidentState
from workbench.facts.run import Run
from workbench.guard.tool import tool
from workbench.store import incidents, rejected, reports, runs, telemetry
from workbench.store.telemetry import ScopeSummary
from workbench.tools.arguments import Limit
from workbench.tools.texts import columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_OPEN = (IncidentState.OPEN, IncidentState.INVESTIGATING, IncidentState.MITIGATED)
_MOST_INCIDENTS = 100_000


class Overview(Frozen):
    """What somebody who opens the workspace wants to know first."""

    workspace: str
    """The folder; '' when everything is in memory."""
    open_incidents: int
    """Not resolved and not closed."""
    incidents: list[Incident]
    """The latest to begin first."""
    incident_count: int
    services: list[str]
    """Names seen in telemetry."""
    rows: dict[str, int]
    """Rows of telemetry by table."""
    rejected: int
    """Rows that could not be read; they are kept aside."""
    scopes: list[ScopeSummary]
    """Data sets, the latest import first."""
    runs: list[Run]
    """The latest first."""
    report_count: int

    def text(self) -> str:
        """Return the overview for a terminal."""
        rows = ", ".join(f"{number:,} {table}" for table, number in self.rows.items() if number) or "none"
        lines = [
            f"Workspace       {self.workspace or 'in memory'}",
            f"Open incidents  {self.open_incidents} of {self.incident_count}",
            f"Services        {len(self.services)}",
            f"Telemetry       {rows}; {self.rejected:,} rejected",
            f"Reports         {self.report_count}",
            f"Last run        {self._last_run()}",
        ]
        if self.incidents:
            head = ("INCIDENT", "STATE", "BEGAN", "TITLE")
            table = [
                (one.incident_id, one.state, utc(one.opened_unix_nano), one_line(one.title, 60))
                for one in self.incidents
            ]
            lines += ["", columns(head, table)]
        elif not any(self.rows.values()):
            lines += ["", "Nothing here yet. Start with `causeway demo`, or `causeway analyze FOLDER` on your files."]
        return "\n".join(lines)

    def _last_run(self) -> str:
        if not self.runs:
            return "none"
        last = self.runs[0]
        return f"{last.named} {last.status} {utc(last.started_unix_nano)}, {count(last.rows_in, 'row')} in"


@tool(risk="read")
def overview(wb: Workbench, limit: Limit = 10) -> Overview:
    """Show the state of the workspace: open incidents, services, telemetry, runs.

    Args:
        limit: At most so many incidents, runs and data sets.
    """
    known = incidents.latest(wb.store, limit=_MOST_INCIDENTS)
    return Overview(
        workspace=str(wb.path or ""),
        open_incidents=sum(one.state in _OPEN for one in known),
        incidents=known[:limit],
        incident_count=len(known),
        services=_services(wb),
        rows=telemetry.count(wb.store),
        rejected=rejected.count(wb.store),
        scopes=telemetry.scopes(wb.store)[:limit],
        runs=runs.latest(wb.store, limit),
        report_count=len(reports.latest(wb.store, limit=_MOST_INCIDENTS)),
    )


def _services(wb: Workbench) -> list[str]:
    sql = " UNION ".join(f"SELECT service_name FROM {table}" for table in ("logs", "spans", "metrics", "events"))
    found = telemetry.query(wb.store, f"SELECT service_name FROM ({sql}) WHERE service_name <> '' ORDER BY 1")
    return [str(name) for name in found.column(0).to_pylist()]
