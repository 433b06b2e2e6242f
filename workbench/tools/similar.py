"""The verbs of the memory of incidents: what is this like, and what worked then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.errors import BadInput
from workbench.facts.correlation import IncidentNote, SimilarIncident, Worked
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.arguments import Limit

if TYPE_CHECKING:
    from workbench.core import Workbench


class SimilarIncidents(Frozen):
    """Incidents that look like one at hand."""

    incident_id: str
    compared: int
    """Other incidents in the workspace."""
    found: list[SimilarIncident]

    def text(self) -> str:
        """Return each with what is shared and what worked."""
        if not self.compared:
            return f"There is no other incident in this workspace to compare {self.incident_id} with."
        if not self.found:
            return f"None of {self.compared} other incidents is like {self.incident_id}."
        lines: list[str] = []
        for one in self.found:
            lines += [one.sentence(), f"  {one.title}"]
            lines += [f"  + {text}" for text in one.shared] + [f"  - {text}" for text in one.differs]
            lines += [f"  did not work then: {text}" for text in one.did_not_work]
        lines += ["", f"{len(self.found)} of {self.compared} other incidents."]
        return "\n".join(lines)


class NoteAdded(Frozen):
    """A note that was written down."""

    note: IncidentNote

    def text(self) -> str:
        """Return what will be said of it later."""
        said = {"worked": "It worked", "did_not_work": "It did not work", "": "Whether it worked is not said"}
        return f"{self.note.incident_id}, note {self.note.position}: {self.note.note}. {said[self.note.worked]}."


@tool(risk="read", positional=("incident_id",))
def similar(
    wb: Workbench, incident_id: str, least: Annotated[float, Field(ge=0, le=1)] = 0.5, limit: Limit = 5
) -> SimilarIncidents:
    """Find incidents that look like this one, why they do, and what worked then.

    Args:
        incident_id: Such as INC-7.
        least: Show those of this similarity at least, 0 to 1.
        limit: At most so many.
    """
    from workbench.detect.similar import similar_incidents

    found, compared = similar_incidents(wb.store, incident_id, least=least, limit=limit)
    return SimilarIncidents(incident_id=incident_id, compared=compared, found=found)


@tool(risk="write", command="incident-note", positional=("incident_id", "text"))
def note_incident(
    wb: Workbench,
    incident_id: str,
    text: str,
    worked: bool = False,
    did_not_work: bool = False,
    at: str | None = None,
) -> NoteAdded:
    """Write down what was done about an incident; similar ones will show it.

    Args:
        incident_id: Such as INC-7.
        text: What was done, in a few words.
        worked: It helped.
        did_not_work: It did not help.
        at: When it happened, ISO-8601 or an epoch; it is then marked in the timeline.
    """
    from workbench.store import notes
    from workbench.tools.times import parse_at

    if worked and did_not_work:
        raise BadInput("a note cannot say both that it worked and that it did not", hint="Give one of the two")
    if not text.strip():
        raise BadInput("the note is empty", hint="Say in a few words what was done")
    how = Worked.WORKED if worked else Worked.DID_NOT_WORK if did_not_work else Worked.UNKNOWN
    happened = parse_at(at, "at") if at else None
    made = notes.add(
        wb.store, incident_id, " ".join(text.split()), how, now_unix_nano=time.time_ns(), happened_unix_nano=happened
    )
    return NoteAdded(note=made)
