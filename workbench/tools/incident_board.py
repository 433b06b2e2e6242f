"""Many incidents at once: find them page by page, count them for filters, assign and move them together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.errors import BadInput, CausewayError
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident, IncidentState
from workbench.guard.tool import tool
from workbench.store import incident_search
from workbench.store import incidents as incident_store
from workbench.store.incident_search import IncidentFilter
from workbench.tools.texts import columns, count, one_line, utc
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench

PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=1000)]


class IncidentPage(Frozen):
    """One page of the incidents that fit."""

    incidents: list[Incident]
    """The latest to begin first."""
    total: int
    """How many fit, on all pages."""
    page: int
    pages: int
    states: dict[IncidentState, int]
    """How many fit in each state, whatever states were asked for."""
    severities: dict[str, int]
    services: dict[str, int]
    owners: dict[str, int]
    """'' for nobody."""

    def text(self) -> str:
        """Return one line for each, and where the page stands."""
        if not self.incidents:
            return "No incident fits." if self.page == 1 else f"There is no page {self.page}; there are {self.pages}."
        head = ("INCIDENT", "STATE", "SEVERITY", "BEGAN", "SERVICE", "OWNER", "TITLE")
        rows = [
            (one.incident_id, one.state, one.severity, utc(one.opened_unix_nano), one.service_name or "-",
             one.owner or "-", one_line(one.title, 60))
            for one in self.incidents
        ]  # fmt: skip
        return columns(head, rows) + f"\n\nPage {self.page} of {self.pages}, {count(self.total, 'incident')}"


class Together(Frozen):
    """What was done to several incidents."""

    done: list[Incident]
    refused: dict[str, str]
    """Incident -> why nothing was done to it."""

    @property
    def exit_code(self) -> int:
        """1 when something was refused."""
        return int(bool(self.refused))

    def text(self) -> str:
        """Return what was done and what was not."""
        lines = [f"{one.incident_id}: {one.state}, owner {one.owner or 'nobody'}" for one in self.done]
        return "\n".join([*lines, *(f"{name}: {why}" for name, why in self.refused.items())])


@tool(risk="read", command="incident-find", positional=("text",))
def find_incidents(
    wb: Workbench,
    text: str = "",
    state: list[IncidentState] = [],  # noqa: B006 - never changed
    severity: list[str] = [],  # noqa: B006 - never changed
    service: list[str] = [],  # noqa: B006 - never changed
    owner: str | None = None,
    since: str | None = None,
    until: str | None = None,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> IncidentPage:
    """Find incidents, a page at a time, with the numbers of each state, severity, service and owner.

    Args:
        text: Words that all have to be in the id, the title, the service or the owner.
        state: Only in these states.
        severity: Only of these severities.
        service: Only of these services.
        owner: Only those of this owner; empty for those of nobody.
        since: Began at this time or later, ISO-8601 or an epoch.
        until: Began before this time.
        page: 1 is the first.
        size: Incidents on a page.
    """
    wanted = IncidentFilter(
        states=state, severities=severity, services=service, owner=owner, text=text,
        since_unix_nano=parse_at(since, "since") if since else None,
        until_unix_nano=parse_at(until, "until") if until else None,
    )  # fmt: skip
    total = incident_search.total(wb.store, wanted)
    # A choice of states must not hide how many there are in the others; the same holds for each other filter.
    found = {
        column: incident_search.values_of(wb.store, column, wanted.model_copy(update={field: empty}))
        for column, field, empty in (
            ("state", "states", []),
            ("severity", "severities", []),
            ("service_name", "services", []),
            ("owner", "owner", None),
        )
    }
    return IncidentPage(
        incidents=incident_search.page(wb.store, wanted, limit=size, offset=(page - 1) * size),
        total=total,
        page=page,
        pages=max(1, -(-total // size)),
        states={one: found["state"].get(one.value, 0) for one in IncidentState},
        severities=found["severity"],
        services=found["service_name"],
        owners=found["owner"],
    )


@tool(risk="write", command="incident-assign", positional=("incident_id",))
def assign_incidents(wb: Workbench, incident_id: list[str], owner: str) -> Together:
    """Say who looks after incidents.

    Args:
        incident_id: Such as INC-1; several may be given.
        owner: A name; empty for nobody.
    """
    name = " ".join(owner.split())
    if not name.isprintable() or len(name) > 100:
        raise BadInput("is no name", where="owner", hint="100 letters at most")
    return Together(done=incident_store.assign(wb.store, incident_id, name, now_unix_nano=time.time_ns()), refused={})


@tool(risk="write", command="incidents-move", positional=("state", "incident_id"))
def move_incidents(wb: Workbench, state: IncidentState, incident_id: list[str], why: str = "") -> Together:
    """Move several incidents to another state; those that may not go there stay, with the reason.

    Args:
        state: Where they go.
        incident_id: Such as INC-1; several may be given.
        why: A few words for the history.
    """
    done, refused = list[Incident](), dict[str, str]()
    for one in incident_id:
        try:
            done.append(incident_store.move(wb.store, one, state, now_unix_nano=time.time_ns(), why=why))
        except CausewayError as error:
            refused[one] = str(error)
    return Together(done=done, refused=refused)
