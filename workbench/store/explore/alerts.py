"""What detectors and alerts said since somebody looked, in the order in which it was stored."""

from __future__ import annotations

from typing import Any

from workbench.store.db import Store
from workbench.store.rows import number, records


def newest(store: Store) -> int:
    """Return the place of the newest row, -1 when there is none."""
    with store.connection() as cursor:
        return number(cursor, "SELECT coalesce(max(rowid), -1) FROM anomalies")


def since(store: Store, place: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """Return the place of the newest row, and the rows after `place`: at most `limit`, the newest."""
    last = newest(store)
    if last == place:
        return last, []
    with store.connection() as cursor:
        cursor.execute(
            "SELECT anomaly_id, detector, kind, service_name, time_unix_nano, score, summary, severity, firing, scope, "
            "incident_id FROM anomalies WHERE rowid > ? ORDER BY rowid DESC LIMIT ?",
            [place if place < last else -1, limit],
        )
        return last, records(cursor)[::-1]
