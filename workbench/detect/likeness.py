"""Says how alike two incidents are, and in what: traits are compared one by one, so the number can be explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from workbench.facts.diagnosis import Diagnosis
from workbench.facts.incident import Anomaly, Incident
from workbench.facts.outline import Outline

LEAST_KNOWN = 3.0
"""Traits of this weight at least must be known of both; less is no ground for a comparison."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What incidents are compared by; an empty set is not known."""

    cause: frozenset[str] = frozenset()
    """Service that broke first."""
    fault: frozenset[str] = frozenset()
    mode: frozenset[str] = frozenset()
    """Ids of known failure modes."""
    services: frozenset[str] = frozenset()
    """Services that showed something."""
    evidence: frozenset[str] = frozenset()
    """Kinds of evidence for the first cause."""
    templates: frozenset[str] = frozenset()
    trouble: frozenset[str] = frozenset()
    """Kinds of trouble with the detector that saw it."""
    place: frozenset[str] = frozenset()
    """Where the first cause stands in the call graph."""
    names: dict[str, str] = field(default_factory=dict)
    """Words for ids."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two incidents are."""

    similarity: float
    """0..1."""
    shared: list[str]
    differs: list[str]


@dataclass(frozen=True, slots=True)
class _Trait:
    weight: float
    of: Callable[[Traits], frozenset[str]]
    same: str
    """Sentence with {} for what is shared."""
    other: str
    """Sentence with {} and {} for what each has."""


_TRAITS = (
    _Trait(3.0, lambda one: one.cause, "the same service broke first: {}", "another service broke first: {}, here {}"),
    _Trait(3.0, lambda one: one.fault, "the same type of fault: {}", "another type of fault: {}, here {}"),
    _Trait(3.0, lambda one: one.mode, "the same failure mode: {}", "another failure mode: {}, here {}"),
    _Trait(2.0, lambda one: one.templates, "the same log lines: {}", "other log lines: {}, here {}"),
    _Trait(1.0, lambda one: one.services, "trouble at the same services: {}", "other services in trouble: {}, here {}"),
    _Trait(1.0, lambda one: one.evidence, "evidence of the same kinds: {}", "other kinds of evidence: {}, here {}"),
    _Trait(1.0, lambda one: one.trouble, "users notice the same: {}", "users noticed something else: {}, here {}"),
    _Trait(0.5, lambda one: one.place, "the same place among callers: {}", "elsewhere among callers: {}, here {}"),
)  # fmt: skip


def traits_of(incident: Incident, diagnosis: Diagnosis | Outline | None, anomalies: Iterable[Anomaly]) -> Traits:
    """Return what is known of an incident to compare it by."""
    seen = [one for one in anomalies if one.firing]
    first = diagnosis.causes[0] if diagnosis and diagnosis.causes else None
    cause = first.service_name if first else incident.service_name
    modes = [one for one in diagnosis.failure_modes if one.active and one.role == "cause"] if diagnosis else []
    return Traits(
        cause=_known(cause),
        fault=_known((first.fault_type or "").replace("_", " ") if first else ""),
        mode=frozenset(one.signature_id for one in modes),
        services=_known(*(one.service_name for one in seen)),
        evidence=frozenset(one.kind.value for one in first.evidence if one.supports) if first else frozenset(),
        templates=_known(*(one.template for one in seen)),
        trouble=frozenset(f"{one.kind.value} ({one.detector.replace('_', ' ')})" for one in seen),
        place=_place(cause, diagnosis.edges) if diagnosis else frozenset(),
        names={one.signature_id: one.title for one in modes},
    )


def likeness(now: Traits, then: Traits) -> Likeness:
    """Return how alike two incidents are: the weighted share of the traits known of both that they have in common.

    Sets are compared by their Jaccard index (shared members / all members). Below a known weight of `LEAST_KNOWN` the
    similarity is 0.
    """
    known = found = 0.0
    shared: list[tuple[float, str]] = []
    differs: list[str] = []
    names = then.names | now.names
    for trait in _TRAITS:
        here, there = trait.of(now), trait.of(then)
        if not here or not there:
            continue
        both = here & there
        share = len(both) / len(here | there)
        known += trait.weight
        found += trait.weight * share
        if both:
            shared.append((-trait.weight * share, trait.same.format(_listed(both, names))))
        else:
            differs.append(trait.other.format(_listed(there, names), _listed(here, names)))
    similarity = round(found / known, 4) if known >= LEAST_KNOWN else 0.0
    return Likeness(similarity, [text for _, text in sorted(shared)], differs)


def cause_in_words(diagnosis: Diagnosis | Outline | None) -> str:
    """Return the first cause of a diagnosis, such as `pool exhaustion at checkout`; '' when none was found."""
    if diagnosis is None or not diagnosis.causes:
        return ""
    first = diagnosis.causes[0]
    return f"{(first.fault_type or 'something broke').replace('_', ' ')} at {first.service_name}"


def _place(service: str, edges: Iterable[tuple[str, str]]) -> frozenset[str]:
    pairs = set(edges)
    callers = {caller for caller, callee in pairs if callee == service}
    callees = {callee for caller, callee in pairs if caller == service}
    if not callers and not callees:
        return frozenset()
    where = "an entry" if not callers else "a leaf" if not callees else "in the middle"
    return frozenset([f"{where}, called by {_some(len(callers))}, calling {_some(len(callees))}"])


def _some(number: int) -> str:
    return "none" if not number else "one" if number == 1 else "several"


def _known(*values: str) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _listed(values: Iterable[str], names: dict[str, str]) -> str:
    every = sorted(names.get(value, value) for value in values)
    return ", ".join(one[:80] for one in every[:4]) + (f" and {len(every) - 4} more" if len(every) > 4 else "")
