"""Weighs anomalies by their effect on users, not by how surprising they are."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly

LEVELS = ("info", "warning", "error", "critical")
CRITICAL_ERROR_RATE = 0.25
"""From this share of failed requests on, most users notice."""
SERIOUS_ERROR_RATE = 0.05
CRITICAL_SLOWDOWN = 10.0
SERIOUS_SLOWDOWN = 3.0
CRITICAL_AVAILABILITY = 0.5
CRITICAL_LOSS = 0.1
"""A service that gets less than this share of its usual requests is as good as down."""
BURN_RATE = "slo_burn_rate"
"""Detector of budgets that are spent too fast; what pages somebody there is at least an error."""
PAGE_SCORE = 0.75


def severity(anomaly: Anomaly) -> str:
    """Return info, warning, error or critical; what the source said counts before what its values tell."""
    if anomaly.severity in LEVELS:
        return anomaly.severity
    if anomaly.detector == BURN_RATE and anomaly.score >= PAGE_SCORE:
        return max("error", _by_effect(anomaly), key=LEVELS.index)
    return _by_effect(anomaly)


def _by_effect(anomaly: Anomaly) -> str:
    value, expected = anomaly.value, anomaly.expected
    if value is None:
        return "error" if anomaly.kind is IncidentKind.DOWNTIME else "warning"
    if anomaly.kind is IncidentKind.ERROR:
        return _grade(value, SERIOUS_ERROR_RATE, CRITICAL_ERROR_RATE)
    if anomaly.kind is IncidentKind.LATENCY:
        return _grade(value / expected, SERIOUS_SLOWDOWN, CRITICAL_SLOWDOWN) if expected else "warning"
    if anomaly.kind is IncidentKind.DOWNTIME:
        return _of_downtime(anomaly.detector, value, expected or 0.0)
    return "info"


def _of_downtime(detector: str, value: float, expected: float) -> str:
    if detector == "heartbeat":
        return "critical"
    if detector == "availability":
        return "critical" if value <= CRITICAL_AVAILABILITY else "error"
    return "critical" if value <= CRITICAL_LOSS * expected else "error"


def worst_severity(anomalies: Sequence[Anomaly]) -> str:
    """Return the highest severity of anomalies; info for none."""
    return max((severity(one) for one in anomalies), key=LEVELS.index, default="info")


def _grade(value: float, serious: float, critical: float) -> str:
    return "critical" if value >= critical else "error" if value >= serious else "warning"
