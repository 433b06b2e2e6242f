"""Builds the `Diagnosis` from a ranking and its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.facts.diagnosis import Action, Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.actions import actions_for
from workbench.rca.changes import Changed, changes_near
from workbench.rca.confidence import HIGHEST, confidences
from workbench.rca.impact import impact_of, noticed
from workbench.rca.items import VisitTable
from workbench.rca.missing import doubt_of_type, is_told_by_callers, missing_of
from workbench.rca.places import Place, places_of, shared_host
from workbench.rca.timeline import ended_sentence, timeline_of
from workbench.rca.topology import Topology
from workbench.rca.witnesses import bounded, heard_in
from workbench.semconv import Table

MOST_PLACES = 3
"""Only for the first causes it is asked where they run."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A ranking and what it rests on, whatever form of data it came from."""

    incident: bool
    reason: str
    scores: Mapping[str, float]
    """Largest first."""
    strength: float = 0.0
    runner_up: float = 0.0
    calibrated: bool = False
    """Whether the thresholds come from fault-free references of the same system."""
    onset_unix_nano: int | None = None
    onset_given: bool = False
    ended_unix_nano: int | None = None
    """When it ended, if it did before the data does."""
    baseline: str = ""
    fault_types: Mapping[str, str | None] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[Evidence]] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    first_seen: Mapping[str, int] = field(default_factory=dict)
    kind: IncidentKind | None = None
    missing: Sequence[str] = ()
    apart: Mapping[str, float] = field(default_factory=dict)
    """Services that are causes of their own (two faults at once), with the strength of their own evidence."""
    lead: str = ""
    """The kind of sign that decides the order, in words."""
    explained: Mapping[str, str] = field(default_factory=dict)
    """Service -> why what is seen there comes from another one."""
    most: float = HIGHEST
    """Most confidence in the first cause."""
    undecided: str = ""
    """Why the data bears no verdict; '' when it does."""
    unsaid: Callable[[Finding], Finding] | None = None
    """Adds what costs time to say; asked of the finding that is kept, and of no other (see `said`)."""
    signs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Service -> kind of sign, in words -> ratio to the largest fault-free value."""


def said(finding: Finding) -> Finding:
    """Return the finding with all that there is to say of it."""
    return finding if finding.unsaid is None else finding.unsaid(replace(finding, unsaid=None))


def make_causes(
    finding: Finding, topology: Topology, top: int, places: Mapping[str, Place] | None = None
) -> list[Cause]:
    """Return the first `top` services as causes, with falling confidence; `places` say where some of them run."""
    places = places or {}
    services = list(finding.scores)
    known = finding.calibrated
    sure = confidences(
        list(finding.scores.values()),
        finding.strength,
        finding.runner_up,
        incident=finding.incident,
        calibrated=known,
    )
    if finding.apart:
        # Each of two causes is as sure as its own evidence; the other is no rival of it.
        own = sorted(
            (confidences([1.0], ratio, 0.0, incident=True, calibrated=known)[0] for ratio in finding.apart.values()),
            reverse=True,
        )
        sure[: len(own)] = [round(value - 1e-4 * place, 6) for place, value in enumerate(own)]
    return [
        Cause(
            rank=place + 1,
            service_name=service,
            independent=service in finding.apart,
            fault_type=finding.fault_types.get(service),
            confidence=sure[place],
            score=round(finding.scores[service], 4),
            service_instance_id=finding.instances.get(service, places[service].instance if service in places else ""),
            host_name=finding.hosts.get(service, places[service].host if service in places else ""),
            first_seen_unix_nano=finding.first_seen.get(service, finding.onset_unix_nano if place == 0 else None),
            path=topology.path_up(service, services),
            evidence=[
                *finding.evidence.get(service, []),
                *(places[service].evidence if service in places else ()),
            ],
            missing=list(finding.missing),
        )
        for place, service in enumerate(services[:top])
    ]


def make_diagnosis(
    case: Case, finding: Finding, topology: Topology, visits: VisitTable, *, top: int, seconds: float
) -> Diagnosis:
    """Return the diagnosis of a finding, with everything that surrounds the causes."""
    telemetry = case.telemetry
    onset = finding.onset_unix_nano if finding.incident or finding.onset_given else None
    changes = changes_near(telemetry.events, onset)
    places = places_of(telemetry, list(finding.scores)[:MOST_PLACES], onset)
    made = make_causes(finding, topology, top, places)
    heard = heard_in(telemetry)
    everyone = frozenset().union(*heard.values())
    believed = [min(cause.confidence, finding.most) for cause in made]
    sure = bounded(telemetry, [cause.service_name for cause in made], believed, everyone)
    causes = [
        cause.model_copy(
            update={
                "missing": [
                    *cause.missing,
                    *doubt_of_type(telemetry, cause.service_name, cause.fault_type),
                    *missing_of(heard, cause.service_name),
                ],
                "confidence": confidence,
            }
        )
        for cause, confidence in zip(made, sure, strict=True)
    ]
    host = shared_host(places)
    together = f" All of it runs on host {host}." if host else ""
    return Diagnosis(
        case=case.name,
        verdict=_verdict(finding),
        kind=noticed(visits, onset, finding.kind) if finding.incident else None,
        reason=finding.undecided or finding.reason + together + ended_sentence(finding.ended_unix_nano),
        ended_unix_nano=finding.ended_unix_nano,
        onset_unix_nano=onset,
        onset_given=finding.onset_given,
        causes=causes,
        contributing=[change.sentence() for change in changes],
        timeline=timeline_of(telemetry.logs, onset, causes, changes, finding.ended_unix_nano),
        impact=impact_of(visits, onset),
        actions=_actions(telemetry, causes[0], changes) if finding.incident and causes else [],
        ruled_out=list(finding.explained.values()),
        explained=dict(finding.explained),
        not_known=[*finding.missing, *missing_data(case)],
        edges=sorted(topology.edges),
        services=sorted(everyone | frozenset(topology.nodes) - {""}),
        baseline=finding.baseline if onset is not None else finding.baseline.partition(" before the onset")[0],
        seconds=seconds,
        lead=finding.lead,
        signs={service: dict(own) for service, own in finding.signs.items() if own},
    )


def _actions(telemetry: Telemetry, first: Cause, changes: Sequence[Changed]) -> list[Action]:
    return actions_for(first, changes, told_by_callers=is_told_by_callers(telemetry, first.service_name))


def _verdict(finding: Finding) -> Verdict:
    if finding.undecided:
        return Verdict.UNKNOWN
    return Verdict.INCIDENT if finding.incident else Verdict.HEALTHY


def missing_data(case: Case) -> list[str]:
    """Say which kinds of telemetry were not there, and what they would tell."""
    return [
        f"There are no {table.value}: {_WOULD_TELL[table]}."
        for table in _WOULD_TELL
        if not len(case.telemetry.frame(table))
    ]


_WOULD_TELL = {
    Table.SPANS: "they would show which service breaks or slows requests first",
    Table.LOGS: "they would show what the services say about it",
    Table.METRICS: "they would show which resources run out",
    Table.EVENTS: "deployments and changes of settings cannot be ruled out",
}
