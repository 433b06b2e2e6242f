"""Finds earlier incidents that look like one at hand, with what worked then."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.detect.likeness import Likeness, Traits, cause_in_words, likeness, traits_of
from workbench.facts.correlation import IncidentNote, Relation, SimilarIncident, Worked
from workbench.facts.incident import Incident
from workbench.facts.outline import Outline
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
    # All at once: a page waits for this, and asking for each of two thousand takes a minute.
    ids = [incident_id, *(other.incident_id for other in others)]
    known, seen = diagnoses.outlines(store, ids), anomalies.of_incidents(store, ids)

    def traits(incident: Incident) -> Traits:
        return traits_of(incident, known.get(incident.incident_id), seen.get(incident.incident_id, ()))

    mine = traits(one)
    alike = [(other, like) for other in others if (like := likeness(mine, traits(other))).similarity >= least]
    written = notes.of_incidents(store, [other.incident_id for other, _ in alike])
    found = [
        _told(other, like, known.get(other.incident_id), written.get(other.incident_id, [])) for other, like in alike
    ]
    # Of equally alike ones those come first of which somebody knows what helped.
    found.sort(key=lambda other: (-other.similarity, not other.worked, other.incident_id))
    return found[:limit], len(others)


def _told(other: Incident, alike: Likeness, diagnosis: Outline | None, told: Sequence[IncidentNote]) -> SimilarIncident:
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
