"""Dates the incident from the evidence that leads: when the resource ran hot, the calls got slow, the visits
broke, or the error lines came.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Flags, Ints
from workbench.rca.edge_groups import KEYS
from workbench.rca.edge_series import edge_gaps
from workbench.rca.fuse import Sign
from workbench.rca.items import read_visits
from workbench.rca.metric_table import read_metrics
from workbench.rca.network import span_gaps
from workbench.rca.observe import Observation
from workbench.rca.steps import most_likely_step
from workbench.rca.windows import seconds

RECENT_S = 420
EARLIER_S = 5
"""A broken visit began a little before it broke."""
STEP_SPREADS = 2.0


def date_onset(
    seen: Observation, lead: Sign | None, service: str, telemetry: Telemetry, cache: ReferenceCache
) -> int | None:
    """Return when the incident of this service began (UTC ns), or None when the leading evidence has no date."""
    if lead is Sign.RESOURCE:
        return _hot_since(seen, service, telemetry, cache)
    if lead is Sign.NETWORK:
        slow = _slow_since(seen, service, telemetry, cache)
        return _slow_minutes(seen, service, telemetry, cache) if slow is None else slow
    if lead is Sign.STRUCTURE:
        return _broken_since(seen, service)
    if lead is Sign.ERRORS:
        burst = seen.log_errors.bursts.get(service)
        return burst.since if burst else None
    return None


def _hot_since(seen: Observation, service: str, telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    use = next((use for use in seen.resources.uses if use.source.service == service), None)
    if use is None:
        return None
    series = read_metrics(telemetry, cache)[use.metric][use.source]
    hot = series.value > (use.median + use.value) / 2
    return last_run(series.time, hot, int(series.time[-1]) - seconds(RECENT_S))


def last_run(time: Ints, hot: Flags, since: int) -> int | None:
    """Return the start of the last run of hot rows that reaches past `since`; gaps of one row are bridged.

    A row describes the period before it, so the run starts one period before its first row.
    """
    late = np.flatnonzero(hot & (time >= since))
    if not len(late):
        return None
    first = int(late[-1])
    while first > 0 and (hot[first - 1] or (first > 1 and hot[first - 2])):
        first -= 1
    first += int(np.argmax(hot[first:]))
    period = int(np.median(np.diff(time))) if len(time) > 1 else 0
    return int(time[first]) - period


def _slow_since(seen: Observation, service: str, telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    """Return the most likely step of `gap above baseline` on the slow edges of the service."""
    edges = seen.network[0].edges if seen.network else pd.DataFrame()
    if not len(edges):
        return None
    slow = edges[edges["slow"] & ((edges["caller"] == service) | (edges["callee"] == service))]
    gaps = span_gaps(read_visits(telemetry, cache).spans).merge(slow[[*KEYS, "median", "spread"]], on=KEYS)
    gaps = gaps.sort_values("time", kind="stable")
    hot = (gaps["gap_ms"] > gaps["median"] + STEP_SPREADS * gaps["spread"]).to_numpy(dtype=np.bool_)
    if len(gaps) < 3 or hot.sum() < 2:
        return None
    return int(gaps["time"].to_numpy(dtype=np.int64)[most_likely_step(hot)])


def _slow_minutes(seen: Observation, service: str, telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    edges = seen.edge_network.edges
    if not len(edges):
        return None
    own = edges[(edges["caller"] == service) | (edges["callee"] == service)]
    gaps = edge_gaps(read_metrics(telemetry, cache)).merge(own[[*KEYS, "median", "spread"]], on=KEYS)
    gaps = gaps.sort_values("time", kind="stable")
    time = gaps["time"].to_numpy(dtype=np.int64)
    if not len(time):
        return None
    hot = (gaps["gap_ms"] > gaps["median"] + STEP_SPREADS * gaps["spread"]).to_numpy(dtype=np.bool_)
    hot = hot & (time >= time[-1] - seconds(RECENT_S))
    return int(time[np.argmax(hot)]) - seconds(60) if hot.any() else None


def _broken_since(seen: Observation, service: str) -> int | None:
    own = [found.times[service] for found in seen.structures if service in found.times]
    times = own or [times for found in seen.structures for times in found.times.values()]
    if not times:
        return None
    return int(np.quantile(np.unique(np.concatenate(times)), 0.1)) - seconds(EARLIER_S)
