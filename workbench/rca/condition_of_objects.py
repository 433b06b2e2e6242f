"""Says in what condition objects are: what is in order, and what is not though no known failure mode explains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.telemetry import Telemetry
from workbench.rca.signatures.words import amount, quantity
from workbench.semconv import Table

_GOOD_PHASES = ("Running", "Succeeded", "Completed", "Active", "Bound", "available", "Ready")
_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
MOST_METRICS = 6


@dataclass(frozen=True, slots=True)
class Trouble:
    """An object that is not as it should be."""

    kind: str
    name: str
    service: str
    says: str
    evidence: Evidence
    grave: bool = True
    """False for what is left over of something that is past."""


@dataclass(frozen=True, slots=True)
class ObjectReport:
    """What is in order, in sentences, and what is not."""

    in_order: Sequence[str] = ()
    troubles: Sequence[Trouble] = ()


@dataclass(slots=True)
class _Object:
    kind: str
    name: str
    service: str
    values: dict[str, str] = field(default_factory=dict)


def look_at_objects(telemetry: Telemetry) -> ObjectReport:
    """Return what the states say about pods, nodes, deployments and monitors, and whether events warn."""
    in_order: list[str] = []
    troubles: list[Trouble] = []
    by_kind: dict[str, list[_Object]] = defaultdict(list)
    for one in _objects(telemetry):
        by_kind[one.kind].append(one)
    going = [one.name for one in by_kind["pod"] if one.values.get("metadata.deletionTimestamp")]
    for kind, judge in _JUDGES.items():
        found = [(one, judge(one.values)) for one in by_kind.get(kind, []) if one.name.split("/")[0] not in going]
        good = [one for one, why in found if not why]
        troubles += [_trouble(one, why, grave=not _is_left_over(one, by_kind)) for one, why in found if why]
        if good:
            in_order.append(_SENTENCES[kind](good))
    in_order += [f"Pod {name} is terminating, which is part of a rollout or scale-down." for name in going]
    if not _warnings(telemetry) and len(telemetry.states):
        in_order.append("No event warns of anything.")
    return ObjectReport(in_order + list(_metrics(telemetry)), troubles)


def _objects(telemetry: Telemetry) -> Iterable[_Object]:
    found: dict[tuple[str, str], _Object] = {}
    frame = telemetry.states
    columns = ("object_kind", "object_name", "service_name", "attribute", "value")
    for kind, name, service, attribute, value in zip(*(frame[one].astype(str) for one in columns), strict=True):
        found.setdefault((kind, name), _Object(kind, name, service)).values[attribute] = value
    return found.values()


def _is_left_over(one: _Object, by_kind: Mapping[str, Sequence[_Object]]) -> bool:
    """Tell whether a pod that ended is only kept for its log: its workload has all of its replicas."""
    if one.kind != "pod" or one.values.get("status.phase") != "Failed":
        return False
    owners = [other for kind in ("deployment", "statefulset") for other in by_kind.get(kind, [])]
    own = [other for other in owners if one.service in (other.service, other.name)]
    return bool(own) and not any(_judge_deployment(other.values) for other in own)


def _judge_pod(values: Mapping[str, str]) -> str:
    phase, ready = values.get("status.phase", ""), values.get("status.conditions.Ready", "")
    if phase and phase not in _GOOD_PHASES:
        return f"is in phase {phase}"
    if ready and ready != "True" and phase not in ("Succeeded", "Completed"):
        reason = values.get("status.conditions.Ready.reason", "")
        return f"is not Ready ({reason or ready})"
    return ""


def _judge_container(values: Mapping[str, str]) -> str:
    base = "status.containerStatuses"
    reason = values.get(f"{base}.state.waiting.reason", "")
    if reason and reason not in ("ContainerCreating", "PodInitializing"):
        return f"waits: {reason}"
    done = values.get(f"{base}.state.terminated.reason", "")
    return f"ended: {done}" if done and done != "Completed" else ""


def _judge_node(values: Mapping[str, str]) -> str:
    ready = values.get("status.conditions.Ready", "")
    if ready and ready != "True":
        return f"is not Ready (Ready={ready})"
    pressed = [name for name in _PRESSURES if values.get(f"status.conditions.{name}") == "True"]
    return f"reports {', '.join(pressed)}" if pressed else ""


def _judge_deployment(values: Mapping[str, str]) -> str:
    wanted = quantity(values.get("spec.replicas", ""))
    there = quantity(values.get("status.availableReplicas", values.get("status.readyReplicas", "")))
    if wanted is None:
        return ""
    there = there or 0.0
    return f"has {there:.0f} of {wanted:.0f} replicas" if there < wanted else ""


def _judge_monitor(values: Mapping[str, str]) -> str:
    state = values.get("state", "")
    return f"is in state {state}" if state == "Alert" else ""


_JUDGES = {
    "pod": _judge_pod,
    "container": _judge_container,
    "node": _judge_node,
    "deployment": _judge_deployment,
    "statefulset": _judge_deployment,
    "monitor": _judge_monitor,
}
_SENTENCES = {
    "pod": lambda good: f"{len(good)} pod(s) Running and Ready: {_names(good)}.",
    "container": lambda good: f"{len(good)} container(s) run.",
    "node": lambda good: f"{len(good)} node(s) Ready without pressure: {_names(good)}.",
    "deployment": lambda good: f"All replicas of {_names(good)} are available.",
    "statefulset": lambda good: f"All replicas of {_names(good)} are available.",
    "monitor": lambda good: f"{len(good)} monitor(s) OK: {_names(good)}.",
}


def _names(objects: Sequence[_Object]) -> str:
    names = [one.name for one in objects]
    return ", ".join(names[:4]) + (" and more" if names[4:] else "")


def _trouble(one: _Object, why: str, *, grave: bool) -> Trouble:
    kind = "Container" if one.kind == "container" else one.kind.capitalize()
    evidence = Evidence(
        kind=EvidenceKind.STATE,
        service_name=one.service,
        summary=f"{kind} {one.name} {why}.",
        strength=1.0,
        selection=Selection(table=Table.STATES, equals={"object_kind": one.kind, "object_name": one.name}),
    )
    return Trouble(one.kind, one.name, one.service, f"{kind} {one.name} {why}.", evidence, grave)


def _warnings(telemetry: Telemetry) -> bool:
    return bool(telemetry.events["attributes"].astype(str).str.contains('"type": ?"Warning"', regex=True).any())


def _metrics(telemetry: Telemetry) -> Iterable[str]:
    """Yield how far the metrics of each service went."""
    metrics = telemetry.metrics
    for whose, own in metrics.groupby("service_name", sort=True):
        service = str(whose)
        told = []
        for name, points in own.groupby("metric_name", sort=True):
            unit = str(points["unit"].iloc[0])
            low, high = amount(float(points["value"].min()), unit), amount(float(points["value"].max()), unit)
            told.append(f"{name} {low}" if low == high else f"{name} {low} to {high}")
        more = f" and {len(told) - MOST_METRICS} more" if len(told) > MOST_METRICS else ""
        yield f"{len(told)} metric(s) of {service or 'the system'}: {'; '.join(told[:MOST_METRICS])}{more}."
