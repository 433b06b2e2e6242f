"""Conditions on metrics: a value that holds, a rise or fall against its own beginning, nearness to a limit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.signatures.hits import Hit
from workbench.rca.signatures.model import Condition
from workbench.rca.signatures.tables import Points, Seen, State
from workbench.rca.signatures.words import amount, clock, quantity
from workbench.semconv import Table, metric_role

BEGINNING = 0.25
"""The first quarter of a series is its beginning: a rise is told from the lowest of it, a fall from the highest."""


def series_hits(condition: Condition, seen: Seen) -> list[Hit]:
    """Return a hit for each series that meets the condition."""
    meant = [points for points in seen.series if _is_meant(condition, points)]
    limits = _Limits.of(condition, meant, seen) if condition.near else None
    return [hit for points in meant if (hit := _hit(condition, points, limits))]


def _is_meant(condition: Condition, points: Points) -> bool:
    if condition.metric is not None and not _compiled(condition.metric).search(points.name):
        return False
    if condition.role is not None and metric_role(points.name) is not condition.role:
        return False
    if condition.service and not _compiled(condition.service).search(points.owner.service):
        return False
    return not condition.statistic or bool(_compiled(condition.statistic).search(points.statistic))


def is_any_meant(conditions: Sequence[Condition], name: str) -> bool:
    """Tell whether any condition asks for a metric of this name, as what is measured or as its limit."""
    patterns = {one for c in conditions for one in (c.metric, c.near, c.absent_metric) if one}
    roles = {c.role for c in conditions if c.role is not None}
    return metric_role(name) in roles or any(_compiled(one).search(name) for one in patterns)


@dataclass(frozen=True, slots=True)
class _Limits:
    """What may be the limit of the series that a condition with `near` means: metrics, else states."""

    series: Sequence[Points]
    limited: Sequence[Points]
    """The series that are meant and are no limits themselves."""
    states: Sequence[State]

    @classmethod
    def of(cls, condition: Condition, meant: Sequence[Points], seen: Seen) -> _Limits:
        named = _compiled(condition.near).search
        return cls(
            [one for one in seen.series if named(one.name)],
            [one for one in meant if not named(one.name)],
            [one for one in seen.states if named(one.attribute)],
        )

    def limit_of(self, points: Points) -> float | None:
        """Return the newest value of the metric, or of the state, that is the limit of this series.

        Of several limits the one with the most similar name counts: `db.client.connection.max` is a limit of
        `db.client.connection.count`, and none of `system.network.connection.count` beside it.
        """
        limits = _kin(points, self.series)
        if limits:
            limit = max(limits, key=lambda one: _alike(one.name, points.name))
            nearest = max((_alike(limit.name, one.name) for one in _kin(points, self.limited)), default=0)
            return float(limit.value[-1]) if _alike(limit.name, points.name) >= nearest else None
        return next((quantity(one.value) for one in self.states if one.owner.is_kin(points.owner)), None)


def _kin(points: Points, others: Sequence[Points]) -> list[Points]:
    return [one for one in others if one is not points and one.owner.is_kin(points.owner)]


def _hit(condition: Condition, points: Points, limits: _Limits | None) -> Hit | None:
    values = points.value
    shares = condition.scale == "share" and (values > 1.5).any()
    values = values / 100 if shares else values
    begin = _begin(condition, values)
    limit = limits.limit_of(points) if limits else None
    holds = _holds(condition, values, begin, limit)
    place = _run(holds, min(condition.lasts, len(values)), now=condition.when == "now")
    if place is None:
        return None
    since, until = place
    extreme = _extreme(condition, values[since:until])
    # Shares of 1 are told in percent, whichever way they came.
    factor, unit = (100, "Percent") if condition.scale == "share" else (1, points.unit)
    told, told_begin = amount(extreme * factor, unit), amount(begin * factor, unit)
    first, last = int(points.time[since]), int(points.time[until - 1])
    now = until == len(values)
    named = {condition.as_ or "value": told, f"{condition.as_ or 'value'}_begin": told_begin}
    named |= {f"{condition.as_ or 'value'}_at": clock(first), f"{condition.as_ or 'value'}_of": points.owner.name}
    return Hit(points.owner, _evidence(points, since, until, told, told_begin), named, first, last, now=now)


def _begin(condition: Condition, values: npt.NDArray[np.float64]) -> float:
    first = values[: max(1, int(np.ceil(len(values) * BEGINNING)))]
    if condition.rises is not None:
        return float(first.min())
    return float(first.max() if condition.falls is not None else np.median(first[:2]))


def _holds(
    condition: Condition, values: npt.NDArray[np.float64], begin: float, limit: float | None
) -> npt.NDArray[np.bool_]:
    holds = np.ones(len(values), dtype=bool)
    if condition.at_least is not None:
        holds &= values >= condition.at_least
    if condition.at_most is not None:
        holds &= values <= condition.at_most
    if condition.rises is not None:
        holds &= (values >= begin * condition.rises) & (values > begin)
    if condition.falls is not None:
        holds &= (values <= begin * condition.falls) & (values < begin)
    if condition.near:
        holds &= (values >= condition.share * limit) if limit else False
    return holds


def _alike(one: str, other: str) -> int:
    """Return how many characters two names have in common from their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _run(holds: npt.NDArray[np.bool_], least: int, *, now: bool) -> tuple[int, int] | None:
    """Return begin and end of the run that reaches the end of the data, or of the longest one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(np.int8), [0]])))
    runs = [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    runs = [run for run in runs if run[1] - run[0] >= least and (not now or run[1] == len(holds))]
    return max(runs, key=lambda run: run[1] - run[0]) if runs else None


def _extreme(condition: Condition, values: npt.NDArray[np.float64]) -> float:
    """Return the value that is told: the lowest of a fall, the last of what stays below, else the highest."""
    if condition.falls is not None:
        return float(values.min())
    return float(values[-1] if condition.at_most is not None and condition.rises is None else values.max())


def _evidence(points: Points, since: int, until: int, told: str, begin: str) -> Evidence:
    first, last = int(points.time[since]), int(points.time[until - 1])
    equals = {"metric_name": points.name, "service_name": points.owner.service}
    if points.statistic:
        equals["statistic"] = points.statistic
    if points.owner.objects:
        equals["service_instance_id"] = points.owner.name
    span = f"from {clock(first)} to {clock(last)}" if first != last else f"at {clock(first)}"
    return Evidence(
        kind=EvidenceKind.RESOURCE,
        service_name=points.owner.service,
        summary=f"{points.name} of {points.owner.name} reached {told} ({span}); it began at {begin}.",
        strength=1.0,
        observed_unix_nano=first,
        value=float(points.value[since:until].max()),
        unit=points.unit,
        selection=Selection(
            table=Table.METRICS,
            start_unix_nano=int(points.time[0]),
            end_unix_nano=int(points.time[-1]) + 1,
            equals=equals,
        ),
    )


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
