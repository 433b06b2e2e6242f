"""Incidents in hand: one with all its parts, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from workbench.errors import BadInput, NotFound
from workbench.facts.incident import INCIDENT_MOVES, Incident, IncidentState
from workbench.notebook.evidence import EvidenceList
from workbench.notebook.frames import Frames
from workbench.notebook.parts import Causes, Curves, Patterns, Timeline, Topology, Waterfall
from workbench.notebook.shown import Caller, Shown, render
from workbench.report.content import ReportContent


class IncidentInHand(Shown):
    """One incident: `causes`, `evidence`, `timeline`, `topology`, `waterfall`, `curves`, `patterns`, and its moves."""

    def __init__(self, wb: Caller, incident_id: str) -> None:
        self._wb = wb
        self.incident_id = incident_id
        self.details = wb.call("incident", incident_id=incident_id)
        """All that `causeway incident ID` tells, as it was when this was made or last changed."""
        self.title = f"Incident {incident_id}"

    @property
    def facts(self) -> Incident:
        """State, severity, service, times."""
        found: Incident = self.details.incident
        return found

    @cached_property
    def content(self) -> ReportContent:
        """Everything that its report shows; raises `BadInput` when nobody has investigated it yet."""
        try:
            found: ReportContent = self._wb.call("report_content", incident_id=self.incident_id)
        except NotFound as error:
            raise BadInput(
                "it was not investigated yet", where=self.incident_id, hint="`incident.investigate()` does that"
            ) from error
        return found

    @cached_property
    def causes(self) -> Causes:
        """What broke first, ranked."""
        return Causes(self.content)

    @cached_property
    def evidence(self) -> EvidenceList:
        """What speaks for and against each cause; each piece can be checked again."""
        return EvidenceList(self._wb, self.content)

    @cached_property
    def timeline(self) -> Timeline:
        """What happened when."""
        return Timeline(self.content)

    @cached_property
    def topology(self) -> Topology:
        """Who calls whom, with the failing path."""
        return Topology(self.content)

    @cached_property
    def waterfall(self) -> Waterfall:
        """The slowest request after the onset."""
        return Waterfall(self.content)

    @cached_property
    def curves(self) -> Curves:
        """Errors, latency, traffic and the metric that stands out, as curves."""
        return Curves(self.content)

    @cached_property
    def patterns(self) -> Patterns:
        """Kinds of log lines that changed."""
        return Patterns(self.content)

    def move(self, state: str, why: str = "") -> IncidentInHand:
        """Move it to another state, such as `mitigated`, with a reason for the record."""
        self._wb.call("move_incident", incident_id=self.incident_id, state=state, why=why)
        return self._again()

    def note(self, text: str, *, worked: bool = False, did_not_work: bool = False) -> IncidentInHand:
        """Write down what was tried, and whether it helped."""
        self._wb.call(
            "note_incident", incident_id=self.incident_id, text=text, worked=worked, did_not_work=did_not_work
        )
        return self._again()

    def investigate(self) -> IncidentInHand:
        """Find its cause and write its report."""
        self._wb.call("investigate", subject=self.incident_id)
        for name in ("content", "causes", "evidence", "timeline", "topology", "waterfall", "curves", "patterns"):
            self.__dict__.pop(name, None)
        return self._again()

    def act(self, action: str, value: str) -> None:
        """Move it, as a button of the card asks for."""
        if action != "move":
            super().act(action, value)
        self.move(value, "moved in a notebook")

    def fragment(self, live: bool = False) -> str:
        """Return the card."""
        diagnosis = self.details.diagnosis
        moves = [state for state in IncidentState if state in INCIDENT_MOVES[self.facts.state]]
        return render("incident.html.j2", i=self.facts, d=diagnosis, notes=self.details.notes, moves=moves, live=live)

    def _again(self) -> IncidentInHand:
        self.details = self._wb.call("incident", incident_id=self.incident_id)
        return self

    def __repr__(self) -> str:
        return f"<{self.incident_id}: {self.facts.title} ({self.facts.state})>"


class IncidentsInHand(Frames, Shown):
    """Incidents, the latest to begin first; by number or by id one gets the whole incident."""

    columns: ClassVar[Mapping[str, str]] = {
        "incident_id": "text", "state": "text", "severity": "text", "kind": "text", "service_name": "text",
        "title": "text", "opened": "time", "updated": "time", "anomaly_count": "int", "scope": "text",
    }  # fmt: skip
    title = "Incidents"

    def __init__(self, wb: Caller, **filters: Any) -> None:
        self._wb = wb
        self.facts: list[Incident] = list(wb.call("incidents", **filters))

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each incident."""
        return [
            {
                **one.model_dump(include=set(self.columns), mode="json"),
                "opened": one.opened_unix_nano,
                "updated": one.updated_unix_nano,
            }
            for one in self.facts
        ]

    def selectable(self) -> list[str]:
        """Return the ids."""
        return [one.incident_id for one in self.facts]

    def fragment(self, live: bool = False) -> str:
        """Return the table."""
        return render("incidents.html.j2", incidents=self.facts, live=live)

    def __getitem__(self, place: int | str) -> IncidentInHand:
        return IncidentInHand(self._wb, self.facts[place].incident_id if isinstance(place, int) else place)

    def __iter__(self) -> Iterator[IncidentInHand]:
        return (self[place] for place in range(len(self.facts)))

    def __len__(self) -> int:
        return len(self.facts)

    def __repr__(self) -> str:
        return f"<{len(self.facts)} incidents>"
