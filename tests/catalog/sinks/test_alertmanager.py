"""Alerts there and back again, through a real Alertmanager (Debian package prometheus-alertmanager)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from node_catalog.sinks.alertmanager import Alertmanager
from node_catalog.sources.alertmanager_webhook import COLUMNS, AlertmanagerWebhook
from tests.ports import wait_for
from tests.services.process import answers, free_port, program, server

pytestmark = [pytest.mark.service, pytest.mark.slow]
HOOK = free_port()


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("alertmanager"), free_port()
    (folder / "alertmanager.yml").write_text(
        f"""
route:
  receiver: nobody
  routes: [{{match: {{service: search}}, receiver: hook, group_wait: 0s, group_interval: 1s}}]
receivers:
  - name: nobody
  - name: hook
    webhook_configs: [{{url: "http://127.0.0.1:{HOOK}/alerts"}}]
"""
    )
    command = [
        program("prometheus-alertmanager", "alertmanager"),
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        return answers(port) and httpx.get(f"{address}/-/ready").is_success

    with server(command, ready=ready, log=folder / "output.log"):
        yield address


def test_anomalies_become_alerts(bench: Any, alertmanager: str) -> None:
    now = time.time_ns()
    columns = {"time_unix_nano": int, "service_name": str, "summary": str, "kind": str, "score": float, "firing": bool}
    rows = [(now, "cart", "every third request fails", "error", 0.9, True), (now, "pay", "slow", "latency", 0.5, True)]

    bench.write(Alertmanager(url=alertmanager, labels={"team": "shop"}), bench.table(columns, *rows))

    found = httpx.get(f"{alertmanager}/api/v2/alerts").json()
    labels = sorted((one["labels"] for one in found), key=lambda one: one["service"])
    shared = {"alertname": "CausewayAnomaly", "team": "shop"}
    assert labels == [
        {**shared, "service": "cart", "kind": "error", "severity": "critical"},
        {**shared, "service": "pay", "kind": "latency", "severity": "warning"},
    ]
    assert sorted(one["annotations"]["summary"] for one in found) == ["every third request fails", "slow"]
    assert bench.rejected == []

    bench.write(Alertmanager(url=alertmanager, labels={"team": "shop"}), bench.table(columns, (*rows[0][:-1], False)))

    left = httpx.get(f"{alertmanager}/api/v2/alerts").json()
    assert [one["labels"]["service"] for one in left] == ["pay"]


def test_alerts_of_alertmanager_come_in(bench: Any, alertmanager: str) -> None:
    labels = {"alertname": "HighLatency", "service": "search", "severity": "page"}
    start = datetime.now(UTC).replace(microsecond=0)

    def post(**more: str) -> None:
        alert = {"labels": labels, "annotations": {"summary": "p99 is 3 s"}, "startsAt": start.isoformat(), **more}
        httpx.post(f"{alertmanager}/api/v2/alerts", json=[alert]).raise_for_status()

    def act() -> None:
        wait_for(HOOK)
        post()
        deadline = time.monotonic() + 30
        while bench.seen < 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        post(endsAt=datetime.now(UTC).isoformat())

    found = bench.live(AlertmanagerWebhook(port=HOOK), act, 2)

    by_name = {row[1]: dict(zip(COLUMNS, row, strict=True)) for row in found}
    assert set(by_name) == {"alert.firing", "alert.resolved"}
    assert by_name["alert.firing"]["time_unix_nano"] == int(start.timestamp()) * 1_000_000_000
    assert (by_name["alert.firing"]["severity"], by_name["alert.firing"]["kind"]) == ("critical", "latency")
    assert by_name["alert.firing"]["summary"] == "HighLatency: p99 is 3 s"


def test_the_connection_can_be_tried(alertmanager: str) -> None:
    assert f"{alertmanager} is Alertmanager 0." in Alertmanager(url=alertmanager).probe(secrets=str)
