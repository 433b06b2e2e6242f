"""Explanations: how a verdict was reached, and why a service is not the cause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput, NotFound
from workbench.guard.tool import tool
from workbench.report.explain.content import Explanation

if TYPE_CHECKING:
    from workbench.core import Workbench
    from workbench.facts.diagnosis import Diagnosis
    from workbench.facts.evidence import Evidence
    from workbench.report.content import LedgerEntry


@tool(risk="read", positional=("subject",))
def explain(
    wb: Workbench,
    subject: str,
    why_not: list[str] = [],  # noqa: B006 - never changed
    out: Path | None = None,
) -> Explanation:
    """Explain how a verdict was reached: the reasoning, what moved when, and a query behind every statement.

    Args:
        subject: An incident (INC-3), or a data set (see `causeway sources`), which is then diagnosed anew.
        why_not: Say why this service is not the cause; may be given several times.
        out: Also write it as one HTML file.
    """
    from workbench.report.explain.build import explain as build
    from workbench.store import telemetry

    scope, title, diagnosis, ledger = _found(wb, subject)
    rows = telemetry.read(wb.store, scope=scope, most_spans=telemetry.MOST_SPANS)
    found = build(diagnosis, rows, ledger, subject=subject, title=title, ask=why_not)
    if out is not None:
        from workbench.report.explain.html import to_html

        try:
            out.write_text(to_html(found), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror}", where=str(out), hint="Name another file") from error
    return found


def _found(wb: Workbench, subject: str) -> tuple[str, str, Diagnosis, list[tuple[Evidence, LedgerEntry]]]:
    from workbench.facts.telemetry import Case
    from workbench.rca.diagnose import diagnose
    from workbench.store import diagnoses, incidents, telemetry

    if not subject.strip():
        raise BadInput("no incident is named", hint="`causeway incidents` lists them; in the app, open one first")
    if subject.startswith("INC-"):
        incident = incidents.get(wb.store, subject)
        known = diagnoses.of_incident(wb.store, subject)
        if known is None:
            hint = f"Nobody investigated it yet; `causeway investigate {subject}` does"
            raise NotFound("diagnosis of", subject, hint=hint)
        return incident.scope, incident.title, known, _ledger(wb, subject)
    rows = telemetry.read(wb.store, scope=subject, most_spans=telemetry.MOST_SPANS)
    if rows.is_empty():
        known_sets = ", ".join(sorted(one.scope for one in telemetry.scopes(wb.store))) or "none"
        raise BadInput(f"no incident and no data set {subject!r}", hint=f"Data sets: {known_sets}")
    case = Case(subject, rows, telemetry.references(wb.store, subject))
    return subject, subject, diagnose(case), []


def _ledger(wb: Workbench, incident_id: str) -> list[tuple[Evidence, LedgerEntry]]:
    from workbench.report.incident import ledger_entry
    from workbench.store import evidence

    return [(one.evidence, ledger_entry(one)) for one in evidence.of_incident(wb.store, incident_id)]
