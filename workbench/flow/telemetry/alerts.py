"""Reads alerts as Prometheus and Alertmanager send them, as signals. Pure: JSON in, signals out.

Formats: Alertmanager webhook payload (version 4: `alerts` with status, labels, annotations, startsAt, endsAt,
fingerprint), Alertmanager API v2 (`GET /api/v2/alerts`: a list, status.state), Prometheus API v1 (`GET /api/v1/alerts`:
data.alerts with state, activeAt, value). Each alert that fires is one signal; the word that it ended is another one
with the same key, so that nothing stored is ever changed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.errors import BadInput
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly

SERVICE_LABELS = (
    "service", "service_name", "app", "app_kubernetes_io_name", "application", "component", "deployment", "job",
    "container", "pod", "instance",
)  # fmt: skip
"""Labels that may name the service, the best first."""
_KIND_WORDS = (
    (
        IncidentKind.DOWNTIME,
        ("down", "unavailable", "absent", "missing", "notready", "unreachable", "crashloop", "dead"),
    ),
    (IncidentKind.LATENCY, ("latency", "slow", "duration", "response time", "responsetime", "p99", "p95")),
    (IncidentKind.ERROR, ("error", "failed", "failure", "failing", "5xx", "exception", "burn")),
)
_SEVERITIES = {
    "critical": "critical", "page": "critical", "emergency": "critical", "disaster": "critical", "high": "error",
    "error": "error", "major": "error", "warning": "warning", "warn": "warning", "minor": "warning",
    "medium": "warning", "info": "info", "none": "info", "low": "info", "notice": "info",
}  # fmt: skip
_FIRING = {"firing": True, "active": True, "suppressed": True, "resolved": False, "inactive": False}
_NO_TIME = "0001-01-01"
"""What Go writes for a time that is not set."""
DETECTOR = "alert"


def signals_of_alerts(payload: Any, scope: str, where: str) -> tuple[list[Anomaly], list[str]]:
    """Return the signals of a payload, oldest first, and one sentence for each alert that cannot be read.

    Args:
        payload: Parsed JSON: one of the formats above, or a list of them.
        scope: The data set that the signals belong to.
        where: Name of the file, for messages.

    Raises:
        BadInput: it holds no alerts at all.
    """
    found: list[Anomaly] = []
    left: list[str] = []
    listed = list(_alerts(payload, {}))
    if not listed:
        hint = "It reads Alertmanager webhooks, and /api/v2/alerts and Prometheus /api/v1/alerts answers"
        raise BadInput("there is no alert in it", where=where, hint=hint)
    for number, (alert, common) in enumerate(listed, start=1):
        try:
            found += _signals(alert, common, scope)
        except ValueError as error:
            left.append(f"{where}: alert {number}: {error}")
    return sorted(found, key=lambda one: (one.time_unix_nano, not one.firing, one.signal_key)), left


def _alerts(node: Any, common: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    if isinstance(node, list):
        for one in node:
            yield from _alerts(one, common)
    elif isinstance(node, dict):
        if isinstance(node.get("labels"), dict):
            yield node, common
        elif isinstance(node.get("alerts"), list):
            yield from _alerts(node["alerts"], node.get("commonLabels") or {})
        elif isinstance(node.get("data"), dict):
            yield from _alerts(node["data"], common)


def _signals(alert: Mapping[str, Any], common: Mapping[str, Any], scope: str) -> Iterator[Anomaly]:
    labels = {str(name): str(value) for name, value in {**common, **alert["labels"]}.items()}
    name = labels.get("alertname", "")
    if not name:
        raise ValueError("has no label `alertname`")
    status = alert.get("status", alert.get("state", "firing"))
    word = str(status.get("state", "") if isinstance(status, dict) else status).lower()
    if word == "pending" or word == "unprocessed":
        # It does not fire yet: nothing has happened.
        return
    if word not in _FIRING:
        raise ValueError(f"has the status {word!r}; known are {', '.join(_FIRING)}, pending")
    began = _time(alert.get("startsAt", alert.get("activeAt")))
    if began is None:
        raise ValueError("has no time in `startsAt` or `activeAt`")
    facts = {
        "detector": DETECTOR,
        "kind": _kind(name, labels, alert),
        "service_name": next((labels[one] for one in SERVICE_LABELS if labels.get(one)), ""),
        "score": {"critical": 0.95, "error": 0.85, "info": 0.5}.get(_severity(labels), 0.75),
        "value": _number(alert.get("value")),
        "scope": scope,
        "severity": _severity(labels),
        "signal_key": _key(alert, labels, began),
        "labels": labels,
    }
    said = _said(name, alert)
    yield (
        Anomaly(**facts, time_unix_nano=began, summary=said, firing=True)
        if _FIRING[word]
        else _ended(alert, began, facts, said)
    )


def _ended(alert: Mapping[str, Any], began: int, facts: dict[str, Any], said: str) -> Anomaly:
    ended = _time(alert.get("endsAt")) or began
    return Anomaly(**facts, time_unix_nano=max(ended, began), summary=f"Ended: {said}", firing=False)


def _kind(name: str, labels: Mapping[str, str], alert: Mapping[str, Any]) -> IncidentKind:
    # The name says it best; a description often names several things.
    for text in (name, labels.get("category", ""), _said(name, alert)):
        for kind, words in _KIND_WORDS:
            if any(word in text.lower() for word in words):
                return kind
    return IncidentKind.METRIC


def _severity(labels: Mapping[str, str]) -> str:
    word = labels.get("severity", labels.get("priority", "")).lower()
    return _SEVERITIES.get(word, "warning")


def _said(name: str, alert: Mapping[str, Any]) -> str:
    annotations = alert.get("annotations") or {}
    text = next((str(annotations[key]) for key in ("summary", "description", "message") if annotations.get(key)), "")
    flat = " ".join(text.split())
    return f"{name}: {flat}" if flat else name


def _key(alert: Mapping[str, Any], labels: Mapping[str, str], began: int) -> str:
    """Return what the firing of an alert and its end have in common: its fingerprint and when it began."""
    own = "\x00".join(f"{name}={value}" for name, value in sorted(labels.items()))
    mark = alert.get("fingerprint") or hashlib.sha256(own.encode()).hexdigest()[:16]
    return f"{mark}@{began}"


def _time(value: Any) -> int | None:
    text = str(value or "")
    if not text or text.startswith(_NO_TIME):
        return None
    try:
        # Nine digits of a second, as Go writes them, are more than Python keeps; whole microseconds are enough.
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"has the time {text!r}; it has to be ISO-8601 such as 2026-01-31T09:35:00Z") from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
