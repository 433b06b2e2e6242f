"""Turns one look at a case into a finding: ranking, fault types, evidence and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.evidence import Evidence
from workbench.facts.telemetry import Case
from workbench.rca.changes import changed_services, changes_near
from workbench.rca.evidence import evidence_of
from workbench.rca.explained import explained_store
from workbench.rca.faulttype import fault_type
from workbench.rca.fuse import Fused, Sign, Thresholds
from workbench.rca.narrate import Span
from workbench.rca.observe import Observation
from workbench.rca.report import Finding
from workbench.rca.windows import Window

MOST_WITH_EVIDENCE = 10
LEAST_SIGN = 0.05
"""Weaker signs are noise and are not told."""
KIND = {
    Sign.CLOCK: IncidentKind.ERROR,
    Sign.RETRIES: IncidentKind.ERROR,
    Sign.RESOURCE: IncidentKind.METRIC,
    Sign.ABSENCE: IncidentKind.DOWNTIME,
    Sign.NETWORK: IncidentKind.LATENCY,
    Sign.FAILURE: IncidentKind.ERROR,
    Sign.SATURATION: IncidentKind.METRIC,
    Sign.STRUCTURE: IncidentKind.ERROR,
    Sign.ERRORS: IncidentKind.ERROR,
    Sign.LATENCY: IncidentKind.LATENCY,
}
WORDS = {
    Sign.CLOCK: "error of the clock",
    Sign.RETRIES: "number of repeated calls",
    Sign.RESOURCE: "resource use",
    Sign.ABSENCE: "silence",
    Sign.NETWORK: "delay of the calls",
    Sign.FAILURE: "share of failed calls",
    Sign.SATURATION: "use of connections, threads or queues",
    Sign.STRUCTURE: "change in what requests do",
    Sign.ERRORS: "rise of errors",
    Sign.LATENCY: "own latency",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A window, what it shows, and what that adds up to."""

    window: Window
    seen: Observation
    fused: Fused
    thresholds: Thresholds


def finding_of(
    case: Case,
    look: Look,
    *,
    incident: bool,
    onset: int | None,
    baseline: str,
    front: Evidence | None = None,
) -> Finding:
    """Return the finding of a look; `incident` is the verdict, `front` what users notice if that decided it."""
    fused, seen, window = look.fused, look.seen, look.window
    ranked = fused.ranked()
    extent = case.telemetry.extent() or (0, 0)
    span = Span(window.since if window.since is not None else window.metrics_since, extent[1] + 1)
    logs = case.telemetry.logs
    logs = logs[logs["time_unix_nano"] >= span.start]
    changed = changed_services(changes_near(case.telemetry.events, onset))
    statuses = bool((case.telemetry.spans["status_code"] != "").any())
    lead = fused.lead
    strengths = sorted((own[lead] for own in fused.ratios.values()), reverse=True) if lead else []
    return Finding(
        incident=incident,
        reason=_reason(fused, incident) if front is None else f"{front.summary} {_reason(fused, fused.incident)}",
        scores=fused.scores,
        strength=fused.strength,
        runner_up=strengths[1] if len(strengths) > 1 else 0.0,
        onset_unix_nano=onset,
        onset_given=case.at_unix_nano is not None,
        baseline=baseline,
        fault_types={
            service: fault_type(seen, fused, service, logs, changed.get(service), statuses=statuses)
            for service in ranked[:MOST_WITH_EVIDENCE]
        },
        evidence={
            service: [
                *([front] if front is not None and place == 0 else []),
                *evidence_of(seen, service, look.thresholds, span),
            ]
            for place, service in enumerate(ranked[:MOST_WITH_EVIDENCE])
        },
        kind=KIND.get(lead) if lead else None,
        lead=WORDS[lead] if lead else "",
        explained=explained_store(seen.network[0].edges, seen.statement) if incident and seen.statement else {},
        signs={
            service: {WORDS[sign]: round(float(ratio), 3) for sign, ratio in own.items() if ratio >= LEAST_SIGN}
            for service, own in fused.ratios.items()
        },
    )


def _reason(fused: Fused, incident: bool) -> str:
    if fused.lead is None:
        return "Nothing departs from what is healthy."
    what = WORDS[fused.lead]
    if incident:
        return f"The {what} of {fused.ranked()[0]} is {fused.strength:.1f} times the largest value seen while healthy."
    return (
        f"The strongest sign, the {what} of {fused.ranked()[0]}, is {fused.strength:.1f} of what is seen while healthy."
    )
