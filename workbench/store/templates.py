"""Memory of log templates per system, and small named states that outlive a process."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from workbench.store.db import Store
from workbench.store.rows import first, insert, insert_many, to_json


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
