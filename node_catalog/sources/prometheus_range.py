"""The node `sources.prometheus_range`."""

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

POINTS = 5000
"""Steps in one question; Prometheus gives at most 11,000."""


class PrometheusRange(PrometheusAsking):
    """Read the past of a query from Prometheus, then follow it step by step: columns of the table `metrics`.

    The past is read in portions; a run that goes on does so where the last one was. Steps lie at multiples of
    `step_s`, so every run sees the same times.
    """

    delivery = "exactly-once"
    tested = "real server"

    back_s: float = Field(3600.0, ge=0)
    """How far back to begin, in seconds."""
    step_s: float = Field(15.0, ge=1)
    """Time between two values of a series, in seconds."""
    late_s: float = Field(5.0, ge=0)
    """How long to leave Prometheus for its scrapes before a step is asked for."""
    poll_s: float = Field(5.0, gt=0, le=3600)
    """How often to look whether the next step is due."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:9090", "query": "up", "back_s": 3600, "step_s": 15}
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(PrometheusRangePoller(self, source, secrets), columns_of(Table.METRICS))


class PrometheusRangePoller(PrometheusPoller):
    """Asks for each span of time once."""

    node: PrometheusRange

    def poll(self, connection: httpx.Client) -> None:
        """Ask for what is due."""
        step = self.node.step_s
        last = (time.time() - self.node.late_s) // step
        first = int(self.offset) if self.offset else (time.time() - self.node.back_s) // step
        while first <= last and not self.stopping:
            until = min(first + POINTS - 1, last)
            span = {"start": first * step, "end": until * step, "step": f"{step:g}s"}
            self.take(connection, "query_range", {"query": self.node.query, **span})
            first = until + 1
            self.reached(str(int(first)))
