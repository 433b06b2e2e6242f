"""A small shop in a store, and stand-ins for the rooms that an investigation calls."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from tests.detect.made import START, frame, steady
from workbench.agents.place import ReportOrder
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.telemetry import Case
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.store import reports, sources, telemetry
from workbench.store.db import Store
from workbench.store.reports import Report

SCOPE = "shop"
ONSET = START + 200 * NANOS_PER_SECOND
"""22:16:40 UTC"""


def fill(store: Store, *, ill: bool = True) -> None:
    """Put 300 s of requests to two services into the store; those of payments fail from 200 s on if `ill`."""
    rows = steady("payments", 300, bad=lambda at: ill and at >= 200) + steady("cart", 300)
    source = sources.register(store, kind="api", uri="shop", scope=SCOPE)
    spans = pa.Table.from_pandas(frame(Table.SPANS, rows), preserve_index=False)
    telemetry.append(store, Table.SPANS, spans.drop_columns(["row_id", "source_id"]), source_id=source.source_id)


def diagnose(case: Case, *, top: int = 10) -> Diagnosis:
    """Blame payments if a request of it failed; as good a diagnosis as these rows need."""
    spans = case.telemetry.spans
    failed = int((spans["status_code"] == "ERROR").sum())
    if not failed:
        return Diagnosis(case=case.name, verdict=Verdict.HEALTHY, reason="No request failed.", baseline="nothing else")
    evidence = Evidence(
        kind=EvidenceKind.ERROR,
        service_name="payments",
        summary=f"{failed} requests of payments failed, the first for jo@example.org; healthy is 0.",
        strength=3.5,
        selection=Selection(table=Table.SPANS, equals={"service_name": "payments", "status_code": "ERROR"}),
    )
    causes = [
        Cause(rank=1, service_name="payments", fault_type="exception", confidence=0.83, score=3.5, evidence=[evidence]),
        Cause(rank=2, service_name="cart", confidence=0.12, score=0.2),
    ]
    return Diagnosis(
        case=case.name,
        verdict=Verdict.INCIDENT,
        kind=IncidentKind.ERROR,
        reason="Requests of payments fail.",
        onset_unix_nano=case.at_unix_nano or ONSET,
        onset_given=case.at_unix_nano is not None,
        causes=causes[:top],
        not_known=["which version of payments ran"],
        services=["cart", "payments", "search"],
        baseline="the time before the onset",
    )


def write_report(store: Store, order: ReportOrder) -> Report:
    """Write one small file, and note the report."""
    order.folder.mkdir(parents=True, exist_ok=True)
    (order.folder / "report.md").write_text("\n".join(order.summary), encoding="utf-8")
    return reports.save(
        store,
        Report(
            report_id=order.report_id,
            incident_id=order.incident_id,
            title=order.diagnosis.reason,
            created_unix_nano=order.now_unix_nano,
            folder=str(order.folder),
            files=["report.md"],
            metadata={
                "summary": order.summary,
                "worded_by": order.worded_by,
                "worded_why": order.worded_why,
                "masked": order.masked,
            },
        ),
    )


def folders(place: Path) -> list[str]:
    """Return the names of the report folders."""
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []
