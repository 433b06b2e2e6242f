"""Finds services whose clock is wrong: their spans begin before the call, or after it has ended (evidence K)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Ints
from workbench.rca.edge_groups import numbered
from workbench.rca.network import Network, blame_ends, slow_network
from workbench.rca.visits import MS, SpanTable

LEAST_MS = 20.0
"""Clocks that are synchronised over a network differ by a few milliseconds."""


def clock_gaps(table: SpanTable, keep: Flags | None = None) -> pd.DataFrame:
    """Return one row per call: caller, callee, operation (''), gap_ms by which the callee's start lies outside, time
    (ns).
    """
    gaps, at = table.once("clock_gaps", lambda: _all_gaps(table))
    return gaps.copy(deep=False) if keep is None else gaps[keep[at]].reset_index(drop=True)


def _all_gaps(table: SpanTable) -> tuple[pd.DataFrame, Ints]:
    """Return the gaps of all calls, and the positions of the callees' spans."""
    calls = table.calls()
    above = table.parent[calls]
    early = table.start[above] - table.start[calls]
    late = np.where(table.later[calls], 0, table.start[calls] - table.end[above])
    # Offsets within the usual error of clocks are one and the same: a little of it is no sign.
    gap = np.maximum(np.maximum(early, late) / MS, 0.0)
    gaps = pd.DataFrame(
        {
            "caller": table.service[above],
            "callee": table.service[calls],
            "operation": "",
            "gap_ms": np.where(gap < LEAST_MS, 0.0, gap),
            "time": table.start[above],
        }
    )
    return numbered(gaps), calls


def wrong_clocks(base: pd.DataFrame, test: pd.DataFrame) -> Network:
    """Compare the gaps of `test` with those of `base` (columns of `clock_gaps`); edges whose median stays inside do
    not count.
    """
    if not (test["gap_ms"] > 0).any():
        return Network()
    edges = slow_network(base, test).edges
    if not len(edges):
        return Network()
    # A baseline of zeros has no spread of its own: the usual error of clocks is the unit.
    edges = edges.assign(z=(edges["value"] - edges["median"]) / LEAST_MS)
    edges["slow"] = edges["z"] >= 1
    edges["excess"] = np.where(edges["slow"], np.log2(1 + edges["z"].clip(lower=0)) * edges["weight"], 0.0)
    return Network(scores=blame_ends(edges), edges=edges)
