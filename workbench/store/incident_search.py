"""Finds incidents by state, severity, service, owner, time and words, a page at a time; counts them for the filters."""

from __future__ import annotations

from typing import Any

from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident, IncidentState
from workbench.store.db import Store
from workbench.store.rows import models, number

_SHOWN = "incident_id NOT IN (SELECT incident_id FROM incident_links WHERE relation = 'merged_into')"
_MOST_VALUES = 200


class IncidentFilter(Frozen):
    """What is wanted; an empty field wants everything."""

    states: list[IncidentState] = []
    severities: list[str] = []
    services: list[str] = []
    owner: str | None = None
    """'' finds those that nobody looks after."""
    since_unix_nano: int | None = None
    until_unix_nano: int | None = None
    text: str = ""
    """Words that all have to be in the id, the title, the service or the owner."""


def page(store: Store, wanted: IncidentFilter, *, limit: int, offset: int) -> list[Incident]:
    """Return incidents that fit, the latest to begin first."""
    where, values = _where(wanted)
    names = ", ".join(Incident.model_fields)
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {names} FROM incidents WHERE {where} ORDER BY opened_unix_nano DESC, incident_id DESC "
            "LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
        return models(cursor, Incident)


def total(store: Store, wanted: IncidentFilter) -> int:
    """Return how many fit."""
    where, values = _where(wanted)
    with store.connection() as cursor:
        return number(cursor, f"SELECT count(*) FROM incidents WHERE {where}", values)


def values_of(store: Store, column: str, wanted: IncidentFilter) -> dict[str, int]:
    """Return the values of a column (from code, never from a user) among those that fit, with their numbers."""
    where, values = _where(wanted)
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {column}, count(*) AS found FROM incidents WHERE {where} "
            "GROUP BY 1 ORDER BY found DESC, 1 LIMIT ?",
            [*values, _MOST_VALUES],
        )
        return {str(value): int(found) for value, found in cursor.fetchall()}


def _where(wanted: IncidentFilter) -> tuple[str, list[Any]]:
    conditions, values = [_SHOWN], list[Any]()
    lists = {"state": [one.value for one in wanted.states], "severity": wanted.severities}
    for column, among in (lists | {"service_name": wanted.services}).items():
        if among:
            conditions.append(f"list_contains(?::VARCHAR[], {column})")
            values.append(list(among))
    for condition, value in (
        ("owner = ?", wanted.owner),
        ("opened_unix_nano >= ?", wanted.since_unix_nano),
        ("opened_unix_nano < ?", wanted.until_unix_nano),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    for word in wanted.text.split():
        # `contains` takes the word as it is; LIKE would give % and _ a meaning.
        conditions.append("contains(lower(concat_ws(' ', incident_id, title, service_name, owner)), lower(?))")
        values.append(word)
    return " AND ".join(conditions), values
