"""Tells calls that are late because their caller has no free connection left from calls that the network makes late.

Both look the same from outside: a few calls of one edge come far later than usual. But a caller whose pool is full
fails most of its calls before they go out, and its own count of connections says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.rca.columns import texts
from workbench.rca.observe import Observation


def waited_for(
    seen: Observation, network: Mapping[str, float], failure: Mapping[str, float], saturation: Mapping[str, float]
) -> set[str]:
    """Return the services whose late calls are explained by full callers: all of them come from callers whose calls to
    the service fail, more clearly than these are late, and whose connections are taken.

    All scores are ratios to the largest healthy value, per service; those of `network` come from late calls alone.
    """
    late, failing = _pairs(seen.tails.edges), _pairs(seen.failures.edges)
    found = set()
    for service, ratio in network.items():
        edges = {pair for pair in late if service in pair}
        if edges and all(
            callee == service
            and (caller, callee) in failing
            and saturation.get(caller, 0.0) >= 1
            and failure.get(caller, 0.0) >= ratio
            for caller, callee in edges
        ):
            found.add(service)
    return found


def _pairs(edges: pd.DataFrame) -> set[tuple[str, str]]:
    """Return caller and callee of the edges on which something is wrong."""
    if not len(edges):
        return set()
    wrong = edges[edges["slow"].astype(bool)]
    return set(zip(texts(wrong, "caller").tolist(), texts(wrong, "callee").tolist(), strict=True))
