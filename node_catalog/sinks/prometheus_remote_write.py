"""The node `sinks.prometheus_remote_write`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.telemetry.columns import need_columns
from workbench.flow.telemetry.prometheus import write_request
from workbench.flow.telemetry.snappy import pack
from workbench.flow.web import WebWriter, WebWriting
from workbench.flow.writing import write_rows


class PrometheusRemoteWrite(WebWriting):
    """Write rows as samples to Prometheus, or to what takes its remote write (Mimir, Thanos, VictoriaMetrics).

    Needs the columns time_unix_nano, metric_name and value; service, pod, host, peer and attributes become labels,
    quantiles (statistic `P95`) the label `quantile`, other statistics part of the name. Prometheus has to be started
    with --web.enable-remote-write-receiver. Samples older than what it has of a series are refused by it.
    """

    tested = "real server"

    url: str = Field("http://127.0.0.1:9090/api/v1/write", pattern=r"^https?://[^\s/?#]+")
    """Address of the receiver, with its path."""
    labels: dict[str, str] = {}
    """Labels that every series gets."""

    example: ClassVar[Example | None] = asks({"url": "http://127.0.0.1:9090/api/v1/write", "labels": {"env": "test"}})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        need_columns(rows, time_unix_nano=int, metric_name=str, value=float)
        write_rows(rows, RemoteWriter(self, sink, secrets))


class RemoteWriter(WebWriter):
    """Writes samples."""

    web: PrometheusRemoteWrite

    def body(self, rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return a write request."""
        for row in rows:
            if not math.isfinite(row["value"]):
                raise BadInput(f"value {row['value']} of {row['metric_name']} is no finite number", where=self.where)
        headers = {
            "Content-Type": "application/x-protobuf",
            "Content-Encoding": "snappy",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        }
        return pack(write_request(rows, self.web.labels)), headers
