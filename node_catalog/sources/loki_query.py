"""The node `sources.loki_query`."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any, ClassVar

import httpx
from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, asks
from workbench.flow.polling import Polling
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.loki import stream_rows
from workbench.flow.web import Web, ask, client
from workbench.flow.webpolling import WebPoller
from workbench.semconv import NANOS_PER_SECOND, Table


class LokiQuery(Web, Polling):
    """Read log lines of the past from Loki, then follow what comes: columns of the workspace table `logs`.

    Labels that name service, pod, host or level become columns, the others stand in `attributes`. Lines that reach
    Loki more than `late_s` after their own time are missed.
    """

    delivery = "exactly-once"
    tested = "wire protocol"

    url: str = Field("http://127.0.0.1:3100", pattern=r"^https?://[^\s/?#]+")
    """Address of Loki, without /loki/api."""
    query: str = Field(min_length=1)
    """LogQL that gives lines, such as `{namespace="shop"} |= "error"`."""
    back_s: float = Field(3600.0, ge=0)
    """How far back to begin, in seconds."""
    late_s: float = Field(5.0, ge=0)
    """How old lines have to be before they are asked for, in seconds; senders collect and deliver in batches."""
    page_rows: int = Field(1000, ge=10, le=5000)
    """Lines in one answer; Loki allows 5,000."""
    poll_s: float = Field(2.0, gt=0, le=3600)
    """How often to look for new lines, in seconds."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:3100", "query": '{namespace="shop"} |= "error"', "back_s": 900}
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(LokiPoller(self, source, secrets), columns_of(Table.LOGS))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask for the labels that there are."""
        with client(self, secrets) as web:
            answer = ask(web, "GET", f"{self.url}/loki/api/v1/labels", self.where)
        return f"{self.where} answers with {len(_data(answer, self.where) or [])} labels."


class LokiPoller(WebPoller):
    """Asks page by page. The offset is the next time, and marks of the lines of that time that were read already."""

    node: LokiQuery

    def poll(self, connection: httpx.Client) -> None:
        """Read all pages up to now."""
        now = time.time_ns()
        end = now - round(self.node.late_s * NANOS_PER_SECOND)
        start, seen = json.loads(self.offset) if self.offset else (now - round(self.node.back_s * NANOS_PER_SECOND), [])
        more = True
        while more and start < end and not self.stopping:
            entries = self._page(connection, start, end)
            new = [entry for entry in entries if entry[0] > start or _mark(entry) not in seen]
            for _, labels, value in new:
                self.hand_over(stream_rows([{"stream": labels, "values": [value]}]))
            more = len(entries) >= self.node.page_rows
            last = entries[-1][0] if entries else start
            if more and not new:
                # A page full of lines of one nanosecond: Loki gives the others to nobody.
                start, seen = last + 1, []
            elif more:
                seen = [_mark(entry) for entry in entries if entry[0] == last] + (seen if last == start else [])
                start = last
            else:
                start, seen = end, []
            self.reached(json.dumps([start, seen]))

    def _page(self, web: httpx.Client, start: int, end: int) -> list[tuple[int, dict[str, str], list[Any]]]:
        asked = {"query": self.node.query, "start": start, "end": end, "limit": self.node.page_rows}
        answer = ask(
            web, "GET", f"{self.node.url}/loki/api/v1/query_range", self.node.where,
            params={**asked, "direction": "forward"},
        )  # fmt: skip
        data = _data(answer, self.node.where)
        if not isinstance(data, dict) or data.get("resultType") != "streams":
            raise BadInput("the query gives no lines; metric queries are for Prometheus", where=self.node.where)
        found = [(int(value[0]), one["stream"], value) for one in data["result"] for value in one["values"]]
        return sorted(found, key=lambda entry: entry[0])


def _data(answer: httpx.Response, where: str) -> Any:
    try:
        return answer.json()["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("this is no Loki: the answer has no data", where=where) from error


def _mark(entry: tuple[int, dict[str, str], list[Any]]) -> str:
    text = json.dumps([entry[1], entry[2]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
