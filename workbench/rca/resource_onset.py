"""Finds the time at which a resource leaves its level: one that fills up slowly moves no indicator at any one time."""

from __future__ import annotations

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.metric_table import read_metrics
from workbench.rca.resources import busy_resources

SCANNED = (0.3, 0.45, 0.6, 0.75)
"""Shares of the case's time at which resources are looked at."""
CLEARLY = 1.5
"""One more look is one more chance of a false alarm."""


def resource_onset(telemetry: Telemetry, extent: tuple[int, int], cache: ReferenceCache) -> int | None:
    """Return the time at which a resource leaves its level most, of a few times; None when none clearly does."""
    metrics = read_metrics(telemetry, cache)
    best: tuple[float, int] | None = None
    for share in SCANNED:
        at = int(extent[0] + share * (extent[1] - extent[0]))
        uses = busy_resources(metrics, [], since=at, before=at).uses
        if uses and uses[0].ratio >= CLEARLY and (best is None or uses[0].ratio > best[0]):
            series = metrics[uses[0].metric][uses[0].source]
            hot = (series.value > (uses[0].median + uses[0].value) / 2) & (series.time >= at)
            best = (uses[0].ratio, int(series.time[np.argmax(hot)]) if hot.any() else at)
    return best[1] if best else None
