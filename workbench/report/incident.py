"""Builds the content of an incident's report from its diagnosis, the stored evidence and the telemetry."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from workbench.detect.similar import similar_incidents
from workbench.errors import BadInput
from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.incident import Incident
from workbench.facts.telemetry import Telemetry
from workbench.report.also import also_for
from workbench.report.charts import make_charts
from workbench.report.content import LedgerEntry, Pattern, ReportContent, Step
from workbench.report.masking import Masker
from workbench.report.patterns import make_patterns
from workbench.report.timeline import make_marks, make_timeline
from workbench.report.topology import make_topology
from workbench.report.waterfall import make_waterfall
from workbench.report.window import Window, window_of, within
from workbench.report.words import VERDICT_WORDS, fault_words
from workbench.semconv import Table
from workbench.signals.memory import DEFAULT_SYSTEM
from workbench.store import anomalies, evidence, incidents, templates
from workbench.store.db import Store
from workbench.store.evidence import StoredEvidence
from workbench.store.steps import StepRecord


def build(
    store: Store,
    incident_id: str | None,
    diagnosis: Diagnosis,
    summary: Sequence[str],
    worded_by: str,
    masked: int,
    steps: Sequence[StepRecord],
    telemetry: Telemetry,
    *,
    now_unix_nano: int | None = None,
) -> ReportContent:
    """Return the report of an incident, or of a case in which nothing was wrong.

    Args:
        store: Where the incident, its anomalies and its evidence are.
        incident_id: None or '' when no incident was opened.
        diagnosis: What was found out; its evidence may have its ids already or not.
        summary: Up to three sentences.
        worded_by: `rules` or the model's name.
        masked: Values that were masked in the summary.
        steps: What the investigation did.
        telemetry: The rows that were looked at.
        now_unix_nano: Time of the report; None is now.
    """
    incident = incidents.get(store, incident_id) if incident_id else None
    stored = evidence.of_incident(store, incident_id) if incident_id else []
    seen = anomalies.of_incident(store, incident_id) if incident_id else []
    ill = diagnosis.verdict is Verdict.INCIDENT
    onset = diagnosis.onset_unix_nano if ill else None
    window = window_of(telemetry, onset)
    near = within(telemetry, window) if window else telemetry
    first = diagnosis.causes[0].service_name if diagnosis.causes else ""
    masker = Masker()
    timeline = masker.timeline(make_timeline(diagnosis, telemetry, seen, window))
    patterns, span_s = _patterns(store, near, window) if window and ill else ([], 0.0)
    extent = telemetry.extent()
    causes = _with_ids(diagnosis.causes, stored)
    return ReportContent(
        incident_id=incident_id or None,
        title=_title(incident, diagnosis),
        case=diagnosis.case,
        scope=incident.scope if incident else diagnosis.case,
        verdict=diagnosis.verdict,
        kind=diagnosis.kind,
        severity=incident.severity if incident and ill else "",
        reason=diagnosis.reason,
        also=also_for(diagnosis),
        summary=[sentence for sentence in summary if sentence],
        worded_by=worded_by,
        created_unix_nano=now_unix_nano if now_unix_nano is not None else time.time_ns(),
        start_unix_nano=extent[0] if extent else None,
        end_unix_nano=extent[1] if extent else None,
        onset_unix_nano=onset,
        onset_given=diagnosis.onset_given,
        rows={table.value: len(telemetry.frame(table)) for table in Table if len(telemetry.frame(table))},
        services=diagnosis.services,
        baseline=diagnosis.baseline,
        impact=masker.texts(diagnosis.impact),
        causes=masker.causes(causes) if ill else [],
        contributing=masker.texts(diagnosis.contributing),
        known=masker.texts(known_modes(diagnosis)),
        ruled_out=masker.texts(diagnosis.ruled_out),
        checked=masker.texts(diagnosis.checked),
        notable=masker.texts(diagnosis.notable),
        timeline=timeline,
        marks=make_marks(timeline, onset),
        charts=make_charts(near, diagnosis, window) if window else [],
        topology=make_topology(diagnosis, near),
        waterfall=masker.waterfall(make_waterfall(near, onset, first)) if ill else None,
        patterns=masker.patterns(patterns),
        pattern_span_s=span_s,
        actions=diagnosis.actions,
        similar=masker.similar(similar_incidents(store, incident_id)[0]) if incident_id and ill else [],
        not_known=not_known(diagnosis),
        ledger=[ledger_entry(one) for one in stored] if ill else [],
        steps=[Step(name=one.name, seconds=one.seconds, summary=one.summary, status=one.status) for one in steps],
        seconds=diagnosis.seconds,
        masked=masked + masker.count,
    )


def known_modes(diagnosis: Diagnosis) -> list[str]:
    """Return the sentences of the known failure modes; behind a consequence stands what it follows from."""
    return list(
        dict.fromkeys(
            " ".join(part for part in (mode.over or mode.sentence, "" if mode.over else mode.consequence) if part)
            for mode in diagnosis.failure_modes
        )
    )


def _patterns(store: Store, near: Telemetry, window: Window) -> tuple[list[Pattern], float]:
    """Return the patterns that changed, with the identifiers under which the workspace remembers them."""
    try:
        memory = templates.load_memory(store, DEFAULT_SYSTEM)
    except BadInput:
        # A memory that cannot be read must not keep a report from being written.
        return make_patterns(near, window)
    found = make_patterns(near, window, memory.mine)
    templates.save_memory(store, DEFAULT_SYSTEM, memory)
    return found


def _title(incident: Incident | None, diagnosis: Diagnosis) -> str:
    if incident:
        return incident.title
    if diagnosis.verdict is Verdict.INCIDENT and diagnosis.causes:
        first = diagnosis.causes[0]
        return f"{first.service_name}: {fault_words(first.fault_type) or 'something broke'}"
    return f"{diagnosis.case}: {VERDICT_WORDS[diagnosis.verdict].lower()}"


def not_known(diagnosis: Diagnosis) -> list[str]:
    """Return what is not known, what triggered it as well where no change is on record."""
    missing = [text for cause in diagnosis.causes[:3] for text in cause.missing]
    said = list(dict.fromkeys([*diagnosis.not_known, *missing]))
    kinds = {one.kind for cause in diagnosis.causes[:1] for one in cause.evidence}
    known = bool(diagnosis.contributing) or EvidenceKind.CHANGE in kinds or any("deployment" in one for one in said)
    if diagnosis.verdict is Verdict.INCIDENT and diagnosis.causes and not known:
        said.append("What triggered it: no change is on record.")
    return said


def _with_ids(causes: Sequence[Cause], stored: Sequence[StoredEvidence]) -> list[Cause]:
    """Return the causes with the ids that the store gave to their evidence."""
    ids = {_bare(one.evidence): one.evidence.evidence_id for one in stored}
    return [
        cause.model_copy(
            update={
                "evidence": [
                    one if one.evidence_id else one.model_copy(update={"evidence_id": ids.get(_bare(one), "")})
                    for one in cause.evidence
                ]
            }
        )
        for cause in causes
    ]


def _bare(one: Evidence) -> str:
    return one.model_copy(update={"evidence_id": ""}).model_dump_json()


def ledger_entry(one: StoredEvidence) -> LedgerEntry:
    """Return how a stored evidence is checked."""
    identifier = one.evidence.evidence_id
    return LedgerEntry(
        evidence_id=identifier,
        command=f"causeway evidence {identifier}",
        sql=one.sql,
        parameters=json.dumps(one.parameters, ensure_ascii=False, default=str),
        rows=len(one.row_ids),
        sha256=one.sha256,
    )
