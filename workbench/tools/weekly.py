"""The weekly report: incidents by week, and which differences chance does not explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.errors import BadInput
from workbench.facts.incident import Incident, IncidentState
from workbench.guard.tool import tool
from workbench.report.weekly.content import Weekly
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench
    from workbench.report.weekly.build import Past

_MOST = 100_000


@tool(risk="write")
def weekly(
    wb: Workbench,
    until: str | None = None,
    weeks: Annotated[int, Field(ge=2, le=52)] = 5,
    out: Path | None = None,
) -> Weekly:
    """Report the incidents of a week beside those of the weeks before, with trends and what came back.

    Args:
        until: A moment of the week, ISO-8601 or an epoch; the week of the newest incident when left out.
        weeks: Compare so many weeks, the reported one among them.
        out: Also write it as a Markdown file.
    """
    from workbench.report.weekly.build import build_weekly
    from workbench.store import incidents

    known = incidents.latest(wb.store, limit=_MOST)
    if not known:
        raise BadInput("there is no incident yet", hint="`causeway analyze FOLDER` or `causeway demo` opens one")
    moment = parse_at(until, "until") if until is not None else max(one.opened_unix_nano for one in known)
    found = build_weekly([_past(wb, one) for one in known], moment, weeks)
    if out is not None:
        try:
            out.write_text(found.text(), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror}", where=str(out), hint="Name another file") from error
    return found


def _past(wb: Workbench, incident: Incident) -> Past:
    from workbench.report.weekly.build import Past
    from workbench.store import diagnoses, incidents

    moves = incidents.moves(wb.store, incident.incident_id)
    taken = next((one for one in moves if one.to_state is IncidentState.INVESTIGATING), None)
    done = next((one for one in reversed(moves) if one.to_state is IncidentState.RESOLVED), None)
    hours = (done.moved_unix_nano - taken.moved_unix_nano) / 3.6e12 if taken and done else None
    return Past(incident, diagnoses.of_incident(wb.store, incident.incident_id), hours)
