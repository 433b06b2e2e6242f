"""The verbs that merge and split incidents; each can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident
from workbench.guard.tool import tool
from workbench.tools.texts import count

if TYPE_CHECKING:
    from workbench.core import Workbench


class Regrouped(Frozen):
    """An incident after its signals were changed by hand."""

    incident: Incident
    done: str
    undo: str
    """The command that takes it back."""

    def text(self) -> str:
        """Return what was done and how to undo it."""
        one = self.incident
        return (
            f"{self.done}. {one.incident_id} has {count(one.anomaly_count, 'signal')} now: {one.title}\n"
            f"Undo  {self.undo}"
        )


@tool(risk="write", command="incident-merge", positional=("incident_id", "other"))
def merge_incidents(wb: Workbench, incident_id: str, other: list[str], why: str = "") -> Regrouped:
    """Move the signals of other incidents into one; the others are kept and can be had back.

    Args:
        incident_id: The incident that stays, such as INC-1.
        other: Those that are taken in.
        why: A few words for the history.
    """
    from workbench.detect.merging import merge

    done = merge(wb.store, incident_id, other, why)
    undo = "; ".join(f"causeway incident-unmerge {one}" for one in other)
    return Regrouped(incident=done, done=f"{', '.join(other)} merged into {incident_id}", undo=undo)


@tool(risk="write", command="incident-unmerge", positional=("incident_id",))
def unmerge_incident(wb: Workbench, incident_id: str, why: str = "") -> Regrouped:
    """Give a merged incident back the signals that it brought.

    Args:
        incident_id: The incident that was merged into another.
        why: A few words for the history.
    """
    from workbench.detect.merging import unmerge
    from workbench.store import groupings

    into = groupings.merged_into(wb.store, incident_id)
    done = unmerge(wb.store, incident_id, why)
    undo = f"causeway incident-merge {into} {incident_id}"
    return Regrouped(incident=done, done=f"{incident_id} taken out of {into}", undo=undo)


@tool(risk="write", command="incident-split", positional=("incident_id", "signal"))
def split_incident(
    wb: Workbench,
    incident_id: str,
    signal: list[str] = [],  # noqa: B006 - never changed
    service: list[str] = [],  # noqa: B006 - never changed
    why: str = "",
) -> Regrouped:
    """Move some signals of an incident into a new incident.

    Args:
        incident_id: Such as INC-1.
        signal: Ids of signals (A...), as `causeway incident` lists them.
        service: All signals of this service as well.
        why: A few words for the history.
    """
    from workbench.detect.merging import split

    done = split(wb.store, incident_id, signal, service, why)
    undo = f"causeway incident-merge {incident_id} {done.incident_id}"
    return Regrouped(incident=done, done=f"{done.incident_id} split from {incident_id}", undo=undo)
