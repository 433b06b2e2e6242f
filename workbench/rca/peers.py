"""Helps where the past is short: the other edges of the same minutes are the baseline of an edge.

Traces often begin a minute before the time that somebody named, and the fault may have begun before them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.edge_groups import KEYS
from workbench.rca.items import read_visits
from workbench.rca.network import Network, blame_ends, span_gaps
from workbench.rca.observe import Observation
from workbench.rca.windows import Window, seconds

SHORT_S = 180
"""Spans of a shorter past are few, and hardly older than the onset that they are to be compared with."""
LEAST_EDGES = 6
LEAST_CALLS, ENOUGH = 3, 8
"""Calls that an edge needs, and those with which it counts in full."""
LEAST_FACTOR = 5.0
"""A call is slow among its peers when it costs this many times what they cost, and `SLOW` deviations more."""
SLOW = 4.0
LEAST_DEVIATION = 0.3
"""Least deviation of the logarithms of what calls cost."""
LEAST_GAP_MS = 0.1


def short_past(telemetry: Telemetry, window: Window, cache: ReferenceCache) -> bool:
    """Tell whether there are spans, but hardly any of before the window."""
    start = read_visits(telemetry, cache).start
    return window.since is not None and len(start) > 0 and window.since - int(start.min()) < seconds(SHORT_S)


def add_peers(seen: Observation, telemetry: Telemetry, window: Window, cache: ReferenceCache) -> None:
    """Add to `seen` which calls are slow among their peers."""
    case = read_visits(telemetry, cache)
    since = window.since or 0
    gaps = span_gaps(case.spans)
    # A delay that was there from the first span on is seen best in all of them.
    peers = max(
        (slow_among_peers(part) for part in (gaps[gaps["time"] >= since], gaps)),
        key=lambda one: max(one.scores.values(), default=0.0),
    )
    stronger = max(peers.scores.values(), default=0.0) > max(seen.gaps.values(), default=0.0)
    seen.network = [peers, *seen.network] if stronger else [*seen.network, peers]
    for service, score in peers.scores.items():
        seen.gaps[service] = max(seen.gaps.get(service, 0.0), score)


def slow_among_peers(gaps: pd.DataFrame) -> Network:
    """Compare the usual gap of each edge with those of all edges. `gaps` has the columns of `network.span_gaps`.

    Calls to services without spans are left out: there the gap is the whole call, and a large one is usual.
    """
    seen = gaps[gaps["operation"] == ""].groupby(KEYS)["gap_ms"]
    edges = seen.agg(value="median", calls="size", mean="mean").reset_index()
    edges = edges[edges["calls"] >= LEAST_CALLS].reset_index(drop=True)
    if len(edges) < LEAST_EDGES:
        return Network()
    level = np.log(edges["value"].to_numpy(dtype=float).clip(min=LEAST_GAP_MS))
    middle = float(np.median(level))
    deviation = max(1.4826 * float(np.median(np.abs(level - middle))), LEAST_DEVIATION)
    usual = float(np.exp(middle))
    edges["median"], edges["base_mean"] = usual, usual
    edges["spread"] = usual * (np.exp(deviation) - 1)
    edges["z"] = (level - middle) / deviation
    edges["slow"] = (edges["z"] > SLOW) & (edges["value"] > LEAST_FACTOR * usual)
    edges["weight"] = edges["calls"].clip(upper=ENOUGH) / ENOUGH
    edges["excess"] = np.where(edges["slow"], np.log2(1 + edges["z"].clip(lower=0)) * edges["weight"], 0.0)
    return Network(scores=blame_ends(edges), edges=edges)
