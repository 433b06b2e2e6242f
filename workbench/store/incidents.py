"""Incidents and the moves between their states; `facts.incident.INCIDENT_MOVES` says which moves there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.errors import NotFound, Refused
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident, IncidentState, check_incident_move
from workbench.store import groupings
from workbench.store.db import Store
from workbench.store.rows import insert, models, next_number


class Move(Frozen):
    """One change of an incident's state."""

    incident_id: str
    from_state: IncidentState
    to_state: IncidentState
    moved_unix_nano: int
    why: str = ""


def next_id(store: Store) -> str:
    """Return an id that was never given before, such as "INC-1"."""
    with store.transaction() as cursor:
        return f"INC-{next_number(cursor, 'incident')}"


def create(store: Store, incident: Incident) -> Incident:
    """Store a new incident; one with an empty id is given the next.

    Raises:
        StoreError: the id is taken.
    """
    with store.transaction() as cursor:
        named = incident if incident.incident_id else incident.model_copy(update={"incident_id": next_id(store)})
        insert(cursor, "incidents", named.model_dump(mode="json"))
    return named


def get(store: Store, incident_id: str) -> Incident:
    """Return one incident.

    Raises:
        NotFound: there is no such incident.
    """
    found = _select(store, "WHERE incident_id = ?", [incident_id])
    if not found:
        raise NotFound("incident", incident_id, hint="`causeway incidents` lists them")
    return found[0]


def latest(
    store: Store,
    *,
    state: IncidentState | str | None = None,
    service_name: str | None = None,
    scope: str | None = None,
    limit: int = 20,
    merged: bool = False,
) -> list[Incident]:
    """Return incidents that fit all that is given, the latest to begin first; `merged` adds those in others."""
    wanted = {"state": state, "service_name": service_name, "scope": scope}
    given = {name: str(value) for name, value in wanted.items() if value is not None}
    conditions = " AND ".join(f"{name} = ?" for name in given) or "true"
    if not merged:
        conditions += " AND incident_id NOT IN (SELECT incident_id FROM incident_links WHERE relation = 'merged_into')"
    return _select(
        store, f"WHERE {conditions} ORDER BY opened_unix_nano DESC, incident_id DESC LIMIT ?", [*given.values(), limit]
    )


def update(store: Store, incident: Incident) -> Incident:
    """Write an incident's changed fields; the state changes by `move` only.

    Raises:
        NotFound: there is no such incident.
    """
    with store.transaction() as cursor:
        current = get(store, incident.incident_id)
        changed = incident.model_copy(update={"state": current.state})
        insert(cursor, "incidents", changed.model_dump(mode="json"), or_="REPLACE")
    return changed


def assign(store: Store, incident_ids: Sequence[str], owner: str, *, now_unix_nano: int) -> list[Incident]:
    """Say who looks after incidents; '' for nobody. Raises NotFound, and changes nothing, when one is not there."""
    with store.transaction() as cursor:
        for incident_id in incident_ids:
            get(store, incident_id)
        cursor.execute(
            "UPDATE incidents SET owner = ?, updated_unix_nano = ? WHERE list_contains(?::VARCHAR[], incident_id)",
            [owner, now_unix_nano, list(incident_ids)],
        )
        return [get(store, incident_id) for incident_id in incident_ids]


def attach(store: Store, incident_id: str, anomaly_ids: Sequence[str]) -> Incident:
    """Put anomalies into an incident and count them anew.

    Raises:
        NotFound: there is no such incident.
    """
    with store.transaction() as cursor:
        get(store, incident_id)
        cursor.execute(
            "UPDATE anomalies SET incident_id = ? WHERE list_contains(?::VARCHAR[], anomaly_id)",
            [incident_id, list(anomaly_ids)],
        )
        cursor.execute(
            "UPDATE incidents SET anomaly_count = (SELECT count(*) FROM anomalies a "
            "WHERE a.incident_id = incidents.incident_id) WHERE incident_id = ?",
            [incident_id],
        )
        return get(store, incident_id)


def detach(store: Store, incident_id: str, anomaly_ids: Sequence[str]) -> Incident:
    """Take anomalies out of an incident, so that they are free again, and count anew; raises NotFound as `attach`."""
    with store.transaction() as cursor:
        cursor.execute(
            "UPDATE anomalies SET incident_id = '' WHERE incident_id = ? AND list_contains(?::VARCHAR[], anomaly_id)",
            [incident_id, list(anomaly_ids)],
        )
        return attach(store, incident_id, [])


def move(store: Store, incident_id: str, state: IncidentState, *, now_unix_nano: int, why: str = "") -> Incident:
    """Change an incident's state and write down when and why.

    Raises:
        NotFound: there is no such incident.
        IllegalMove: its table of moves does not have this one.
        Refused: it was merged into another.
    """
    with store.transaction() as cursor:
        current = get(store, incident_id)
        check_incident_move(incident_id, current.state, state)
        if into := groupings.merged_into(store, incident_id):
            raise Refused(f"{incident_id} was merged into {into}; move {into} instead")
        cursor.execute(
            "UPDATE incidents SET state = ?, updated_unix_nano = ? WHERE incident_id = ?",
            [state.value, now_unix_nano, incident_id],
        )
        done = Move(
            incident_id=incident_id,
            from_state=current.state,
            to_state=state,
            moved_unix_nano=now_unix_nano,
            why=why,
        )
        insert(cursor, "incident_moves", done.model_dump(mode="json"))
        return get(store, incident_id)


def moves(store: Store, incident_id: str) -> list[Move]:
    """Return the changes of an incident's state, oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT * FROM incident_moves WHERE incident_id = ? ORDER BY moved_unix_nano, rowid", [incident_id]
        )
        return models(cursor, Move)


def delete(store: Store, incident_id: str) -> None:
    """Remove an incident with its moves, evidence, diagnosis and steps; its anomalies become free again."""
    with store.transaction() as cursor:
        get(store, incident_id)
        cursor.execute("UPDATE anomalies SET incident_id = '' WHERE incident_id = ?", [incident_id])
        for table in (
            "incident_moves", "incident_links", "incident_notes", "evidence", "diagnoses", "steps", "incidents",
        ):  # fmt: skip
            cursor.execute(f"DELETE FROM {table} WHERE incident_id = ?", [incident_id])
        cursor.execute("DELETE FROM incident_links WHERE other_incident_id = ?", [incident_id])


def _select(store: Store, rest: str, parameters: list[Any]) -> list[Incident]:
    names = ", ".join(Incident.model_fields)
    with store.connection() as cursor:
        cursor.execute(f"SELECT {names} FROM incidents {rest}", parameters)
        return models(cursor, Incident)
