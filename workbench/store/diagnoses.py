"""What was found out about an incident: the newest diagnosis of each."""

from __future__ import annotations

import time

from workbench.facts.diagnosis import Diagnosis
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
