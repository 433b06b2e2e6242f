"""Finds services that went silent: heartbeats at zero, instances without metrics, logs that stop (evidence D)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.rca.columns import Ints
from workbench.rca.quiet import LEAST_LINES, Stopped
from workbench.rca.series import MetricTable
from workbench.semconv import MetricRole

LEAST_DROP = 0.4
"""A rollout takes an instance away for a moment; less than this on average is no downtime."""
LEAST_BASE_ROWS = 5
WHOLE = 4.0
"""Score of a service that is gone for all of the test."""
RESTARTED = 1.2
"""Score of one restart more than before; more of them count by the logarithm."""


@dataclass(frozen=True, slots=True)
class Silence:
    """How much of a service is gone."""

    service: str
    share: float
    """0..1 of its instances times time."""
    by: str
    """What went silent: `heartbeat`, `metrics`, `logs` or `requests`."""
    since: int
    """UTC ns."""


@dataclass(frozen=True, slots=True)
class _Lives:
    """Reports of all instances of a service: times (ns), 1 for alive, and the usual time between two of an instance."""

    time: Ints
    weight: Ints
    period: int


@dataclass(frozen=True, slots=True)
class Downtime:
    """Score 0..4 per service, and what it comes from."""

    scores: dict[str, float] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    restarts: dict[str, float] = field(default_factory=dict)


def gone(metrics: MetricTable, *, since: int, before: int, until: int, stopped: Sequence[Stopped] = ()) -> Downtime:
    """Compare what lives in [since, until) with what lived before `before` (ns), per service and per time of scrape.

    `stopped` are services that show by their lines alone that they live, and wrote no more of them.
    """
    silences = [silence for one in stopped if (silence := _without_lines(one, since, before)) is not None]
    for by, alive in (("heartbeat", _beats(metrics)), ("metrics", _rows(metrics))):
        for service, lives in alive.items():
            found = _drop(service, by, lives, since, before, until)
            if found is not None and found.share >= LEAST_DROP:
                silences.append(found)
    silences.sort(key=lambda silence: -silence.share)
    scores: dict[str, float] = {}
    for silence in silences:
        scores.setdefault(silence.service, WHOLE * silence.share)
    restarts = _restarts(metrics, since, before)
    for service, count in restarts.items():
        scores[service] = max(scores.get(service, 0.0), RESTARTED * float(np.log2(1 + count)))
    return Downtime(scores, silences, restarts)


def _without_lines(one: Stopped, since: int, before: int) -> Silence | None:
    """Return the silence of a service that stopped writing lines in the test; None when it did so long before, or when
    too few lines of before are known.
    """
    if one.last < before or (one.time < before).sum() < LEAST_LINES:
        return None
    from_then = max(since, one.last)
    share = float(np.clip((one.end - from_then) / max(one.end - since, 1), 0, 1))
    return Silence(one.service, share, "logs", from_then) if share >= LEAST_DROP else None


def _restarts(metrics: MetricTable, since: int, before: int) -> dict[str, float]:
    """Return how often services restarted in the test, where they did not before."""
    late: dict[str, float] = {}
    early: dict[str, float] = {}
    for metric, group in metrics.items():
        if metric.role is MetricRole.RESTARTS:
            for source, series in group.items():
                for where, rows in (
                    (late, series.value[series.time >= since]),
                    (early, series.value[series.time < before]),
                ):
                    grown = float(np.clip(np.diff(rows), 0, None).sum()) if len(rows) > 1 else 0.0
                    where[source.service] = where.get(source.service, 0.0) + grown
    return {service: count for service, count in late.items() if service and count > 0 and not early.get(service)}


def _beats(metrics: MetricTable) -> dict[str, _Lives]:
    """Return times and 0/1 of the heartbeats per service."""
    found: dict[str, list[tuple[Ints, Ints]]] = {}
    for metric, group in metrics.items():
        if metric.role is MetricRole.HEARTBEAT and "uptime" not in metric.name.lower():
            for source, series in group.items():
                found.setdefault(source.service, []).append((series.time, (series.value > 0).astype(np.int64)))
    return _joined(found)


def _rows(metrics: MetricTable) -> dict[str, _Lives]:
    """Return the times at which an instance reported anything but a heartbeat, once per instance and time."""
    found: dict[str, dict[str, list[Ints]]] = {}
    for metric, group in metrics.items():
        if metric.role is MetricRole.HEARTBEAT:
            continue
        for source, series in group.items():
            if not source.peer:
                found.setdefault(source.service, {}).setdefault(source.instance, []).append(series.time)
    joined: dict[str, list[tuple[Ints, Ints]]] = {}
    for service, instances in found.items():
        for times in instances.values():
            time = np.unique(np.concatenate(times))
            joined.setdefault(service, []).append((time, np.ones(len(time), dtype=np.int64)))
    return _joined(joined)


def _joined(found: dict[str, list[tuple[Ints, Ints]]]) -> dict[str, _Lives]:
    lives = {}
    for service, parts in found.items():
        gaps = np.concatenate([np.diff(time) for time, _ in parts])
        if service and len(gaps):
            time, weight = (np.concatenate(columns) for columns in zip(*parts, strict=True))
            lives[service] = _Lives(time, weight, max(1, int(np.median(gaps))))
    return lives


def _drop(service: str, by: str, lives: _Lives, since: int, before: int, until: int) -> Silence | None:
    """Return by how much the living reports per period fall; None when there were too few to tell."""
    time, weight, period = lives.time, lives.weight, lives.period
    early, late = time < before, (time >= since) & (time < until)
    first = int(time[early].min()) if early.any() else before
    # A period that has not passed yet has no report.
    periods, known = (until - since) // period, (before - first) // period
    if early.sum() < LEAST_BASE_ROWS or known < 1 or periods < 1:
        return None
    # Instances that come and go in a rollout report more often for a while: the median does not count that.
    place = (time[early] - first) // period
    whole = place < known
    usual = float(np.median(np.bincount(place[whole], weights=weight[early][whole], minlength=known)))
    if usual * periods < 2:
        return None
    share = float(np.clip(1 - weight[late].sum() / (usual * periods), 0, 1))
    alive = time[(weight > 0)]
    last = int(alive.max()) if len(alive) else since
    return Silence(service, share, by, max(since, last) if share > 0.9 else since)
