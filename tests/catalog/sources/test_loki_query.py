"""Loki's query API, played by a small server after its documentation: start inclusive, end exclusive, limit."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from node_catalog.sources.loki_query import LokiPoller, LokiQuery
from workbench.flow import patience
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table

SECOND = 1_000_000_000


class Loki:
    """Keeps lines and answers queries."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, str, str]] = []
        """Time, service and line."""
        self.asked: list[dict[str, str]] = []
        self.fails = 0
        self.kind = "streams"
        self.url = ""

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(asked)
        if self.fails:
            self.fails -= 1
            return 500, "ingester is gone"
        if path.endswith("/labels"):
            return 200, {"status": "success", "data": ["service", "level"]}
        chosen = sorted(one for one in self.entries if int(asked["start"]) <= one[0] < int(asked["end"]))
        streams: dict[str, list[list[str]]] = {}
        for at, service, line in chosen[: int(asked["limit"])]:
            streams.setdefault(service, []).append([str(at), line])
        result = [{"stream": {"service": name, "level": "error"}, "values": values} for name, values in streams.items()]
        return 200, {"status": "success", "data": {"resultType": self.kind, "result": result}}


@pytest.fixture
def loki(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loki]:
    monkeypatch.setattr(patience, "FIRST_S", 0.01)
    loki = Loki()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, found = loki.answer(parts.path, {key: one[0] for key, one in parse_qs(parts.query).items()})
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    loki.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield loki
    server.shutdown()
    server.server_close()
    thread.join()


def lines(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(row[6] for row in rows)


def test_the_past_page_by_page_with_many_lines_of_one_moment(bench: Any, loki: Loki) -> None:
    now = time.time_ns() - 60 * SECOND
    moments = [now + n // 7 * SECOND for n in range(100)]
    loki.entries = [(at, "cart" if n % 2 else "pay", f"line {n:03}") for n, at in enumerate(moments)]
    loki.fails = 1

    found = bench.rows(
        LokiQuery(url=loki.url, query='{a="b"}', page_rows=10, follow=False, headers={"X-Scope-OrgID": "1"})
    )

    assert lines(found) == [f"line {n:03}" for n in range(100)]
    row = dict(zip(columns_of(Table.LOGS), min(found, key=lambda row: row[6]), strict=True))
    assert (row["service_name"], row["severity_number"], row["time_unix_nano"]) == ("pay", 17, now)
    assert {one["direction"] for one in loki.asked if "direction" in one} == {"forward"}


def test_new_lines_are_followed(bench: Any, loki: Loki) -> None:
    loki.entries = [(time.time_ns() - 3 * SECOND, "cart", "old")]

    def act() -> None:
        deadline = time.monotonic() + 20
        while bench.seen < 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        loki.entries.append((time.time_ns(), "cart", "new"))

    found = bench.live(LokiQuery(url=loki.url, query="{}", late_s=0, poll_s=0.05), act, 2)

    assert lines(found) == ["new", "old"]


def test_a_run_goes_on_where_the_last_one_was(bench: Any, loki: Loki) -> None:
    at = time.time_ns() - 60 * SECOND
    loki.entries = [(at, "cart", "one")]
    node = LokiQuery(url=loki.url, query="{}", late_s=0, follow=False)
    first = LokiPoller(node, bench.source(), str)
    first.next = lambda **more: None
    first.read()
    loki.entries.append((time.time_ns(), "cart", "two"))

    second = LokiPoller(node, bench.source(), str)
    second.offset = second._reached = first._reached
    put: list[Any] = []
    second.put = put.append
    second.read()

    assert lines(put) == ["two"]


def test_a_metric_query_and_another_server_are_told(bench: Any, loki: Loki) -> None:
    loki.kind = "matrix"

    with pytest.raises(Exception, match="the query gives no lines"):
        bench.rows(LokiQuery(url=loki.url, query="rate({}[1m])", follow=False))


def test_the_connection_can_be_tried(loki: Loki) -> None:
    assert LokiQuery(url=loki.url, query="{}").probe(secrets=str) == f"{loki.url} answers with 2 labels."
