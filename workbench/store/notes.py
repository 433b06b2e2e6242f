"""What people wrote about incidents: what they tried, and whether it worked."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.correlation import IncidentNote, Worked
from workbench.store import incidents
from workbench.store.db import Store
from workbench.store.rows import insert, models, number


def add(
    store: Store,
    incident_id: str,
    note: str,
    worked: Worked,
    *,
    now_unix_nano: int,
    happened_unix_nano: int | None = None,
) -> IncidentNote:
    """Add a note to an incident; with a moment it is an annotation of the timeline.

    Raises:
        NotFound: there is no such incident.
    """
    with store.transaction() as cursor:
        incidents.get(store, incident_id)
        last = number(cursor, "SELECT max(position) FROM incident_notes WHERE incident_id = ?", [incident_id])
        made = IncidentNote(
            incident_id=incident_id, position=last + 1, note=note, worked=worked, noted_unix_nano=now_unix_nano,
            happened_unix_nano=happened_unix_nano,
        )  # fmt: skip
        insert(cursor, "incident_notes", made.model_dump(mode="json"))
    return made


def of_incident(store: Store, incident_id: str) -> list[IncidentNote]:
    """Return the notes of an incident, oldest first."""
    with store.connection() as cursor:
        cursor.execute("SELECT * FROM incident_notes WHERE incident_id = ? ORDER BY position", [incident_id])
        return models(cursor, IncidentNote)


def of_incidents(store: Store, incident_ids: Sequence[str]) -> dict[str, list[IncidentNote]]:
    """Return the notes of many incidents at once, oldest first; incidents without any are left out."""
    found: dict[str, list[IncidentNote]] = {}
    with store.connection() as cursor:
        cursor.execute(
            "SELECT * FROM incident_notes WHERE list_contains(?::VARCHAR[], incident_id) ORDER BY position",
            [list(incident_ids)],
        )
        for one in models(cursor, IncidentNote):
            found.setdefault(one.incident_id, []).append(one)
    return found
