"""The node `sources.alertmanager_webhook`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from workbench.errors import BadInput
from workbench.facts.incident import Anomaly
from workbench.flow.addresses import Address
from workbench.flow.example import Example, grid, receives
from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.listen.receiver import HttpReceiver
from workbench.flow.listen.request import Request
from workbench.flow.listen.settings import Listening
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.alerts import signals_of_alerts
from workbench.flow.telemetry.columns import columns_of, json_text
from workbench.semconv import Table

COLUMNS: dict[str, type] = {
    **columns_of(Table.EVENTS),
    "detector": str,
    "kind": str,
    "score": float,
    "value": float,
    "expected": float,
    "firing": bool,
    "severity": str,
}


class AlertmanagerWebhook(Listening):
    """Receive alerts from Alertmanager's webhook: one row when an alert fires, one when it has ended.

    Columns are those of the workspace tables `events` (event_name is `alert.firing` or `alert.resolved`) and
    `anomalies` together, and `firing` and `severity`. In alertmanager.yml: `webhook_configs: [{url:
    "http://127.0.0.1:9095/alerts"}]`. An alert that is sent again is a row again.
    """

    delivery = "at-most-once"
    tested = "real server"

    port: int = Field(9095, ge=1, le=65_535)
    """Port to listen on."""
    route: str = Field("/alerts", pattern=r"^/[A-Za-z0-9/_.-]*$")
    """Path of the webhook."""

    example: ClassVar[Example | None] = receives(
        {},
        grid("event_name service_name summary firing", ("alert.firing", "cart", "HighErrorRate: cart fails", True)),
        {
            "/alerts": '{"version": "4", "status": "firing", "alerts": [{"status": "firing", '
            '"labels": {"alertname": "HighErrorRate", "service": "cart"}, "annotations": {"summary": "cart fails"}, '
            '"startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1"}]}'
        },
    )

    @property
    def addresses(self) -> tuple[Address, ...]:
        return (Address(self.host, self.port, what=self.route),)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(AlertReader(self, source, secrets), COLUMNS)


class AlertReader(HttpReceiver):
    """Takes notifications."""

    def __init__(self, settings: AlertmanagerWebhook, source: Source, secrets: Secrets) -> None:
        super().__init__(settings, settings.port, settings.route, source, secrets)

    def parse(self, request: Request) -> Sequence[Item]:
        """Return the rows of a notification."""
        try:
            payload = json.loads(request.body)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from error
        return list(_items(payload, request.body))


def _items(payload: object, body: bytes) -> Iterator[Item]:
    try:
        signals, faults = signals_of_alerts(payload, "", "alerts")
    except BadInput as error:
        raise ValueError(error.what) from error
    for signal in signals:
        yield row_of_signal(signal)
    for fault in faults:
        yield Rejected(fault, body[:2000].decode("utf-8", "replace"))


def row_of_signal(signal: Anomaly) -> tuple[object, ...]:
    """Return the row of an alert that fires or has ended."""
    labels = signal.labels or {}
    instance = labels.get("pod") or labels.get("instance", "")
    name = "alert.firing" if signal.firing else "alert.resolved"
    score = float(signal.score)
    attributes = json_text({**labels, "signal_key": signal.signal_key})
    row = (signal.time_unix_nano, name, signal.service_name, instance, signal.summary, attributes)
    value = float(signal.value or 0.0)
    return (*row, signal.detector, str(signal.kind), score, value, 0.0, signal.firing, signal.severity)
