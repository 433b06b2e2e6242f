"""Takes off the own latency of a service what more requests explain: they share its processor.

A processor that is shared by use u leaves 1 - u of itself, so work is stretched by (1 - u before) / (1 - u after)
(processor sharing, Kleinrock 1967). Where requests grew as much as the use did, and nobody would suspect the processor
itself, that much slower is what this load costs on any day, and no fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.rca.items import VisitTable
from workbench.rca.latency import OwnLatency, scores_of
from workbench.rca.observe import Observation
from workbench.rca.resources import share_of_limit
from workbench.rca.windows import Window
from workbench.semconv import NANOS_PER_SECOND, MetricRole

SUSPECT = 1.0
"""From this ratio on the processor itself is a suspect, whatever made it busy."""
AS_MUCH = 0.85
"""So large a part of the growth of the use has to be there in the requests: minutes differ."""
LEAST_ROOM = 0.05
"""A processor is never fuller than this for what is stretched: its own reports are no finer."""


def without_load(seen: Observation, visits: VisitTable, window: Window) -> OwnLatency:
    """Return the own latency with the values of services under more load divided by what that stretches them."""
    if window.since is None or not len(seen.latency.operations):
        return seen.latency
    stretch = {
        service: factor
        for service in seen.latency.scores
        if (factor := _stretch(seen, visits, service, window.since, window.spans_before or window.since)) > 1
    }
    return _divided(seen.latency, stretch) if stretch else seen.latency


def _stretch(seen: Observation, visits: VisitTable, service: str, since: int, before: int) -> float:
    """Return how many times longer the work of a service takes because of more requests; 1 where they are no reason."""
    own = [use for use in seen.resources.uses if use.source.service == service and use.metric.role is MetricRole.CPU]
    if not own or any(use.ratio >= SUSPECT for use in own):
        return 1.0
    busiest = max(own, key=lambda use: use.value - use.median)
    usual, now = share_of_limit(busiest.metric, busiest.median), share_of_limit(busiest.metric, busiest.value)
    if not usual or now is None or now <= usual:
        return 1.0
    start = visits.start[visits.service == service]
    earlier, later = start[start < before], start[start >= since]
    if not len(earlier) or not len(later):
        return 1.0
    first, last = int(visits.start.min()), int(visits.start.max())
    rates = [
        len(part) * NANOS_PER_SECOND / max(1, length)
        for part, length in ((later, last - since), (earlier, before - first))
    ]
    if rates[0] / rates[1] < 1 + AS_MUCH * (now / usual - 1):
        return 1.0
    return (1 - usual) / max(LEAST_ROOM, 1 - now)


def _divided(latency: OwnLatency, stretch: Mapping[str, float]) -> OwnLatency:
    rows = latency.operations.copy()
    factor = rows["service"].map(stretch).fillna(1.0)
    spread = rows["spread"]
    rows["z"] = rows["z"].where(factor <= 1, ((rows["value"] / factor - rows["median"]) / spread).clip(lower=0.0))
    return replace(latency, scores=scores_of(rows), operations=rows)
