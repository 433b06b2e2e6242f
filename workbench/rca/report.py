"""Builds the `Diagnosis` from a ranking and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence
from workbench.rca.confidence import confidences
from workbench.rca.topology import Topology


@dataclass(frozen=True, slots=True)
class Finding:
    """A ranking and what it rests on, whatever form of data it came from."""

    incident: bool
    reason: str
    scores: Mapping[str, float]
    """Largest first."""
    strength: float = 0.0
    runner_up: float = 0.0
    onset_unix_nano: int | None = None
    onset_given: bool = False
    baseline: str = ""
    fault_types: Mapping[str, str | None] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[Evidence]] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    first_seen: Mapping[str, int] = field(default_factory=dict)
    kind: IncidentKind | None = None
    missing: Sequence[str] = ()


def make_causes(finding: Finding, topology: Topology, top: int) -> list[Cause]:
    """Return the first `top` services as causes, with falling confidence."""
    services = list(finding.scores)
    sure = confidences(list(finding.scores.values()), finding.strength, finding.runner_up, incident=finding.incident)
    return [
        Cause(
            rank=place + 1,
            service_name=service,
            fault_type=finding.fault_types.get(service),
            confidence=sure[place],
            score=round(finding.scores[service], 4),
            service_instance_id=finding.instances.get(service, ""),
            host_name=finding.hosts.get(service, ""),
            first_seen_unix_nano=finding.first_seen.get(service, finding.onset_unix_nano if place == 0 else None),
            path=topology.path_up(service, services),
            evidence=list(finding.evidence.get(service, [])),
            missing=list(finding.missing),
        )
        for place, service in enumerate(services[:top])
    ]


def make_diagnosis(
    case: str, finding: Finding, topology: Topology, services: Sequence[str], *, top: int, seconds: float
) -> Diagnosis:
    """Return the diagnosis of a finding."""
    return Diagnosis(
        case=case,
        verdict=Verdict.INCIDENT if finding.incident else Verdict.HEALTHY,
        kind=finding.kind if finding.incident else None,
        reason=finding.reason,
        onset_unix_nano=finding.onset_unix_nano if finding.incident or finding.onset_given else None,
        onset_given=finding.onset_given,
        causes=make_causes(finding, topology, top),
        not_known=list(finding.missing),
        edges=sorted(topology.edges),
        services=sorted(services),
        baseline=finding.baseline,
        seconds=seconds,
    )
