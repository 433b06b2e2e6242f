"""Collects what one window shows about one service, as statements with the rows that bear them out."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.rca.faulttype import service_rules
from workbench.rca.fuse import Thresholds
from workbench.rca.narrate import (
    EdgeSign,
    Span,
    blame_evidence,
    burst_evidence,
    edge_evidence,
    latency_evidence,
    rule_evidence,
    silence_evidence,
)
from workbench.rca.narrate_use import resource_evidence
from workbench.rca.network import Network
from workbench.rca.observe import Observation
from workbench.rca.queries import span_name

MOST_OF_A_KIND = 3
MOST_EDGES = 2
LEAST_RATIO = 0.3
"""Weaker signs are left out of the report."""


def evidence_of(seen: Observation, service: str, thresholds: Thresholds, span: Span) -> list[Evidence]:
    """Return the statements about a service, the strongest first."""
    found = [
        *_uses(seen, service, span),
        *_edges(seen, service, thresholds, span),
        *_rules(seen, service, thresholds, span),
        *_latency(seen, service, thresholds, span),
        *(
            silence_evidence(silence, seen.downtime.scores[service] / thresholds.downtime, span)
            for silence in seen.downtime.silences
            if silence.service == service
        ),
        *(
            burst_evidence(burst, seen.log_errors.scores[service], span)
            for burst in seen.log_errors.bursts.values()
            if burst.service == service and seen.log_errors.scores[service] >= LEAST_RATIO
        ),
    ]
    suffered = [] if seen.traced else list(_symptoms(seen, service, span))
    # What makes a service suffer is said before what it suffers, however large that is.
    explained = any(one.kind is EvidenceKind.RESOURCE and one.strength >= 1 for one in found)
    if explained:
        return [*sorted(found, key=_weakness), *sorted(suffered, key=_weakness)]
    return sorted([*found, *suffered], key=_weakness)


def _weakness(evidence: Evidence) -> float:
    return -evidence.strength


def _uses(seen: Observation, service: str, span: Span) -> Iterable[Evidence]:
    for resources, kind in (
        (seen.resources, EvidenceKind.RESOURCE),
        (seen.saturation, EvidenceKind.RESOURCE),
        (seen.losses, EvidenceKind.NETWORK),
    ):
        own = [use for use in resources.uses if use.source.service == service and use.ratio >= LEAST_RATIO]
        yield from (resource_evidence(use, span, kind) for use in own[:MOST_OF_A_KIND])


def _symptoms(seen: Observation, service: str, span: Span) -> Iterable[Evidence]:
    for found, kind in ((seen.errors, EvidenceKind.ERROR), (seen.slowness, EvidenceKind.LATENCY)):
        own = [use for use in found.uses if use.source.service == service and use.ratio >= LEAST_RATIO]
        yield from (resource_evidence(use, span, kind) for use in own[:MOST_OF_A_KIND])


def _edges(seen: Observation, service: str, thresholds: Thresholds, span: Span) -> Iterable[Evidence]:
    gaps = Network(seen.gaps, seen.network[0].edges) if seen.network else Network()
    for network, threshold, what in (
        (gaps, thresholds.gaps, EdgeSign.GAPS),
        (seen.edge_network, thresholds.edges, EdgeSign.MINUTES),
        (seen.tails, thresholds.tails, EdgeSign.TAILS),
        (seen.failures, thresholds.failures, EdgeSign.FAILED),
        (seen.clocks, thresholds.clocks, EdgeSign.CLOCKS),
        (seen.retries, 1.0, EdgeSign.RETRIES),
    ):
        ratio = network.scores.get(service, 0.0) / threshold
        if ratio < LEAST_RATIO or not len(network.edges):
            continue
        edges = network.edges
        own = edges[edges["slow"] & ((edges["caller"] == service) | (edges["callee"] == service))]
        for _, edge in own.sort_values("excess", ascending=False, kind="stable").head(MOST_EDGES).iterrows():
            silent = bool(seen.traced) and str(edge["callee"]) not in seen.traced
            yield edge_evidence(edge, service, ratio, span, what=what, silent=silent)


def _rules(seen: Observation, service: str, thresholds: Thresholds, span: Span) -> Iterable[Evidence]:
    ratio = seen.structure.get(service, 0.0) / thresholds.structure
    if ratio < LEAST_RATIO:
        return
    traces = list(dict.fromkeys(trace for found in seen.structures for trace in found.traces.get(service, [])))
    for rule in service_rules(seen, service)[:MOST_OF_A_KIND]:
        yield rule_evidence(rule, ratio, traces, span)
    for caller in sorted({found.blamed_by[service] for found in seen.structures if service in found.blamed_by}):
        yield blame_evidence(service, caller, ratio, span)


def _latency(seen: Observation, service: str, thresholds: Thresholds, span: Span) -> Iterable[Evidence]:
    operations: pd.DataFrame = seen.latency.operations
    ratio = seen.latency.scores.get(service, 0.0) / thresholds.latency
    if ratio < LEAST_RATIO or not len(operations):
        return
    # A statement that is sent to a store without spans is told as a call to it.
    edges = seen.network[0].edges if seen.network else pd.DataFrame()
    sent = edges[(edges["caller"] == service) & edges["slow"]] if len(edges) else edges
    told = {span_name(str(name)) for name in sent.get("operation", []) if name}
    own = operations[
        (operations["service"] == service) & (operations["z"] > 0) & ~operations["operation"].isin(sorted(told))
    ]
    for _, row in own.sort_values("z", ascending=False, kind="stable").head(MOST_EDGES).iterrows():
        yield latency_evidence(row, ratio, span)
