"""What detectors saw. An anomaly's id is made of its content, so a replayed stream stores nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from workbench.facts.incident import Anomaly
from workbench.store.db import Store
from workbench.store.rows import insert_many, models, to_json

_COLUMNS = "anomaly_id, detector, kind, service_name, time_unix_nano, score, value, expected, summary, scope"


def add(store: Store, anomalies: Sequence[Anomaly]) -> list[Anomaly]:
    """Store anomalies and return them with their ids; one that is there already is left as it is."""
    named = [one if one.anomaly_id else one.model_copy(update={"anomaly_id": _id_of(one)}) for one in anomalies]
    # By id, since one statement may not name a key twice.
    rows = {one.anomaly_id: {**one.model_dump(mode="json"), "incident_id": ""} for one in reversed(named)}
    with store.transaction() as cursor:
        insert_many(cursor, "anomalies", list(reversed(rows.values())), or_="IGNORE")
    return named


def latest(store: Store, scope: str | None = None, limit: int = 200) -> list[Anomaly]:
    """Return anomalies, newest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM anomalies WHERE ? IS NULL OR scope = ? "
            "ORDER BY time_unix_nano DESC, anomaly_id LIMIT ?",
            [scope, scope, limit],
        )
        return models(cursor, Anomaly)


def of_incident(store: Store, incident_id: str) -> list[Anomaly]:
    """Return the anomalies of an incident, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM anomalies WHERE incident_id = ? ORDER BY time_unix_nano, anomaly_id",
            [incident_id],
        )
        return models(cursor, Anomaly)


def without_incident(store: Store, scope: str | None = None) -> list[Anomaly]:
    """Return the anomalies that belong to no incident yet, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM anomalies WHERE incident_id = '' AND (? IS NULL OR scope = ?) "
            "ORDER BY time_unix_nano, anomaly_id",
            [scope, scope],
        )
        return models(cursor, Anomaly)


def _id_of(one: Anomaly) -> str:
    # The score is left out: a detector that sees a thing again may weigh it a little differently.
    facts = [one.scope, one.detector, one.kind, one.service_name, one.time_unix_nano, one.summary]
    return "A" + hashlib.sha256(to_json(facts).encode()).hexdigest()[:12]
