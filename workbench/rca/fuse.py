"""Puts the evidence of one window together: thresholds, corroboration, and which kind of evidence leads.

Every score is divided by the largest value it reached without a fault, so that 1 is the edge of what is healthy. Then
the fault type is asked first: a resource explains delay, delay explains broken visits, and not the other way round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from workbench.rca.network import at_one_end
from workbench.rca.observe import Observation
from workbench.rca.pools import is_running_out
from workbench.rca.resources import MOST_WHILE_IDLE, Use, share_of_limit
from workbench.rca.statements import waiting_for, without_edges
from workbench.rca.waiting import waited_for
from workbench.semconv import MetricRole


class Sign(StrEnum):
    """Kinds of evidence, in the order in which they are asked whether they lead."""

    CLOCK = "clock"
    RETRIES = "retries"
    RESOURCE = "resource"
    ABSENCE = "absence"
    NETWORK = "network"
    FAILURE = "failure"
    SATURATION = "saturation"
    STRUCTURE = "structure"
    ERRORS = "errors"
    LATENCY = "latency"


WEIGHT = {sign: 0.5 if sign in (Sign.LATENCY, Sign.SATURATION) else 1.0 for sign in Sign}
SURE = 3.0
"""A resource this far above its threshold needs no other sign."""
SURE_COUNT = 6.0
"""A number of connections whose limit is not known needs none from here on: no burst of load makes so many."""
UNCONFIRMED = 3.0
LEAST_RAISED, RAISED = 0.5, 1.3
SHARE_OF_STRONGEST = 0.35
"""A sign leads when its doublings are at least this share of those of the strongest: a small one explains no large
one.
"""
SYMPTOMS = tuple(sign for sign in Sign if sign not in (Sign.RESOURCE, Sign.SATURATION))
"""What requests feel."""
WAITS = (Sign.RETRIES, Sign.NETWORK, Sign.FAILURE, Sign.ERRORS, Sign.LATENCY)
"""What they feel who wait for a connection."""
FELT = 0.5
"""From this share of a sign's threshold on it may be what is waited for."""

Ratios = dict[str, dict[Sign, float]]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Largest healthy value of each score; resources, saturation and losses bring their own."""

    structure: float
    gaps: float = 1.0
    edges: float = 1.5
    tails: float = np.inf
    """A few late calls tell something only against a long baseline."""
    failures: float = 2.5
    latency: float = 3.0
    clocks: float = 1.0
    downtime: float = 1.0
    slowness: float = np.inf
    """Metrics of latency move with the load of other days, so they tell something only against the case's own past."""
    saturation: float = 1.5
    sure_filling: float = SURE
    """The same for memory and disks, which do not follow the load."""
    spare: float = 0.0
    """A processor that is never used more than this hurts nobody, unless spans show that it does."""
    idle: float = 0.0
    """One that is never used more than this is no cause of anything: retries of its callers keep it busier, say."""
    latency_leads: bool = False
    """Own latency decides only where long baselines make its null small."""


@dataclass(frozen=True, slots=True)
class Fused:
    """Services by score, and what leads."""

    ratios: Ratios
    lead: Sign | None
    strength: float
    """Largest ratio of the leading kind."""
    incident: bool
    scores: dict[str, float] = field(default_factory=dict)
    """Largest first; services without any evidence are left out."""

    def ranked(self) -> list[str]:
        """Return the services, the most suspect first."""
        return list(self.scores)


def fuse(seen: Observation, thresholds: Thresholds, changed: Collection[str] = ()) -> Fused:
    """Return the ranking of one window; `changed` are services that somebody changed near the onset."""
    ratios: Ratios = {}
    for sign, scores, threshold in _scores(seen, thresholds):
        for service, score in scores.items():
            own = ratios.setdefault(service, dict.fromkeys(Sign, 0.0))
            own[sign] = max(own[sign], score / threshold)
    _unconfirmed(ratios, seen, thresholds)
    _only_waited_for(ratios, seen, thresholds)
    for service in changed:
        _raise(ratios.get(service, {}))
    order = [sign for sign in Sign if sign is not Sign.LATENCY or thresholds.latency_leads]
    found = rank(ratios, order)
    hidden = {name: ratio for name, ratio in seen.log_errors.scores.items() if name in seen.traced}
    if found.incident or max(hidden.values(), default=0.0) < 1:
        return found
    for service, ratio in hidden.items():
        ratios.setdefault(service, dict.fromkeys(Sign, 0.0))[Sign.ERRORS] = ratio
    return rank(ratios, order)


def _raise(own: dict[Sign, float]) -> None:
    """Raise the ratios of a service that was changed: a change alone is no evidence; it makes what else is seen there
    likelier. The load it runs under is none, unless requests feel it.
    """
    felt = any(own[sign] >= FELT for sign in SYMPTOMS if own)
    for sign, ratio in own.items():
        if ratio >= LEAST_RAISED:
            own[sign] = RAISED * ratio if sign in SYMPTOMS or felt else max(ratio, min(RAISED * ratio, MOST_WHILE_IDLE))


def _unconfirmed(ratios: Ratios, seen: Observation, thresholds: Thresholds) -> None:
    """Lower the ratios of resources that nothing else confirms."""
    errors = seen.log_errors.scores
    felt = {name: max(errors.get(name, 0.0), *(own[sign] for sign in SYMPTOMS)) for name, own in ratios.items()}
    if seen.traced and max([*felt.values(), *errors.values()], default=0.0) < 1:
        # Connections come and go with the load; if requests waited for one, spans would show it.
        counted, running_out = counted_connections(seen), pools_running_out(seen)
        for name, own in ratios.items():
            waits = max(errors.get(name, 0.0), *(own[sign] for sign in WAITS))
            known = waits >= FELT or name in running_out
            if not known and own[Sign.SATURATION] < (SURE_COUNT if name in counted else SURE):
                own[Sign.SATURATION] = min(own[Sign.SATURATION], MOST_WHILE_IDLE)
    filling = filling_services(seen)
    half_idle, idle = (half_idle_services(seen, share) for share in (thresholds.spare, thresholds.idle))
    for service, own in ratios.items():
        # A shift of load is no cause unless the same service shows a symptom as well.
        sure = thresholds.sure_filling if service in filling else SURE
        if own[Sign.RESOURCE] < sure and max(own[sign] for sign in Sign if sign is not Sign.RESOURCE) < 1:
            own[Sign.RESOURCE] /= UNCONFIRMED
        # Connections that come with the same load confirm nothing.
        if service in idle or (service in half_idle and felt[service] < 1):
            own[Sign.RESOURCE] = min(own[Sign.RESOURCE], MOST_WHILE_IDLE)


def _only_waited_for(ratios: Ratios, seen: Observation, limit: Thresholds) -> None:
    """Lower the ratios of services that are only called late by callers without a free connection."""
    network = {
        name: own[Sign.NETWORK]
        for name, own in ratios.items()
        if own[Sign.NETWORK] >= 1
        and seen.gaps.get(name, 0.0) < limit.gaps
        and seen.edge_network.scores.get(name, 0.0) < limit.edges
        and seen.losses.scores.get(name, 0.0) < 1
    }
    failure, saturation = (
        {name: own[sign] for name, own in ratios.items()} for sign in (Sign.FAILURE, Sign.SATURATION)
    )
    for name in waited_for(seen, network, failure, saturation):
        ratios[name][Sign.NETWORK] = MOST_WHILE_IDLE


def filling_services(seen: Observation) -> set[str]:
    """Return the services whose strongest resource is one that fills up."""
    strongest = _strongest(seen.resources.uses)
    return {service for service, use in strongest.items() if use.metric.role in (MetricRole.MEMORY, MetricRole.DISK)}


def counted_connections(seen: Observation) -> set[str]:
    """Return the services whose strongest saturation is a number of connections: no share of a limit, so whether it is
    much for them is not known. Sockets that wait to be closed are many after every burst.
    """
    return {
        service
        for service, use in _strongest(seen.saturation.uses).items()
        if use.metric.role is MetricRole.CONNECTIONS and share_of_limit(use.metric, use.value) is None
    }


def pools_running_out(seen: Observation) -> set[str]:
    """Return the services with a pool of connections that is nearly full and was nearly empty: whoever comes next will
    wait, whether anybody did so far or not.
    """
    return {use.source.service for use in seen.saturation.uses if use.ratio >= 1 and is_running_out(use)}


def half_idle_services(seen: Observation, spare: float) -> set[str]:
    """Return the services with spans whose strongest resource is a processor used at most `spare` of the time: bursts
    of load do that in any week, and work that had to wait for it would show.
    """
    return {
        service
        for service, use in _strongest(seen.resources.uses).items()
        if use.metric.role is MetricRole.CPU
        and service in seen.traced
        and (share := share_of_limit(use.metric, use.value)) is not None
        and share < spare
    }


def _strongest(uses: Iterable[Use]) -> dict[str, Use]:
    """Return the first, which is the strongest, of each service."""
    strongest: dict[str, Use] = {}
    for use in uses:
        strongest.setdefault(use.source.service, use)
    return strongest


def _scores(seen: Observation, limit: Thresholds) -> Iterable[tuple[Sign, Mapping[str, float], float]]:
    found = (
        (Sign.CLOCK, seen.clocks.scores, limit.clocks),
        (Sign.RETRIES, seen.retries.scores, 1.0),
        (Sign.RESOURCE, seen.resources.scores, 1.0),
        (Sign.ABSENCE, seen.downtime.scores, limit.downtime),
        (Sign.NETWORK, seen.gaps, limit.gaps),
        (Sign.NETWORK, seen.edge_network.scores, limit.edges),
        (Sign.NETWORK, seen.tails.scores, limit.tails),
        (Sign.NETWORK, at_one_end(seen.losses.scores, seen.tails.scores, seen.gaps), 1.0),
        (Sign.FAILURE, seen.failures.scores, limit.failures),
        (Sign.SATURATION, seen.saturation.scores, limit.saturation),
        (Sign.STRUCTURE, seen.structure, limit.structure),
        (Sign.LATENCY, seen.latency.scores, limit.latency),
        # Callers write of the errors of those they call: where spans were compared, they are asked first.
        (Sign.ERRORS, _untraced(seen, seen.log_errors.scores), 1.0),
        (Sign.ERRORS, {} if seen.traced else seen.errors.scores, 1.0),
        (Sign.LATENCY, {} if seen.traced else seen.slowness.scores, limit.slowness),
    )
    slow = seen.statement
    if slow is None:
        return found
    waiting = waiting_for(seen.network[0].edges, slow)
    return [
        (sign, without_edges(scores, _edges_of(seen, scores), slow, waiting), threshold)
        for sign, scores, threshold in found
    ]


def _untraced(seen: Observation, scores: Mapping[str, float]) -> dict[str, float]:
    return {name: score for name, score in scores.items() if name not in seen.traced}


def _edges_of(seen: Observation, scores: Mapping[str, float]) -> pd.DataFrame | None:
    """Return the edges that the scores come from, if they come from edges of spans."""
    if scores is seen.gaps:
        return seen.network[0].edges
    return next((one.edges for one in (seen.tails, seen.failures) if scores is one.scores), None)


def rank(ratios: Ratios, order: Iterable[Sign]) -> Fused:
    """Return the services by the leading kind first, then by all evidence together."""
    order = list(order)
    top = {sign: max((own[sign] for own in ratios.values()), default=0.0) for sign in Sign}
    strongest = max((np.log2(1 + top[sign]) for sign in order), default=0.0)
    lead: Sign | None = next(
        (sign for sign in order if top[sign] >= 1 and np.log2(1 + top[sign]) >= SHARE_OF_STRONGEST * strongest), None
    )
    incident = lead is not None
    if lead is None:
        lead = max(order, key=lambda sign: top[sign])
        if top[lead] <= 0:
            lead = Sign.LATENCY
    whole = np.log2(1 + top[lead]) or 1.0
    scores = {
        service: float(
            100 * np.log2(1 + own[lead]) / whole
            + sum(weight * np.log2(1 + own[sign]) for sign, weight in WEIGHT.items())
        )
        for service, own in ratios.items()
    }
    kept = {service: score for service, score in sorted(scores.items(), key=lambda item: -item[1]) if score > 0}
    return Fused(ratios, lead if kept else None, top[lead], incident, kept)
