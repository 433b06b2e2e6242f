"""Which reports were written, for which incident, and where their files lie."""

from __future__ import annotations

from typing import Any

from workbench.errors import NotFound
from workbench.facts.evidence import Frozen
from workbench.store.db import Store
from workbench.store.rows import insert, models


class Report(Frozen):
    """One written report."""

    report_id: str
    incident_id: str
    title: str
    created_unix_nano: int
    folder: str
    files: list[str] = []
    """Names within the folder."""
    metadata: dict[str, Any] = {}


def save(store: Store, report: Report) -> Report:
    """Store a report; the same id is written over."""
    with store.transaction() as cursor:
        insert(cursor, "reports", report.model_dump(mode="json"), or_="REPLACE")
    return report


def get(store: Store, report_id: str) -> Report:
    """Return one report.

    Raises:
        NotFound: there is no such report.
    """
    with store.connection() as cursor:
        cursor.execute(f"SELECT {_names()} FROM reports WHERE report_id = ?", [report_id])
        found = models(cursor, Report, "files", "metadata")
    if not found:
        raise NotFound("report", report_id, hint="`causeway reports` lists them")
    return found[0]


def latest(store: Store, limit: int = 20, *, incident_id: str | None = None) -> list[Report]:
    """Return reports, newest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_names()} FROM reports WHERE ? IS NULL OR incident_id = ? "
            "ORDER BY created_unix_nano DESC, report_id LIMIT ?",
            [incident_id, incident_id, limit],
        )
        return models(cursor, Report, "files", "metadata")


def _names() -> str:
    return ", ".join(Report.model_fields)
