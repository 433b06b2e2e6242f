"""Alerts of Prometheus and Alertmanager become signals; the end of an alert ends its signal, not the incident."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.errors import BadInput
from workbench.facts.diagnosis import IncidentKind
from workbench.flow.telemetry.alerts import signals_of_alerts

BEGAN = 1_769_852_100_000_000_000  # 2026-01-31T09:35:00Z


def alert(status: str = "firing", name: str = "CheckoutErrors", **changes: Any) -> dict[str, Any]:
    labels = {"alertname": name, "service": "checkout", "severity": "page"}
    return {
        "status": status,
        "labels": labels,
        "annotations": {"summary": "12 % of requests fail"},
        "startsAt": "2026-01-31T09:35:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2026-01-31T09:50:00.123456789Z",
        "fingerprint": "c0ffee",
    } | changes


def test_a_webhook_payload() -> None:
    [one], left = signals_of_alerts({"version": "4", "commonLabels": {"cluster": "eu"}, "alerts": [alert()]}, "s", "f")

    assert left == []
    assert (one.detector, one.kind, one.service_name, one.time_unix_nano, one.severity, one.firing) == (
        "alert", IncidentKind.ERROR, "checkout", BEGAN, "critical", True,
    )  # fmt: skip
    assert one.summary == "CheckoutErrors: 12 % of requests fail"
    assert one.labels == {"alertname": "CheckoutErrors", "service": "checkout", "severity": "page", "cluster": "eu"}


def test_the_end_of_an_alert_has_the_key_of_its_begin() -> None:
    found, _ = signals_of_alerts([{"alerts": [alert()]}, {"alerts": [alert("resolved")]}], "s", "f")

    assert [(one.firing, one.time_unix_nano - BEGAN) for one in found] == [(True, 0), (False, 900_123_456_000)]
    assert found[0].signal_key == found[1].signal_key == f"c0ffee@{BEGAN}"


def test_answers_of_both_apis() -> None:
    v2 = [alert(status={"state": "active", "silencedBy": []}), alert(status={"state": "suppressed"})]
    labels = {"alertname": "HighLatency", "job": "search"}
    prometheus = {
        "status": "success",
        "data": {
            "alerts": [
                {"labels": labels, "annotations": {}, "state": "firing", "activeAt": "2026-01-31T10:35:00.5+01:00",
                 "value": "1.5e+00"},
                {"labels": labels, "annotations": {}, "state": "pending", "activeAt": "2026-01-31T09:40:00Z"},
            ]
        },
    }  # fmt: skip

    assert len(signals_of_alerts(v2, "s", "f")[0]) == 2
    [one], left = signals_of_alerts(prometheus, "s", "f")
    assert (one.kind, one.service_name, one.value, one.time_unix_nano) == (
        IncidentKind.LATENCY, "search", 1.5, BEGAN + 500_000_000,
    )  # fmt: skip
    assert (one.severity, left) == ("warning", [])


def test_what_cannot_be_read_is_named_and_the_rest_is_kept() -> None:
    nameless, undated, odd = alert(), alert(startsAt="yesterday"), alert("maybe")
    nameless["labels"] = {"service": "checkout"}

    found, left = signals_of_alerts([nameless, undated, odd, alert()], "s", "alerts.json")

    assert len(found) == 1
    assert left == [
        "alerts.json: alert 1: has no label `alertname`",
        "alerts.json: alert 2: has the time 'yesterday'; it has to be ISO-8601 such as 2026-01-31T09:35:00Z",
        "alerts.json: alert 3: has the status 'maybe'; known are firing, active, suppressed, resolved, "
        "inactive, pending",
    ]


@pytest.mark.parametrize("payload", [{}, [], {"alerts": []}, "text", 3, None], ids=str)
def test_what_holds_no_alert_is_refused(payload: object) -> None:
    with pytest.raises(BadInput, match="there is no alert in it"):
        signals_of_alerts(payload, "s", "f")
