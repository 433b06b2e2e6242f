"""How signals came to be in incidents, how incidents belong together, and what people learned from them."""

from __future__ import annotations

from enum import StrEnum

from workbench.facts.evidence import Frozen


class Change(StrEnum):
    """What was done to an incident's signals."""

    OPENED = "opened"
    ATTACHED = "attached"
    HELD = "held"
    """Signals that wait until a rule's threshold is met."""
    SUPPRESSED = "suppressed"
    """Signals that a rule keeps out of incidents for a time."""
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"


class Relation(StrEnum):
    """How an incident belongs to another one."""

    RECURRENCE_OF = "recurrence_of"
    MERGED_INTO = "merged_into"
    SPLIT_FROM = "split_from"


class Worked(StrEnum):
    """Whether what somebody did has helped."""

    WORKED = "worked"
    DID_NOT_WORK = "did_not_work"
    UNKNOWN = ""


class IncidentChange(Frozen):
    """One entry of the history of grouping: which signals, where to, by what, and why."""

    change_id: int = 0
    """1, 2, 3 ... in the order in which it happened; 0 until stored."""
    action: Change
    incident_id: str = ""
    """'' for signals that were held back or suppressed."""
    other_incident_id: str = ""
    """Where the signals were before a merge, or went to by a split."""
    anomaly_ids: list[str]
    grouped_by: str
    """time, topology, template, rule:<name>, investigation or user."""
    why: str
    """In words."""


class IncidentLink(Frozen):
    """How an incident belongs to another one at present."""

    incident_id: str
    relation: Relation
    other_incident_id: str
    why: str = ""


class IncidentNote(Frozen):
    """What somebody wrote about an incident."""

    incident_id: str
    position: int
    """From 1, in the order in which they were written."""
    note: str
    worked: Worked = Worked.UNKNOWN
    noted_unix_nano: int
    happened_unix_nano: int | None = None
    """When that happened what the note tells of; None when it is no matter of a moment."""


class SimilarIncident(Frozen):
    """An earlier incident that looks like the one at hand."""

    incident_id: str
    title: str
    similarity: float
    """0..1: weighted share of what is known of both that they have in common."""
    shared: list[str]
    """What they have in common, in words, the weightiest first."""
    differs: list[str] = []
    """What sets them apart, in words."""
    cause: str = ""
    """What was found to be the cause then, such as `pool exhaustion at checkout`; '' if it was never found."""
    worked: list[str] = []
    """Notes on what helped."""
    did_not_work: list[str] = []

    def sentence(self) -> str:
        """Return one line: what it is like and what solved it then."""
        said = f"Like {self.incident_id} ({self.similarity:.0%}): {self.cause or self.title}"
        if self.worked:
            return f"{said}; solved then by: {self.worked[-1]}"
        return f"{said}; nobody noted what helped" + (
            f", but this did not: {self.did_not_work[-1]}" if self.did_not_work else ""
        )
