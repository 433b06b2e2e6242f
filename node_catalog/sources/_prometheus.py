"""What the sources that ask Prometheus share: settings, the question, the first look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import Field

from workbench.errors import BadInput, Unreachable
from workbench.flow.polling import Polling
from workbench.flow.services import Secrets
from workbench.flow.telemetry.prometheus import result_rows
from workbench.flow.web import Web, ask, client
from workbench.flow.webpolling import WebPoller


class PrometheusAsking(Web, Polling):
    """Settings of sources that ask Prometheus, or what speaks like it (Thanos, Mimir, VictoriaMetrics)."""

    url: str = Field("http://127.0.0.1:9090", pattern=r"^https?://[^\s/?#]+")
    """Address of the server, without /api/v1."""
    query: str = Field(min_length=1)
    """PromQL, such as `sum by (job) (rate(http_requests_total{code=~"5.."}[1m]))`."""
    name: str = "query"
    """Metric name of series that have none, as functions and aggregations make them."""

    def probe(self, *, secrets: Secrets) -> str:
        """Ask once and tell how many series answer."""
        with client(self, secrets) as web:
            data = answer_of(
                ask(web, "GET", f"{self.url}/api/v1/query", self.where, params={"query": self.query}), self
            )
        found = data.get("result", [])
        return f"{self.where} answers with {len(found)} series."


class PrometheusPoller(WebPoller):
    """Asks again and again."""

    node: PrometheusAsking

    def take(self, web: httpx.Client, path: str, parameters: Mapping[str, Any]) -> None:
        """Ask one question and put its samples."""
        answer = ask(web, "POST", f"{self.node.url}/api/v1/{path}", self.node.where, data=dict(parameters))
        self.hand_over(result_rows(answer_of(answer, self.node), self.node.name))


def answer_of(answer: httpx.Response, node: PrometheusAsking) -> Any:
    """Return the `data` of an answer; raises `BadInput` when it has none, as a page of another server."""
    try:
        found = answer.json()
        if found["status"] == "success":
            return found["data"]
        raise Unreachable(node.where, str(found.get("error", "")))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("this is no Prometheus: the answer has no data", where=node.where) from error
