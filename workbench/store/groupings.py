"""Why each signal is where it is: the history of grouping, and the links between incidents. Entries are only added."""

from __future__ import annotations

import json
from collections.abc import Sequence

from workbench.facts.correlation import Change, IncidentChange, IncidentLink, Relation
from workbench.store.db import Store
from workbench.store.rows import insert, models, next_number


def record(
    store: Store,
    action: Change,
    incident_id: str,
    anomaly_ids: Sequence[str],
    *,
    grouped_by: str,
    why: str,
    other: str = "",
) -> IncidentChange:
    """Write down what was done with some signals, and why."""
    with store.transaction() as cursor:
        change = IncidentChange(
            change_id=next_number(cursor, "incident_change"),
            action=action,
            incident_id=incident_id,
            other_incident_id=other,
            anomaly_ids=sorted(anomaly_ids),
            grouped_by=grouped_by,
            why=why,
        )
        insert(cursor, "incident_changes", change.model_dump(mode="json"))
    return change


def history(store: Store, incident_id: str) -> list[IncidentChange]:
    """Return what was done with an incident's signals, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT * FROM incident_changes WHERE incident_id = ? OR other_incident_id = ? ORDER BY change_id",
            [incident_id, incident_id],
        )
        return models(cursor, IncidentChange, "anomaly_ids")


def noted(store: Store, actions: Sequence[Change]) -> dict[str, set[str]]:
    """Return the signals that some kinds of entries name, by what grouped them."""
    found: dict[str, set[str]] = {}
    with store.connection() as cursor:
        cursor.execute(
            "SELECT grouped_by, anomaly_ids FROM incident_changes WHERE list_contains(?::VARCHAR[], action)",
            [[one.value for one in actions]],
        )
        for grouped_by, anomaly_ids in cursor.fetchall():
            found.setdefault(grouped_by, set()).update(json.loads(anomaly_ids))
    return found


def link(store: Store, incident_id: str, relation: Relation, other: str, why: str) -> None:
    """Say how an incident belongs to another one, in place of what was said of this relation before."""
    row = {"incident_id": incident_id, "relation": relation.value, "other_incident_id": other, "why": why}
    with store.transaction() as cursor:
        insert(cursor, "incident_links", row, or_="REPLACE")


def unlink(store: Store, incident_id: str, relation: Relation) -> None:
    """Take back a relation."""
    with store.transaction() as cursor:
        cursor.execute(
            "DELETE FROM incident_links WHERE incident_id = ? AND relation = ?", [incident_id, relation.value]
        )


def links(store: Store, incident_id: str) -> list[IncidentLink]:
    """Return the relations in which an incident stands on either side."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT * FROM incident_links WHERE incident_id = ? OR other_incident_id = ? "
            "ORDER BY incident_id, relation",
            [incident_id, incident_id],
        )
        return models(cursor, IncidentLink)


def merged_into(store: Store, incident_id: str) -> str:
    """Return the incident that took this one in, or ''."""
    return next(
        (
            one.other_incident_id
            for one in links(store, incident_id)
            if one.incident_id == incident_id and one.relation is Relation.MERGED_INTO
        ),
        "",
    )
