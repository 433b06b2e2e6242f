"""Memory of log templates per system, and small named states that outlive a process."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from workbench.signals.edits import edits_of
from workbench.signals.memory import TemplateMemory
from workbench.store.db import Store
from workbench.store.rows import first, insert, insert_many, number, to_json


def remember(store: Store, system: str, templates: Mapping[str, str]) -> None:
    """Keep templates (id -> text) of a system beside those known; a known id takes the new text."""
    rows = [
        {"system": system, "template_id": template_id, "template": template}
        for template_id, template in templates.items()
    ]
    with store.transaction() as cursor:
        insert_many(cursor, "templates", rows, or_="REPLACE")


def recall(store: Store, system: str) -> dict[str, str]:
    """Return the templates of a system, id -> text, ordered by id."""
    with store.connection() as cursor:
        cursor.execute("SELECT template_id, template FROM templates WHERE system = ? ORDER BY template_id", [system])
        return dict(cursor.fetchall())


def load_memory(store: Store, system: str) -> TemplateMemory:
    """Return the memory of a system's templates, an empty one for a system that was never seen."""
    state = load_state(store, _state_name(system))
    with store.connection() as cursor:
        cursor.execute("SELECT template_id, now_id FROM template_renames WHERE system = ?", [system])
        renamed = dict(cursor.fetchall())
    return TemplateMemory(state or "", edits_of(edits(store, system)), renamed)


def save_memory(store: Store, system: str, memory: TemplateMemory) -> None:
    """Keep what was learned; texts and renames of identifiers that the memory has forgotten stay readable."""
    names = [{"system": system, "template_id": given, "now_id": now} for given, now in sorted(memory.renamed().items())]
    with store.transaction() as cursor:
        save_state(store, _state_name(system), memory.dump())
        insert_many(cursor, "template_renames", names, or_="REPLACE")
        remember(store, system, memory.parts | {one.template_id: one.template for one in memory.known()})


def edits(store: Store, system: str) -> list[tuple[str, str, str]]:
    """Return what people changed about a system's templates: (action, identifier, argument), oldest first."""
    with store.connection() as cursor:
        cursor.execute(
            "SELECT action, template_id, argument FROM template_edits WHERE system = ? ORDER BY position", [system]
        )
        return cursor.fetchall()


def add_edit(store: Store, system: str, action: str, template_id: str, argument: str) -> int:
    """Add a change of a template, and return its number within the system, from 1."""
    with store.transaction() as cursor:
        position = number(cursor, "SELECT max(position) FROM template_edits WHERE system = ?", [system]) + 1
        row = {"system": system, "position": position, "action": action, "template_id": template_id}
        insert(cursor, "template_edits", {**row, "argument": argument})
    return position


def take_back_edit(store: Store, system: str) -> tuple[str, str, str] | None:
    """Remove the last change of a system's templates and return it; None when there is none."""
    with store.transaction() as cursor:
        every = edits(store, system)
        if every:
            cursor.execute("DELETE FROM template_edits WHERE system = ? AND position = ?", [system, len(every)])
    return every[-1] if every else None


def systems(store: Store) -> list[str]:
    """Return the names of the systems whose templates are remembered, sorted."""
    with store.connection() as cursor:
        cursor.execute("SELECT DISTINCT system FROM templates ORDER BY system")
        return [row[0] for row in cursor.fetchall()]


def _state_name(system: str) -> str:
    return f"templates/{system}"


def save_state(store: Store, name: str, state: Any) -> None:
    """Keep a JSON-able value under a name, in place of the earlier one."""
    with store.transaction() as cursor:
        row = {"name": name, "state": to_json(state), "stored_unix_nano": time.time_ns()}
        insert(cursor, "memories", row, or_="REPLACE")


def load_state(store: Store, name: str) -> Any | None:
    """Return the value under a name, or None when there is none."""
    with store.connection() as cursor:
        found = first(cursor, "SELECT state FROM memories WHERE name = ?", [name])
    return json.loads(found[0]) if found else None
