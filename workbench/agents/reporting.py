"""Writes the report of an investigation by means of the report room, and notes it in the store."""

from __future__ import annotations

from workbench.agents.place import ReportOrder
from workbench.store import reports
from workbench.store.db import Store
from workbench.store.reports import Report


def write_report(store: Store, order: ReportOrder) -> Report:
    """Write the files and store the report under its id; doing it again gives the same files and the same one report.

    Raises:
        BadInput: the folder cannot be written to.
    """
    from workbench.report.incident import build
    from workbench.report.write import write

    content = build(
        store,
        order.incident_id or None,
        order.diagnosis,
        order.summary,
        order.worded_by,
        order.masked,
        order.steps,
        order.telemetry,
        now_unix_nano=order.now_unix_nano,
    )
    files = write(content, order.folder)
    return reports.save(
        store,
        Report(
            report_id=order.report_id,
            incident_id=order.incident_id,
            title=content.title,
            created_unix_nano=order.now_unix_nano,
            folder=str(order.folder),
            files=[file.name for file in files],
            metadata={
                "investigation_id": order.investigation_id,
                "verdict": order.diagnosis.verdict.value,
                "summary": order.summary,
                "worded_by": order.worded_by,
                "worded_why": order.worded_why,
                "masked": order.masked,
            },
        ),
    )
