"""The steps that an investigation took, in order, for the report and for whoever asks what was done."""

from __future__ import annotations

from workbench.facts.evidence import Frozen
from workbench.store.db import Store
from workbench.store.rows import insert, models


class StepRecord(Frozen):
    """One step of one investigation."""

    investigation_id: str
    incident_id: str
    seq: int
    """0, 1, 2, ... within the investigation."""
    name: str
    started_unix_nano: int
    seconds: float
    summary: str
    status: str
    """done, failed, skipped or waiting."""


def save(store: Store, step: StepRecord) -> StepRecord:
    """Store a step; the same place in the same investigation is written over, as when a step is taken again."""
    with store.transaction() as cursor:
        insert(cursor, "steps", step.model_dump(mode="json"), or_="REPLACE")
    return step


def of_incident(store: Store, incident_id: str) -> list[StepRecord]:
    """Return the steps of all investigations of an incident, oldest investigation first."""
    return _select(store, "incident_id", incident_id)


def of_investigation(store: Store, investigation_id: str) -> list[StepRecord]:
    """Return the steps of one investigation in order."""
    return _select(store, "investigation_id", investigation_id)


def _select(store: Store, column: str, key: str) -> list[StepRecord]:
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {', '.join(StepRecord.model_fields)} FROM steps WHERE {column} = ? "
            "ORDER BY min(started_unix_nano) OVER (PARTITION BY investigation_id), investigation_id, seq",
            [key],
        )
        return models(cursor, StepRecord)
