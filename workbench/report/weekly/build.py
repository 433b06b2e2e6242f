"""Counts incidents by week and says which differences chance does not explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.stats import binomtest

from workbench.facts.diagnosis import Diagnosis
from workbench.facts.incident import Incident, IncidentState
from workbench.report.weekly.content import Repeated, Trend, Week, Weekly
from workbench.semconv import NANOS_PER_SECOND

WEEK = 7 * 86_400 * NANOS_PER_SECOND
CLEAR = 0.05
SURE = 0.5
_DONE = (IncidentState.RESOLVED, IncidentState.CLOSED)
_SEVERE = ("error", "critical")


@dataclass(frozen=True, slots=True)
class Past:
    """One incident with what is known of it."""

    incident: Incident
    diagnosis: Diagnosis | None = None
    hours_in_hand: float | None = None

    @property
    def cause(self) -> tuple[str, str] | None:
        """First cause and fault type, when it was found with some confidence."""
        first = self.diagnosis.causes[0] if self.diagnosis and self.diagnosis.causes else None
        if first is None or first.confidence < SURE:
            return None
        return first.service_name, first.fault_type or ""


def build_weekly(past: Sequence[Past], until_unix_nano: int, weeks: int) -> Weekly:
    """Return the report of the week that holds a moment, beside the weeks before it.

    Args:
        past: All incidents; those outside of the weeks are left out.
        until_unix_nano: A moment of the week to report, UTC nanoseconds.
        weeks: How many weeks, the reported one among them; at least 2.
    """
    last = monday(until_unix_nano)
    starts = [last - WEEK * back for back in range(max(2, weeks) - 1, -1, -1)]
    inside: dict[int, list[Past]] = {start: [] for start in starts}
    for one in sorted(past, key=lambda one: (one.incident.opened_unix_nano, one.incident.incident_id)):
        start = monday(one.incident.opened_unix_nano)
        if start in inside:
            inside[start].append(one)
    seen: set[tuple[str, str]] = set()
    counted = []
    for start in starts:
        counted.append(_week(start, inside[start], seen))
        seen |= {one.cause for one in inside[start] if one.cause}
    now = inside[starts[-1]]
    return Weekly(
        title=f"Week of {datetime.fromtimestamp(last / NANOS_PER_SECOND, UTC):%Y-%m-%d}",
        weeks=counted,
        trends=_trends(counted),
        services=dict(Counter(one.cause[0] for one in now if one.cause).most_common()),
        repeated=_repeated(inside),
        open_incidents=[
            f"{one.incident.incident_id} {one.incident.title}" for one in now if one.incident.state not in _DONE
        ],
    )


def monday(unix_nano: int) -> int:
    """Return the begin of a moment's week, Monday 00:00 UTC, in nanoseconds."""
    day = datetime.fromtimestamp(unix_nano // NANOS_PER_SECOND, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((day - timedelta(days=day.weekday())).timestamp()) * NANOS_PER_SECOND


def _week(start: int, inside: Sequence[Past], seen: set[tuple[str, str]]) -> Week:
    hours = [one.hours_in_hand for one in inside if one.hours_in_hand is not None]
    return Week(
        start_unix_nano=start,
        incidents=len(inside),
        by_kind=dict(sorted(Counter(one.incident.kind.value for one in inside).items())),
        severe=sum(one.incident.severity in _SEVERE for one in inside),
        recurrences=sum(one.cause in seen for one in inside if one.cause),
        explained=sum(one.cause is not None for one in inside),
        hours_in_hand=round(float(np.median(hours)), 2) if hours else None,
    )


def _trends(weeks: Sequence[Week]) -> list[Trend]:
    kinds = sorted({kind for week in weeks for kind in week.by_kind})
    rows: list[tuple[str, list[int]]] = [("incidents", [week.incidents for week in weeks])]
    rows.append(("severe incidents", [week.severe for week in weeks]))
    rows.append(("recurrences", [week.recurrences for week in weeks]))
    rows += [(f"{kind} incidents", [week.by_kind.get(kind, 0) for week in weeks]) for kind in kinds]
    return [_trend(what, counts) for what, counts in rows if any(counts)]


def _trend(what: str, counts: Sequence[int]) -> Trend:
    """Compare the last count with the earlier ones: given their sum, a share of 1/weeks is expected in the last.

    The conditional test of two Poisson rates (Przyborowski and Wilenski 1940).
    """
    last, earlier = counts[-1], counts[:-1]
    mean = sum(earlier) / len(earlier)
    chance = float(binomtest(last, sum(counts), 1 / len(counts)).pvalue)
    if chance >= CLEAR:
        words = "no more than chance explains"
    else:
        words = "clearly more than before" if last > mean else "clearly fewer than before"
    return Trend(what=what, last=last, before=round(mean, 2), chance=round(chance, 4), words=words)


def _repeated(inside: Mapping[int, Sequence[Past]]) -> list[Repeated]:
    found: dict[tuple[str, str], list[str]] = {}
    for week in inside.values():
        for one in week:
            if one.cause:
                found.setdefault(one.cause, []).append(one.incident.incident_id)
    back = [
        Repeated(service_name=service, fault_type=fault, count=len(ids), incident_ids=ids)
        for (service, fault), ids in found.items()
        if len(ids) > 1
    ]
    return sorted(back, key=lambda one: (-one.count, one.service_name, one.fault_type))
