"""What speaks only beside a time that somebody named: errors that were always there, and the front's own indicators."""

from __future__ import annotations

from dataclasses import replace

from workbench.facts.evidence import Evidence
from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.findings import Look
from workbench.rca.fuse import Sign, rank
from workbench.rca.items import read_visits
from workbench.rca.metric_table import read_metrics
from workbench.rca.outspoken import outspoken, outspoken_evidence, with_outspoken
from workbench.rca.peers import short_past
from workbench.rca.sli import front_evidence, front_service, worst_indicator
from workbench.rca.topology import read_topology

REPORTED = 0.5
"""Somebody who names a time has seen something: then half of the usual evidence is enough."""


def weak_signs(telemetry: Telemetry, look: Look, cache: ReferenceCache) -> tuple[Look, Evidence | None]:
    """Return the look with what speaks only beside a time that somebody named: errors that were always there, and the
    front's own indicators.
    """
    window = look.window
    metrics = read_metrics(telemetry, cache)
    if short_past(telemetry, window, cache):
        louder, shown = loud_errors(telemetry, look, cache)
        if shown is not None:
            return louder, shown
    front = worst_indicator(metrics, [], since=window.metrics_since, before=window.metrics_before)
    service = front_service(read_topology(telemetry, [], metrics, cache))
    if front is None or front.ratio < 1 or not service:
        return look, None
    if look.fused.strength < REPORTED:
        ratios = {name: dict(own) for name, own in look.fused.ratios.items()}
        ratios.setdefault(service, dict.fromkeys(Sign, 0.0))[Sign.FAILURE] = min(front.ratio, 1.0)
        look = replace(look, fused=rank(ratios, Sign))
    return look, front_evidence(front, look.fused.ranked())


def loud_errors(telemetry: Telemetry, look: Look, cache: ReferenceCache) -> tuple[Look, Evidence | None]:
    """Return the look with requests that fail whenever they are seen, if nothing else is stronger."""
    window = look.window
    loud = outspoken(read_visits(telemetry, cache), window.since or 0)
    fused = with_outspoken(look.fused, loud, latency_leads=look.thresholds.latency_leads)
    if loud and fused.lead is Sign.ERRORS and fused.strength > look.fused.strength:
        return replace(look, fused=fused), outspoken_evidence(loud[0], window)
    return look, None
