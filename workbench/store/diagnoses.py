"""What was found out about an incident: the newest diagnosis of each."""

from __future__ import annotations

import time
from collections.abc import Sequence

from workbench.facts.diagnosis import Diagnosis
from workbench.facts.outline import Outline
from workbench.store.db import Store
from workbench.store.rows import first, insert


def save(store: Store, incident_id: str, diagnosis: Diagnosis) -> None:
    """Store the diagnosis of an incident in place of an earlier one."""
    row = {
        "incident_id": incident_id,
        "diagnosis": diagnosis.model_dump_json(),
        "stored_unix_nano": time.time_ns(),
    }
    with store.transaction() as cursor:
        insert(cursor, "diagnoses", row, or_="REPLACE")


def of_incident(store: Store, incident_id: str) -> Diagnosis | None:
    """Return the diagnosis of an incident, or None when nobody investigated it yet."""
    with store.connection() as cursor:
        found = first(cursor, "SELECT diagnosis FROM diagnoses WHERE incident_id = ?", [incident_id])
    return Diagnosis.model_validate_json(found[0]) if found else None


def outlines(store: Store, incident_ids: Sequence[str]) -> dict[str, Outline]:
    """Return what the diagnoses of these incidents are compared by; those that nobody investigated are left out."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT incident_id, diagnosis FROM diagnoses WHERE list_contains(?::VARCHAR[], incident_id)",
            [list(incident_ids)],
        )
        return {name: Outline.model_validate_json(text) for name, text in cursor.fetchall()}
