"""Puts the evidence of one window together: thresholds, corroboration, and which kind of evidence leads.

Every score is divided by the largest value it reached without a fault, so that 1 is the edge of what is healthy. Then the fault
type is asked first: a resource explains delay, delay explains broken visits, and not the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.facts.evidence import EvidenceKind
from workbench.rca.observe import Observation

RESOURCE, NETWORK, STRUCTURE, LATENCY = (
    EvidenceKind.RESOURCE,
    EvidenceKind.NETWORK,
    EvidenceKind.STRUCTURE,
    EvidenceKind.LATENCY,
)
ORDER = (RESOURCE, NETWORK, STRUCTURE)
WEIGHT = {RESOURCE: 1.0, NETWORK: 1.0, STRUCTURE: 1.0, LATENCY: 0.5}
GAPS_THRESHOLD = 1.0
EDGES_THRESHOLD = 1.5
LATENCY_THRESHOLD = 3.0
SURE = 3.0
"""A resource this far above its threshold needs no other sign."""
UNCONFIRMED = 3.0

Ratios = dict[str, dict[EvidenceKind, float]]


@dataclass(frozen=True, slots=True)
class Fused:
    """Services by score, and what leads."""

    ratios: Ratios
    lead: EvidenceKind | None
    strength: float
    """Largest ratio of the leading kind."""
    incident: bool
    scores: dict[str, float] = field(default_factory=dict)
    """Largest first; services without any evidence are left out."""

    def ranked(self) -> list[str]:
        """Return the services, the most suspect first."""
        return list(self.scores)


def fuse(seen: Observation, structure_threshold: float) -> Fused:
    """Return the ranking of one window."""
    ratios: Ratios = {}
    for kind, scores, threshold in (
        (RESOURCE, seen.resources.scores, 1.0),
        (NETWORK, seen.gaps, GAPS_THRESHOLD),
        (NETWORK, seen.edge_network.scores, EDGES_THRESHOLD),
        (STRUCTURE, seen.structure, structure_threshold),
        (LATENCY, seen.latency.scores, LATENCY_THRESHOLD),
    ):
        for service, score in scores.items():
            own = ratios.setdefault(service, dict.fromkeys(WEIGHT, 0.0))
            own[kind] = max(own[kind], score / threshold)
    for own in ratios.values():
        # A shift of load is no cause unless the same service shows a symptom as well.
        if own[RESOURCE] < SURE and max(own[NETWORK], own[STRUCTURE], own[LATENCY]) < 1:
            own[RESOURCE] /= UNCONFIRMED
    return rank(ratios)


def rank(ratios: Ratios, order: tuple[EvidenceKind, ...] = ORDER) -> Fused:
    """Return the services by the leading kind first, then by all evidence together."""
    top = {kind: max((own[kind] for own in ratios.values()), default=0.0) for kind in WEIGHT}
    lead = next((kind for kind in order if top[kind] >= 1), None)
    incident = lead is not None
    if lead is None:
        lead = max(order, key=lambda kind: top[kind])
        if top[lead] <= 0:
            lead = LATENCY
    whole = np.log2(1 + top[lead]) or 1.0
    scores = {
        service: float(
            100 * np.log2(1 + own[lead]) / whole + sum(weight * np.log2(1 + own[kind]) for kind, weight in WEIGHT.items())
        )
        for service, own in ratios.items()
    }
    kept = {service: score for service, score in sorted(scores.items(), key=lambda item: -item[1]) if score > 0}
    return Fused(ratios, lead if kept else None, top[lead], incident, kept)
