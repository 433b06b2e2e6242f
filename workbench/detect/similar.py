"""Finds earlier incidents that look like one at hand, with what worked then."""

from __future__ import annotations

from workbench.detect.likeness import Traits, cause_in_words, likeness, traits_of
from workbench.facts.correlation import Relation, SimilarIncident, Worked
from workbench.facts.diagnosis import Diagnosis
from workbench.facts.incident import Incident
from workbench.store import anomalies, diagnoses, groupings, incidents, notes
from workbench.store.db import Store

LEAST = 0.5
"""Below this similarity an incident is not worth a look at 3 a.m."""
_MOST_COMPARED = 2000


def similar_incidents(
    store: Store, incident_id: str, *, least: float = LEAST, limit: int = 3
) -> tuple[list[SimilarIncident], int]:
    """Return the incidents most like this one, the most alike first, and how many were compared.

    Incidents that were merged into others are left out; they are compared as parts of those.

    Raises:
        NotFound: there is no such incident.
    """
    one = incidents.get(store, incident_id)
    mine = _traits(store, one, diagnoses.of_incident(store, incident_id))
    mates = {
        link.other_incident_id if link.incident_id == incident_id else link.incident_id
        for link in groupings.links(store, incident_id)
        if link.relation is not Relation.RECURRENCE_OF
    }
    others = [
        other
        for other in incidents.latest(store, limit=_MOST_COMPARED)
        if other.incident_id != incident_id and other.incident_id not in mates
    ]
    found = [_compared(store, mine, other) for other in others]
    alike = [other for other in found if other.similarity >= least]
    # Of equally alike ones those come first of which somebody knows what helped.
    alike.sort(key=lambda other: (-other.similarity, not other.worked, other.incident_id))
    return alike[:limit], len(others)


def _compared(store: Store, mine: Traits, other: Incident) -> SimilarIncident:
    diagnosis = diagnoses.of_incident(store, other.incident_id)
    alike = likeness(mine, _traits(store, other, diagnosis))
    told = notes.of_incident(store, other.incident_id) if alike.similarity > 0 else []
    return SimilarIncident(
        incident_id=other.incident_id,
        title=other.title,
        similarity=alike.similarity,
        shared=alike.shared,
        differs=alike.differs,
        cause=cause_in_words(diagnosis),
        worked=[one.note for one in told if one.worked is Worked.WORKED],
        did_not_work=[one.note for one in told if one.worked is Worked.DID_NOT_WORK],
    )


def _traits(store: Store, incident: Incident, diagnosis: Diagnosis | None) -> Traits:
    return traits_of(incident, diagnosis, anomalies.of_incident(store, incident.incident_id))
