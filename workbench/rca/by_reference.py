"""Diagnoses a case against fault-free references of the same system."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.evidence import EvidenceKind
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.calibrate import structure_threshold
from workbench.rca.faulttype import fault_type
from workbench.rca.fuse import Fused, fuse
from workbench.rca.narrate import Span, evidence_of
from workbench.rca.observe import Observation, observe
from workbench.rca.onset import date_onset
from workbench.rca.report import Finding
from workbench.rca.windows import Window, from_time, recent, seconds

EARLIER_S = 30
"""A dated onset is used this much earlier: early is harmless, late puts the fault into the baseline."""
KIND = {
    EvidenceKind.RESOURCE: IncidentKind.METRIC,
    EvidenceKind.NETWORK: IncidentKind.LATENCY,
    EvidenceKind.STRUCTURE: IncidentKind.ERROR,
    EvidenceKind.LATENCY: IncidentKind.LATENCY,
}
_WORDS = {
    EvidenceKind.RESOURCE: "resource use",
    EvidenceKind.NETWORK: "network time of calls",
    EvidenceKind.STRUCTURE: "what requests do",
    EvidenceKind.LATENCY: "own latency",
}


def find_by_reference(case: Case, cache: ReferenceCache) -> Finding:
    """Return the finding; without a time the onset is dated first and the case is then looked at as if it were given."""
    references = distinct(case.references.values())
    at, given = case.at_unix_nano, case.at_unix_nano is not None
    window = from_time(at) if at is not None else recent(case.telemetry)
    seen, fused, threshold = _look(case.telemetry, references, window, cache)
    first, onset = fused, at
    if at is None and fused.incident and fused.scores:
        onset = date_onset(seen, fused.lead, fused.ranked()[0], case.telemetry, cache)
        if onset is not None:
            window = from_time(onset - seconds(EARLIER_S))
            again = _look(case.telemetry, references, window, cache)
            if again[1].incident:
                seen, fused, threshold = again
    return _finding(case, seen, fused, threshold, first, onset, given, len(references), window)


def distinct(references: Sequence[Telemetry] | object) -> list[Telemetry]:
    """Return the references in their order, each object once."""
    return list({id(reference): reference for reference in references}.values())  # type: ignore[attr-defined]


def _look(
    telemetry: Telemetry, references: Sequence[Telemetry], window: Window, cache: ReferenceCache
) -> tuple[Observation, Fused, float]:
    threshold = structure_threshold(references, nested=window.since is None, cache=cache)
    seen = observe(telemetry, references, window, cache)
    return seen, fuse(seen, threshold), threshold


def _finding(
    case: Case,
    seen: Observation,
    fused: Fused,
    threshold: float,
    first: Fused,
    onset: int | None,
    given: bool,
    references: int,
    window: Window,
) -> Finding:
    ranked = fused.ranked()
    extent = case.telemetry.extent() or (0, 0)
    span = Span(window.since if window.since is not None else window.metrics_since, extent[1] + 1)
    lead = fused.lead
    others = sorted((own[lead] for own in fused.ratios.values()), reverse=True) if lead else []
    return Finding(
        incident=first.incident,
        reason=_reason(fused if first.incident else first),
        scores=fused.scores,
        lead=lead,
        strength=fused.strength,
        runner_up=others[1] if len(others) > 1 else 0.0,
        onset_unix_nano=onset,
        onset_given=given,
        baseline=f"{references} fault-free reference{'s' if references > 1 else ''} of the same system",
        fault_types={service: fault_type(seen, _lead_of(fused, service), service) for service in ranked},
        evidence={service: evidence_of(seen, service, threshold, span) for service in ranked[:10]},
        kind=KIND.get(lead) if lead else None,
    )


def _lead_of(fused: Fused, service: str) -> EvidenceKind | None:
    """Return the kind that speaks loudest about a service; the leading kind wherever it says anything."""
    own = fused.ratios[service]
    if fused.lead is not None and own[fused.lead] > 0:
        return fused.lead
    best = max(own, key=lambda kind: own[kind])
    return best if own[best] > 0 else None


def _reason(fused: Fused) -> str:
    if fused.lead is None:
        return "Nothing departs from what the references show."
    what = _WORDS[fused.lead]
    if fused.incident:
        return f"The {what} of {fused.ranked()[0]} is {fused.strength:.1f} times the largest value seen while healthy."
    return f"The strongest sign, {what}, is {fused.strength:.1f} of the largest value seen while healthy."
