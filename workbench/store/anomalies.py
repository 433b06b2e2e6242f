"""What detectors saw. An anomaly's id is made of its content, so a replayed stream stores nothing twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from workbench.facts.incident import Anomaly
from workbench.store.db import Store
from workbench.store.rows import insert_many, models, records, to_json

_COLUMNS = ", ".join(Anomaly.model_fields)


def add(store: Store, anomalies: Sequence[Anomaly]) -> list[Anomaly]:
    """Store anomalies and return them with their ids; one that is there already is left as it is."""
    named = [one if one.anomaly_id else one.model_copy(update={"anomaly_id": _id_of(one)}) for one in anomalies]
    # By id, since one statement may not name a key twice.
    rows = {one.anomaly_id: _row(one) for one in reversed(named)}
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
        return models(cursor, Anomaly, "labels")


def of_incident(store: Store, incident_id: str) -> list[Anomaly]:
    """Return the anomalies of an incident, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM anomalies WHERE incident_id = ? ORDER BY time_unix_nano, anomaly_id",
            [incident_id],
        )
        return models(cursor, Anomaly, "labels")


def of_incidents(store: Store, incident_ids: Sequence[str]) -> dict[str, list[Anomaly]]:
    """Return the anomalies of many incidents at once, oldest first; incidents without any are left out."""
    found: dict[str, list[Anomaly]] = {}
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS}, incident_id FROM anomalies WHERE list_contains(?::VARCHAR[], incident_id) "
            "ORDER BY time_unix_nano, anomaly_id",
            [list(incident_ids)],
        )
        for row in records(cursor):
            incident_id = row.pop("incident_id")
            one = Anomaly.model_validate(row | {"labels": json.loads(row["labels"])})
            found.setdefault(incident_id, []).append(one)
    return found


def without_incident(store: Store, scope: str | None = None) -> list[Anomaly]:
    """Return the anomalies that belong to no incident yet, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM anomalies WHERE incident_id = '' AND (? IS NULL OR scope = ?) "
            "ORDER BY time_unix_nano, anomaly_id",
            [scope, scope],
        )
        return models(cursor, Anomaly, "labels")


def incident_of(store: Store, anomaly_ids: Sequence[str]) -> dict[str, str]:
    """Return the incident of each of these anomalies, '' for a free one; unknown ids are left out."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT anomaly_id, incident_id FROM anomalies WHERE list_contains(?::VARCHAR[], anomaly_id)",
            [list(anomaly_ids)],
        )
        return dict(cursor.fetchall())


def ends(store: Store, scope: str, signal_keys: Sequence[str]) -> dict[str, int]:
    """Return when signals ended that a source has taken back: key -> UTC nanoseconds; those that last are left out."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT signal_key, max(time_unix_nano) FROM anomalies WHERE scope = ? AND NOT firing AND signal_key <> '' "
            "AND list_contains(?::VARCHAR[], signal_key) GROUP BY signal_key ORDER BY signal_key",
            [scope, list(signal_keys)],
        )
        return dict(cursor.fetchall())


def _row(one: Anomaly) -> dict[str, object]:
    return {**one.model_dump(mode="json"), "labels": to_json(one.labels), "incident_id": ""}


def _id_of(one: Anomaly) -> str:
    # The score is left out: a detector that sees a thing again may weigh it a little differently.
    facts = [one.scope, one.detector, one.kind, one.service_name, one.time_unix_nano, one.summary]
    # Detectors of our own name no signal; a source that does may say several things of one service at one time.
    if one.signal_key:
        facts += [one.signal_key, str(one.firing)]
    return "A" + hashlib.sha256(to_json(facts).encode()).hexdigest()[:12]
