"""Which service fails first where metrics are all there is: nobody knows who calls whom, and callers fail as well.

Three things tell callee from caller all the same. Of the requests of a broken service a larger share fails than of
those of its callers, who also do other things. Who is called answers sooner than who calls. And a service that nobody
gets an answer from counts no requests any more, while its callers still do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.rca.columns import Floats
from workbench.rca.downtime import WHOLE, Silence
from workbench.rca.graph_levels import choose_metric
from workbench.rca.resources import Resources, step_of
from workbench.rca.series import Group, Metric, MetricTable
from workbench.semconv import MetricRole

LEAST_REQUESTS = 20.0
"""A service without a request is silent if so many were to be expected."""
SILENT = 0.02
"""Requests below this share of those before are none."""
MOST_FAILED = 1.1
"""More failures than requests, but for rounding, are not counted in the same unit."""
ALIKE = 0.9
"""Shares that differ by less are the same share: callers who do nothing else."""
SLOWER = 0.98
"""Each service that answers later than another with the same share scores so much less."""


def by_share_of_failures(errors: Resources, metrics: MetricTable, since: int, before: int) -> Resources:
    """Return the scores of errors in proportion to the share of requests that fail, from `since` (ns) on.

    They stay as they are when the requests of one of the failing services are not known. None falls below what is an
    incident: that something is wrong there is no matter of who was first.
    """
    failing = [service for service, ratio in errors.scores.items() if ratio >= 1]
    shares = {service: _share(errors, service, metrics, since) for service in failing}
    known = {service: share for service, share in shares.items() if share is not None}
    if len(failing) < 2 or len(known) < len(failing) or max(known.values()) <= 0:
        return errors
    most, strongest = max(known.values()), max(errors.scores.values())
    times = answer_times(metrics, failing, before)
    alike = [service for service in failing if known[service] >= ALIKE * most]
    later = {service: place for place, service in enumerate(sorted(alike, key=lambda one: times.get(one, np.inf)))}
    scores = dict(errors.scores)
    for service, share in known.items():
        of_most = SLOWER ** later[service] if service in later else share / most
        scores[service] = max(1.0, strongest * of_most)
    place = {service: number for number, service in enumerate(sorted(scores, key=lambda one: -scores[one]))}
    uses = sorted(errors.uses, key=lambda use: place.get(use.source.service, len(place)))
    return Resources({service: scores[service] for service in place}, uses)


def without_requests(metrics: MetricTable, since: int, before: int) -> tuple[dict[str, float], list[Silence]]:
    """Return the services that count no request from `since` on and did before `before` (ns): scores and silences.

    Where several fall silent at once, those that answer in less time are called by the others: they score less. A
    service whose heart beats is only asked nothing.
    """
    traffic = choose_metric(MetricRole.TRAFFIC, metrics)
    if traffic is None:
        return {}, []
    group, silences = metrics[traffic], []
    for service in sorted({source.service for source in group if source.service} - _beating(metrics, since)):
        # The first row still holds requests of before.
        late, early = _rows(group, service, since=since + _period(group)), _rows(group, service, before=before)
        awaited = early.mean() * len(late) / (step_of(early) or 1.0) if len(early) else 0.0
        if awaited >= LEAST_REQUESTS and late.mean() < SILENT * early.mean():
            silences.append(Silence(service, 1 - float(late.mean() / early.mean()), "requests", since))
    times = answer_times(metrics, [silence.service for silence in silences], before)
    longest = max(times.values(), default=0.0) or 1.0
    return {one.service: max(1.0, WHOLE * times.get(one.service, longest) / longest) for one in silences}, silences


def _beating(metrics: MetricTable, since: int) -> set[str]:
    return {
        source.service
        for metric, group in metrics.items()
        if metric.role is MetricRole.HEARTBEAT and "uptime" not in metric.name.lower()
        for source, series in group.items()
        if (series.value[series.time >= since] > 0).any()
    }


def answer_times(metrics: MetricTable, services: Sequence[str], before: int) -> dict[str, float]:
    """Return how long services took to answer before `before` (ns), in the metric's unit, where that is measured."""
    latency = choose_metric(MetricRole.LATENCY, metrics)
    rows = {name: _rows(metrics[latency], name, before=before) for name in services} if latency else {}
    return {name: float(np.median(found)) for name, found in rows.items() if len(found)}


def _share(errors: Resources, service: str, metrics: MetricTable, since: int) -> float | None:
    """Return the share of a service's requests that fail; None when it is not known."""
    use = next(use for use in errors.uses if use.source.service == service)
    failed = _rows(metrics[use.metric], service, since=since)
    if _is_share(use.metric):
        return float(failed.mean()) if len(failed) else None
    traffic = choose_metric(MetricRole.TRAFFIC, metrics)
    requests = _rows(metrics[traffic], service, since=since) if traffic else np.zeros(0)
    if not len(requests) or not len(failed) or requests.sum() <= 0:
        return None
    share = float(failed.mean() / requests.mean())
    return share if share <= MOST_FAILED else None


def _period(group: Group) -> int:
    gaps = [np.diff(series.time) for series in group.values() if len(series.time) > 1]
    return int(np.median(np.concatenate(gaps))) if gaps else 0


def _is_share(metric: Metric) -> bool:
    return metric.unit == "%" or any(word in metric.name.lower() for word in ("percent", "ratio", "share"))


def _rows(group: Group, service: str, *, since: int | None = None, before: int | None = None) -> Floats:
    """Return the values of all series of a service in a time."""
    found = [
        series.value[(series.time >= since) if since is not None else (series.time < (before or 0))]
        for source, series in group.items()
        if source.service == service and not source.peer
    ]
    return np.concatenate(found) if found else np.zeros(0)
