"""The node `sources.prometheus_query`."""

from __future__ import annotations

import time
from typing import ClassVar

import httpx
from pydantic import Field

from node_catalog.sources._prometheus import PrometheusAsking, PrometheusPoller
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table


class PrometheusQuery(PrometheusAsking):
    """Ask Prometheus for the present value of a query, again and again: columns of the workspace table `metrics`.

    Labels that name service, pod, host or peer become columns, the others stand in `attributes`. What happened while
    no run was there is not asked for; `sources.prometheus_range` does that.
    """

    delivery = "at-most-once"
    tested = "real server"

    poll_s: float = Field(15.0, gt=0, le=3600)
    """How often to ask."""

    example: ClassVar[Example | None] = asks(
        {
            "url": "http://127.0.0.1:9090",
            "query": 'sum by (service) (rate(http_requests_total{code=~"5.."}[1m]))',
            "name": "errors_per_second",
        }
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(PrometheusQueryPoller(self, source, secrets), columns_of(Table.METRICS))


class PrometheusQueryPoller(PrometheusPoller):
    """Asks for the present."""

    def poll(self, connection: httpx.Client) -> None:
        """Ask once."""
        self.take(connection, "query", {"query": self.node.query, "timeout": f"{self.node.timeout_s:g}s"})
        self.reached(str(time.time_ns()))
