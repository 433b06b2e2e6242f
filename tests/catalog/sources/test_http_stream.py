"""Answers that never end, from a small server in the tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from node_catalog.sources.http_stream import HttpStream
from tests.ports import free_port
from workbench.errors import Unreachable
from workbench.flow import patience


class Feed:
    """Sends its parts, one answer after the other; the last one stays open."""

    def __init__(self) -> None:
        self.answers: list[list[bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.over = threading.Event()


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    monkeypatch.setattr(patience, "FIRST_S", 0.01)
    feed = Feed()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.end_headers()
            parts = feed.answers.pop(0) if feed.answers else []
            for part in parts:
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(0.02)
            if not feed.answers:
                feed.over.wait(30)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    feed.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield feed
    feed.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_lines_and_a_connection_that_breaks(bench: Any, feed: Feed) -> None:
    feed.answers = [[b"one\ntw", b"o\n\n"], [b"three\r\n"]]

    begun = time.monotonic()
    found = bench.live(HttpStream(url=feed.url), lambda: None, 3)

    assert sorted(row[0] for row in found) == ["one", "three", "two"]
    # The answer was still open: a stop does not wait for the next byte.
    assert time.monotonic() - begun < 25


def test_events_go_on_behind_the_last_id(bench: Any, feed: Feed) -> None:
    feed.answers = [
        [b": hello\n\n", b"id: 7\nevent: alert\ndata: a\ndata: b\n\n", b"data: cut"],
        [b"id: 8\ndata:{}\n\n"],
    ]

    found = bench.live(HttpStream(url=feed.url, format="events"), lambda: None, 2)

    assert sorted(found) == [("a\nb", "alert", "7"), ("{}", "message", "8")]
    assert [headers.get("last-event-id") for headers in feed.headers] == [None, "7"]
    assert feed.headers[0]["accept"] == "text/event-stream"


def test_json_with_columns_and_what_does_not_fit(bench: Any, feed: Feed) -> None:
    feed.answers = [[b'{"n": 1}\nno\n{"n": "x"}\n{"n": 2}\n' + b"x" * 5000]]

    found = bench.live(HttpStream(url=feed.url, columns={"n": "integer"}, max_line_kb=1), lambda: None, 2, rejected=3)

    assert sorted(found) == [(1,), (2,)]
    assert [fault["reason"][:15] for fault in bench.rejected] == [
        "Expecting value",
        "field 'n': 'x' ",
        "a line has more",
    ]


def test_an_answer_that_ends_is_all_there_is(bench: Any, feed: Feed) -> None:
    feed.answers = [[b"one\ntwo"], []]

    assert sorted(row[0] for row in bench.rows(HttpStream(url=feed.url, follow=False))) == ["one", "two"]


def test_a_probe_reads_nothing_of_the_answer(feed: Feed) -> None:
    node = HttpStream(url=f"{feed.url}/in", format="events", silent_s=30)

    assert node.probe(secrets=str) == f"{feed.url}/in begins to answer (no type)."
    assert feed.headers[0]["accept"] == "text/event-stream"
    with pytest.raises(Unreachable, match="refused"):
        HttpStream(url=f"http://127.0.0.1:{free_port()}").probe(secrets=str)
