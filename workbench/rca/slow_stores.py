"""Tells a store whose statements do more work from one whose processor is taken by something else, and from one that is
waited for in vain: by a caller without a free connection.

A processor that is shared by use u leaves 1 - u of itself, so work is stretched by (1 - u before) / (1 - u after) at
most (processor sharing, Kleinrock 1967). Statements that got slower than that do more than they did: an index is gone,
a plan has changed, a lock is waited for.
"""

from __future__ import annotations

import numpy as np

from workbench.rca.observe import Observation
from workbench.rca.resources import share_of_limit
from workbench.rca.series import MS_OF_UNIT
from workbench.rca.statements import SlowStatement
from workbench.semconv import MetricRole

LEAST_ROOM = 0.02
"""A processor is never fuller than this for what is stretched: its own reports are no finer."""
LEAST_CALLS = 4
OWN_SHARE = 0.1
"""So much of what a statement costs more stands in the store's own report of its durations, if the store is slow."""


def statements_do_more(seen: Observation, service: str) -> bool:
    """Tell whether the statements of a store got slower than its busier processor explains.

    False where the processor is no busier than before, where its use is no share of a limit, or where the callers of
    the service write no spans of single statements.
    """
    use = next(
        (one for one in seen.resources.uses if one.source.service == service and one.metric.role is MetricRole.CPU),
        None,
    )
    if use is None or use.ratio < 1 or not seen.network or not len(seen.network[0].edges):
        return False
    before, after = share_of_limit(use.metric, use.median), share_of_limit(use.metric, use.value)
    if before is None or after is None:
        return False
    edges = seen.network[0].edges
    own = edges[(edges["callee"] == service) & (edges["operation"] != "") & (edges["calls"] >= LEAST_CALLS)]
    if not len(own) or not own["slow"].any():
        return False
    slower = np.median(own["value"].to_numpy(dtype=float) / own["median"].clip(lower=1e-6).to_numpy(dtype=float))
    return bool(slower > (1 - before) / max(LEAST_ROOM, 1 - after))


def store_is_slower(seen: Observation, slow: SlowStatement) -> bool:
    """Tell whether the store itself says that queries take longer; False where it reports neither durations nor load.

    Callers measure from the moment at which they want a connection, the store from the one at which it gets the query.
    """
    edges = seen.network[0].edges
    of_statement = (
        (edges["caller"] == slow.caller) & (edges["callee"] == slow.store) & (edges["operation"] == slow.operation)
    )
    lost_ms = float((edges["mean"] - edges["base_mean"])[of_statement].max())
    reports = [use for use in seen.slowness.uses if use.source.service == slow.store and not use.source.peer]
    if reports:
        own_ms = max((use.value - use.median) * MS_OF_UNIT.get(use.metric.unit.lower(), 1e3) for use in reports)
        return own_ms >= OWN_SHARE * lost_ms
    return max(seen.resources.scores.get(slow.store, 0.0), seen.saturation.scores.get(slow.store, 0.0)) >= 1
