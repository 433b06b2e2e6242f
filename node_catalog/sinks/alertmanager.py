"""The node `sinks.alertmanager`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.telemetry.columns import need_columns
from workbench.flow.web import WebWriter, WebWriting, ask, client
from workbench.flow.writing import write_rows


class Alertmanager(WebWriting):
    """Send anomalies, or other rows with a time, a service and a summary, to Alertmanager as alerts.

    Each row is an alert with the labels alertname, service, kind and severity, and its summary as annotation. Rows of
    one service and kind are one alert there. With a column `firing` that is false, the alert has ended.
    """

    tested = "real server"

    url: str = Field("http://127.0.0.1:9093", pattern=r"^https?://[^\s/?#]+")
    """Address of Alertmanager, without /api/v2."""
    alertname: str = Field("CausewayAnomaly", min_length=1)
    """Name of the alerts."""
    labels: dict[str, str] = {}
    """Labels that every alert gets, such as team: shop."""
    label_columns: list[Column] = []
    """More columns that become labels; they decide which rows are one alert."""
    lasting_s: float = Field(300.0, gt=0)
    """How long an alert goes on after its last row."""
    page_score: float = Field(0.75, ge=0, le=1)
    """Rows with a `score` from this on have severity critical, others warning."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:9093", "alertname": "ShopAnomaly", "labels": {"team": "shop"}}
    )

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        need_columns(rows, time_unix_nano=int, service_name=str, summary=str)
        write_rows(rows, AlertWriter(self, sink, secrets, "/api/v2/alerts"))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask which version is there."""
        with client(self, secrets) as web:
            status = ask(web, "GET", f"{self.url}/api/v2/status", self.where).json()
        return f"{self.where} is Alertmanager {status.get('versionInfo', {}).get('version', '')}."


class AlertWriter(WebWriter):
    """Posts alerts."""

    web: Alertmanager

    def body(self, rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return a list of alerts."""
        content = json.dumps([self._alert(row) for row in rows]).encode()
        return content, {"Content-Type": "application/json"}

    def _alert(self, row: Mapping[str, Any]) -> dict[str, Any]:
        settings = self.web
        severity = "critical" if float(row.get("score", 1.0)) >= settings.page_score else "warning"
        columns = {"service": "service_name", "kind": "kind", **{name: name for name in settings.label_columns}}
        labels = {label: str(row[column]) for label, column in columns.items() if row.get(column) not in (None, "")}
        start = _time(row["time_unix_nano"])
        ended = row.get("firing") is False
        until = start if ended else max(start, datetime.now(UTC)) + timedelta(seconds=settings.lasting_s)
        return {
            "labels": {"alertname": settings.alertname, "severity": severity, **settings.labels, **labels},
            "annotations": {"summary": row["summary"]},
            "startsAt": start.isoformat(),
            "endsAt": until.isoformat(),
        }


def _time(unix_nano: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=unix_nano // 1000)
