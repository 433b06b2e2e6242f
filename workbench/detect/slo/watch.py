"""Makes anomalies of burning budgets, so that they open incidents as everything else does.

An alert gives one anomaly when it begins to fire, dated to when the trouble most likely began, and one every half hour
while it goes on. Each is made of what was known at its time: computing it again later gives the same anomalies, and an
incident takes each in only once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.detect.group import open_incidents
from workbench.detect.severity import BURN_RATE
from workbench.detect.slo.alerts import AlertState
from workbench.detect.slo.counting import spending
from workbench.detect.slo.durations import spoken
from workbench.detect.slo.events import Events
from workbench.detect.slo.model import Rows, Slo, Threshold
from workbench.detect.slo.status import Status
from workbench.detect.slo.words import percent, when
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly, Incident
from workbench.semconv import MetricRole, Table, metric_role
from workbench.signals.burn_rates import Spending, onset
from workbench.signals.burn_watch import REPEAT_S, SCORES
from workbench.store.db import Store

DETECTOR = BURN_RATE
GROUPING_S = 3600.0
"""Alerts of one service and kind closer than this belong to one incident."""
_NANOS = 1_000_000_000
_SCORES = {f"{severity} {speed}": score for (severity, speed), score in SCORES.items()}
_URGENT = ("page", "critical", "high", "sev1", "sev0", "p0", "p1")
_OF_ROLE = {
    MetricRole.LATENCY: IncidentKind.LATENCY,
    MetricRole.AVAILABILITY: IncidentKind.DOWNTIME,
    MetricRole.HEARTBEAT: IncidentKind.DOWNTIME,
    MetricRole.ERRORS: IncidentKind.ERROR,
}


def incident_kind(slo: Slo) -> IncidentKind:
    """Return what the users of a service notice when this objective is missed."""
    if not isinstance(slo.indicator, Threshold):
        return IncidentKind.LATENCY if slo.is_latency() else IncidentKind.ERROR
    query = slo.indicator.query
    if isinstance(query, Rows) and query.table is Table.METRICS:
        return _OF_ROLE.get(metric_role(query.equals.get("metric_name", "")), IncidentKind.METRIC)
    return IncidentKind.LATENCY


def burn_anomalies(status: Status, events: Events, scope_at: Callable[[int], str]) -> list[Anomaly]:
    """Return what an objective's alerts noted up to the status's moment, ordered by time.

    Args:
        status: How the objective stands.
        events: The events it was computed from.
        scope_at: Gives the data set of a moment.
    """
    slo, at = status.slo, status.at_unix_nano
    if at is None:
        return []
    spent = spending(slo, events, at)
    found = []
    for alert in status.alerts:
        for number, begin in enumerate(alert.begins):
            end = alert.ends[number] if number < len(alert.ends) else at + 1
            for moment in range(begin, end, REPEAT_S * _NANOS):
                dated = _began(slo, alert, spent, moment) if moment == begin else moment
                found.append(_anomaly(slo, alert, spent, moment, dated, scope_at(dated)))
    return sorted(found, key=lambda one: (one.time_unix_nano, -one.score, one.summary))


def open_burn_incidents(store: Store, anomalies: Sequence[Anomaly]) -> list[Incident]:
    """Store anomalies of burning budgets and open incidents; giving the same again changes nothing."""
    return open_incidents(store, anomalies, grouping_s=GROUPING_S)


def _began(slo: Slo, alert: AlertState, spent: Spending, moment: int) -> int:
    """Return when the trouble began that an alert noticed: an alert comes later, by as much as its windows need."""
    found = onset(spent, moment, _longest_s(slo, alert) * _NANOS)
    if found is None:
        return moment
    # Slices are dated to their end.
    return found if slo.budgeting.value == "occurrences" else found + 1 - slo.slice_s * _NANOS


def _anomaly(slo: Slo, alert: AlertState, spent: Spending, moment: int, dated: int, scope: str) -> Anomaly:
    seconds = _longest_s(slo, alert)
    bad, total = spent.between(moment - seconds * _NANOS, moment)
    share, allowed = bad / total if total else 0.0, float(slo.budget_share)
    bad_ones = "bad" if slo.budgeting.value == "occurrences" else "bad time"
    summary = (
        f"SLO {slo.name} burns its budget at {share / allowed:.3g} times the allowed rate: {percent(100 * share, 2)} "
        f"{bad_ones} over {spoken(seconds)}, {percent(100 * allowed, 4)} allowed ({alert.severity})."
    )
    urgent = 0.8 if alert.severity.lower() in _URGENT else 0.6
    return Anomaly(
        detector=DETECTOR,
        kind=incident_kind(slo),
        service_name=slo.service,
        time_unix_nano=dated,
        score=_SCORES.get(alert.name, urgent),
        value=round(share, 9),
        expected=round(allowed, 9),
        summary=summary,
        scope=scope,
        labels={"slo": slo.name, "alert": alert.name, "noticed": when(moment)},
    )


def _longest_s(slo: Slo, alert: AlertState) -> int:
    own = {one.name: one.lookback_s for one in slo.alerts}
    pairs = {f"{pair.severity} {pair.speed}": pair.long_s for pair in slo.pairs()}
    seconds = {**own, **pairs}[alert.name]
    return seconds if slo.budgeting.value == "occurrences" else max(seconds, slo.slice_s)
