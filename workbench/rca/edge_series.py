"""Reads call latencies per pair of services from metrics, and pairs the caller's view with the callee's (evidence
M).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.rca.series import MS_OF_UNIT, Metric, MetricTable, Source
from workbench.semconv import MetricRole

_COLUMNS = ["caller", "callee", "operation", "gap_ms", "time"]


def edge_gaps(table: MetricTable) -> pd.DataFrame:
    """Return one row per minute and edge: caller, callee, gap_ms, time (ns); empty when one of the two views is
    missing.

    An edge is a latency metric with a peer; the caller's view has `client` or `source` in its name, the callee's
    `server` or `destination`. Both name the caller first.
    """
    client, server = _side(table, ("client", "source")), _side(table, ("server", "destination"))
    frames = []
    if client is not None and server is not None:
        scale = MS_OF_UNIT.get(client.unit.lower(), 1e3)
        for source, outer in table[client].items():
            inner = table[server].get(Source(source.service, source.instance, source.peer))
            if inner is None or not source.peer:
                continue
            time, i, j = _matched(outer.time, inner.time)
            frames.append(
                pd.DataFrame(
                    {
                        "caller": source.service,
                        "callee": source.peer,
                        "operation": "",
                        "gap_ms": (outer.value[i] - inner.value[j]) * scale,
                        "time": time,
                    }
                )
            )
    if not frames:
        return pd.DataFrame({name: [] for name in _COLUMNS})
    return pd.concat(frames, ignore_index=True)


def _side(table: MetricTable, words: tuple[str, ...]) -> Metric | None:
    """Return the median latency metric of one side; another statistic when there is no median."""
    found = [
        metric
        for metric, group in table.items()
        if metric.role is MetricRole.LATENCY
        and any(word in metric.name.lower() for word in words)
        and any(source.peer for source in group)
    ]
    return min(
        found, key=lambda metric: (metric.statistic.upper() not in ("P50", "MEDIAN"), metric.label), default=None
    )


def _matched(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair the rows of two scrapes: row by row the nearest time, at most half a period away."""
    if not len(left) or not len(right):
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    period = int(np.median(np.diff(left))) if len(left) > 1 else 1
    after = np.clip(np.searchsorted(right, left), 0, len(right) - 1)
    earlier = np.clip(after - 1, 0, None)
    nearest = np.where(np.abs(right[after] - left) < np.abs(right[earlier] - left), after, earlier)
    close = np.abs(right[nearest] - left) <= period // 2
    return left[close], np.flatnonzero(close), nearest[close]
