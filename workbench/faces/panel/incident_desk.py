"""Work on an incident: its owner, its state, notes and annotations, merging and splitting."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from workbench.errors import CausewayError
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, wrapping
from workbench.faces.panel.telling import tell, tell_error
from workbench.facts.incident import INCIDENT_MOVES, IncidentState

_MOVE_WORDS = {
    IncidentState.INVESTIGATING: "Investigate",
    IncidentState.MITIGATED: "Mitigated",
    IncidentState.RESOLVED: "Resolve",
    IncidentState.CLOSED: "Close",
}
_SMALL: dict[str, Any] = {"size": "small", "margin": (0, 8, 6, 0)}
_WORKED = {"Not known": "", "Yes, it worked": "worked", "No, it did not": "did_not_work"}


class IncidentDesk:
    """What a person may do with one incident; `changed` is told after each change."""

    def __init__(
        self, wb: Caller, details: Any, changed: Callable[[Any], None], investigated: Callable[[Any], None]
    ) -> None:
        self._wb, self._changed, self._investigated = wb, changed, investigated
        self.details = details
        self.moves = wrapping(align_items="center", margin=(0, 0, 8, 0), sizing_mode="stretch_width")
        """State and owner, for the top of the page."""
        self._notes, self._group = html(""), html("")
        self._text = pmui.TextInput(label="What was done or seen", width=380, **_SMALL)
        self._when = pmui.TextInput(
            label="When (marks the timeline)", placeholder="2026-01-31T09:35:00Z", width=230, **_SMALL
        )
        self._worked = pmui.Select(label="Did it help?", options=list(_WORKED), width=160, **_SMALL)
        add = pmui.Button(label="Add note", variant="outlined", on_click=self._add_note, **_SMALL)
        self._others = pmui.TextInput(label="Take in", placeholder="INC-2, INC-3", width=200, **_SMALL)
        merge = pmui.Button(label="Merge", variant="outlined", on_click=self._merge, **_SMALL)
        self._services = pmui.MultiChoice(label="Split off the signals of", width=300, margin=(0, 8, 6, 0))
        split = pmui.Button(label="Split", variant="outlined", on_click=self._split, **_SMALL)
        self.notes = card(
            "Notes",
            self._notes,
            wrapping(self._text, self._when, self._worked, add, align_items="center"),
            self._group,
            wrapping(self._others, merge, self._services, split, align_items="center"),
            id_="notes",
        )
        """Notes, merging and splitting, for further down."""
        self.show(details)

    def show(self, details: Any) -> None:
        """Show an incident as it is now."""
        self.details = details
        self._show_moves()
        self._notes.object = render("incident_notes.html.j2", d=details)
        self._group.object = render("incident_group.html.j2", d=details)
        self._services.options = sorted({one.service_name for one in details.anomalies if one.service_name})

    def act(self, act: str, of: str) -> None:
        """Undo a merge."""
        if act == "unmerge":
            self._do("unmerge_incident", incident_id=of)

    def mover(self, state: IncidentState, why: Any) -> Callable[[Any], None]:
        """Return what a button does that moves the incident."""

        def move(_: Any) -> None:
            self._do("move_incident", incident_id=self.details.incident.incident_id, state=state, why=why.value)

        return move

    def _show_moves(self) -> None:
        one = self.details.incident
        allowed = [state for state in _MOVE_WORDS if state in INCIDENT_MOVES[one.state]]
        why = pmui.TextInput(
            label="Why (for the record)", size="small", width=230, margin=(0, 10, 0, 0), visible=bool(allowed)
        )
        buttons = [
            pmui.Button(
                label=_MOVE_WORDS[state], size="small", variant="outlined", margin=(0, 8, 0, 0),
                on_click=self.mover(state, why),
            )
            for state in allowed
        ]  # fmt: skip
        owner = pmui.TextInput(label="Owner", value=one.owner, size="small", width=150, margin=(0, 8, 0, 16))
        owner.param.watch(lambda event: self._assign(event.new), "value")
        mine = pmui.Button(
            label="Take it", size="small", variant="text", margin=(0, 8, 0, 0), visible=not one.owner,
            on_click=lambda _: self._assign(getpass.getuser()),
        )  # fmt: skip
        again = Job(
            self._wb, "Investigate again" if self.details.diagnosis else "Find the cause", "investigate",
            lambda: {"subject": one.incident_id}, self._investigated, size="small",
            variant="text" if self.details.diagnosis else "contained", icon="restart_alt",
        )  # fmt: skip
        self.moves[:] = [why, *buttons, owner, mine, again.button, again.status]

    def _assign(self, owner: str) -> None:
        if owner.strip() != self.details.incident.owner:
            self._do("assign_incidents", incident_id=[self.details.incident.incident_id], owner=owner)

    def _add_note(self, _: Any) -> None:
        how = _WORKED[self._worked.value]
        done = self._do(
            "note_incident",
            incident_id=self.details.incident.incident_id,
            text=self._text.value_input or self._text.value,
            at=(self._when.value_input or self._when.value).strip() or None,
            worked=how == "worked",
            did_not_work=how == "did_not_work",
        )
        if done:
            self._text.value = self._when.value = ""

    def _merge(self, _: Any) -> None:
        given = (self._others.value_input or self._others.value).replace(",", " ").split()
        if not given:
            tell_error("Name the incidents that shall be taken in, such as INC-2")
            return
        if self._do("merge_incidents", incident_id=self.details.incident.incident_id, other=given):
            self._others.value = ""

    def _split(self, _: Any) -> None:
        if not self._services.value:
            tell_error("Choose services whose signals shall be an incident of their own")
            return
        self._do("split_incident", incident_id=self.details.incident.incident_id, service=list(self._services.value))
        self._services.value = []

    def _do(self, tool: str, **given: Any) -> bool:
        try:
            done = self._wb.call(tool, **given)
        except CausewayError as error:
            tell_error(str(error))
            return False
        tell(done.text().splitlines()[0])
        self.show(self._wb.call("incident", incident_id=self.details.incident.incident_id))
        self._changed(self.details)
        return True
