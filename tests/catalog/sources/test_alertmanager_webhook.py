"""Alertmanager's webhook; the payload has the form of its documentation (version 4)."""

import json
from typing import Any

import httpx

from node_catalog.sources.alertmanager_webhook import COLUMNS, AlertmanagerWebhook
from tests.ports import free_port, wait_for

ALERT = {
    "status": "firing",
    "labels": {"alertname": "HighErrorRate", "service": "cart", "severity": "critical", "pod": "cart-1"},
    "annotations": {"summary": "every third request fails"},
    "startsAt": "2026-03-10T09:30:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "c0ffee",
}
ENDED = ALERT | {"status": "resolved", "endsAt": "2026-03-10T09:40:00Z"}


def test_alerts_fire_and_end(bench: Any) -> None:
    port, statuses = free_port(), []

    def act() -> None:
        wait_for(port)
        for payload in ({"version": "4", "alerts": [ALERT, {"labels": {}}]}, {"alerts": [ENDED]}, {"alerts": []}):
            statuses.append(httpx.post(f"http://127.0.0.1:{port}/alerts", json=payload).status_code)

    found = bench.live(AlertmanagerWebhook(port=port), act, 2, rejected=2)

    fired, ended = (dict(zip(COLUMNS, row, strict=True)) for row in found)
    assert statuses == [204, 204, 400]
    assert json.loads(fired.pop("attributes"))["signal_key"] == json.loads(ended["attributes"])["signal_key"]
    assert fired == {
        "time_unix_nano": 1_773_135_000_000_000_000,
        "event_name": "alert.firing",
        "service_name": "cart",
        "service_instance_id": "cart-1",
        "summary": "HighErrorRate: every third request fails",
        "detector": "alert",
        "kind": "error",
        "score": 0.95,
        "value": 0.0,
        "expected": 0.0,
        "firing": True,
        "severity": "critical",
    }
    assert (ended["event_name"], ended["time_unix_nano"]) == ("alert.resolved", 1_773_135_600_000_000_000)
    assert "has no label `alertname`" in bench.rejected[0]["reason"]
