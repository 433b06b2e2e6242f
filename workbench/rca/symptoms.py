"""Reads metrics of latency and of errors per service: what users and callers feel, where no spans tell it.

They say that a service suffers, not why; so they confirm a resource of the same service, and lead only without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.rca.resources import Resources, Use, busy_resources, is_loss
from workbench.rca.series import Metric, MetricTable
from workbench.rca.windows import seconds
from workbench.semconv import MetricRole

LEAST_RISE = 0.3
"""A level that rises by less than this share is no symptom."""
LIMIT = 2.0
"""Latency and errors follow the load and the hour: it takes twice the largest healthy departure."""
LATEST_S = 120
"""A changed row is looked for so long after the time at which indicators changed together."""


def is_latency(metric: Metric) -> bool:
    """Tell whether a metric says how long requests take."""
    return metric.role is MetricRole.LATENCY


def is_error(metric: Metric) -> bool:
    """Tell whether a metric counts failures of requests; lost messages are a matter of the network."""
    return metric.role is MetricRole.ERRORS and not is_loss(metric)


def symptoms(
    test: MetricTable, references: Sequence[MetricTable], *, since: int, before: int
) -> tuple[Resources, Resources]:
    """Return what metrics of latency, and what those of errors, show from `since` on (ns).

    Like `busy_resources`: ratios are departures divided by twice the largest healthy ones.
    """
    latency, errors = (
        _clear(busy_resources(test, references, since=since, before=before, of=chosen))
        for chosen in (is_latency, is_error)
    )
    return latency, errors


def _clear(found: Resources) -> Resources:
    """Return only clear rises of services that have a name."""
    uses = [
        replace(use, ratio=use.ratio / LIMIT)
        for use in found.uses
        if use.source.service and use.value - use.median > LEAST_RISE * use.median
    ]
    scores: dict[str, float] = {}
    for use in uses:
        scores.setdefault(use.source.service, use.ratio)
    return Resources(scores=scores, uses=uses)


def first_changed(uses: Sequence[Use], service: str, metrics: MetricTable, at: int) -> int | None:
    """Return the first row from `at` (ns) on at which a series of the service is half-way to where it went.

    None when that row comes so much later that the series rose slowly.
    """
    found = []
    for use in uses:
        if use.source.service == service and use.ratio >= 1:
            series = metrics[use.metric][use.source]
            hot = series.time[(series.value > (use.median + use.value) / 2) & (series.time >= at)]
            found += [int(time) for time in hot[:1] if time - at <= seconds(LATEST_S)]
    return min(found, default=None)
