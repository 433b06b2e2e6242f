"""Zipkin's JSON: spans, of which the two sides of one call may share an id."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import explain, import_paths
from workbench.store.db import Store

US = T0 // 1000
Span = dict[str, Any]


def _span(span_id: str, kind: str, service: str, **more: Any) -> Span:
    return {
        "traceId": "00AB",
        "id": span_id,
        "kind": kind,
        "name": "charge",
        "timestamp": US,
        "duration": 250,
        "localEndpoint": {"serviceName": service, "ipv4": "10.0.0.7"},
    } | more


SHARED = [
    _span("1", "SERVER", "front"),
    _span("2", "CLIENT", "front", parentId="1", remoteEndpoint={"serviceName": "pay"}),
    _span("2", "SERVER", "pay", parentId="1", shared=True, remoteEndpoint={"serviceName": "front"}),
    _span("3", "CLIENT", "pay", parentId="2", remoteEndpoint={"serviceName": "db"}),
    _span("4", "", "front", parentId="2") | {"kind": None},
]
LINES: dict[str, Callable[[list[Span]], str]] = {
    "spans.json": json.dumps,
    "indented.json": lambda spans: json.dumps(spans, indent=2),
    "traces.json": lambda spans: json.dumps([spans[:2], spans[2:]]),
    "spans.jsonl": lambda spans: "\n".join(map(json.dumps, spans)),
    "batches.jsonl": lambda spans: "\n".join(json.dumps([one]) for one in spans),
}


@pytest.mark.parametrize("name", LINES)
def test_sides_that_share_an_id_are_parent_and_child(store: Store, write: Write, rows: Rows, name: str) -> None:
    report = import_paths(store, [write(name, LINES[name](SHARED))])

    assert (report.rows, report.rejected) == ({"spans": 5}, 0)
    assert rows(
        "SELECT span_id, parent_span_id, service_name, span_kind, peer_service_name FROM spans ORDER BY row_id"
    ) == [
        ("1", "", "front", "SERVER", ""),
        ("2", "1", "front", "CLIENT", "pay"),
        ("2-server", "2", "pay", "SERVER", ""),
        ("3", "2-server", "pay", "CLIENT", "db"),
        ("4", "2", "front", "INTERNAL", ""),
    ]
    assert rows(
        "SELECT DISTINCT trace_id, start_time_unix_nano, end_time_unix_nano - start_time_unix_nano FROM spans"
    ) == [("00ab", T0, 250_000)]


def test_a_server_whose_client_is_not_there_keeps_its_id(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("spans.json", json.dumps(SHARED[2:4]))])

    assert rows("SELECT span_id, parent_span_id FROM spans ORDER BY row_id") == [("2", "1"), ("3", "2")]


def test_tags_say_what_failed(store: Store, write: Write, rows: Rows) -> None:
    tags: list[dict[str, str]] = [
        {"error": "timed out"},
        {"error": "true"},
        {"error": ""},
        {"http.status_code": "503"},
        {"http.status_code": "404"},
        {"otel.status_code": "OK"},
        {},
    ]
    spans = [_span(str(at + 1), "SERVER", "pay", tags=one) for at, one in enumerate(tags)]
    spans[0]["annotations"] = [{"timestamp": US, "value": "retry"}]

    import_paths(store, [write("spans.json", json.dumps(spans))])

    assert rows("SELECT status_code, status_message FROM spans ORDER BY row_id") == [
        ("ERROR", "timed out"),
        ("ERROR", ""),
        ("ERROR", ""),
        ("ERROR", ""),
        ("UNSET", ""),
        ("OK", ""),
        ("", ""),
    ]
    said = [json.loads(row[0]) for row in rows("SELECT attributes FROM spans ORDER BY row_id")]
    assert said[0] == {
        "error": "timed out",
        "server.address": "10.0.0.7",
        "annotations": [{"timestamp": US, "value": "retry"}],
    }
    assert said[3] == {"http.status_code": "503", "server.address": "10.0.0.7"}


def test_what_is_no_span_is_kept_among_the_rejected(store: Store, write: Write, rows: Rows) -> None:
    spans = [SHARED[0], SHARED[1] | {"timestamp": None}, SHARED[3] | {"id": None}, 7]
    text = "\n".join([*map(json.dumps, spans), "{broken"])

    report = import_paths(store, [write("spans.jsonl", text)])

    assert (report.rows, report.rejected) == ({"spans": 1}, 4)
    assert rows("SELECT line, reason FROM rejected ORDER BY line") == [
        (2, "start_time_unix_nano is empty or no number"),
        (3, "traceId or id is empty"),
        (4, "it is no span"),
        (5, "it is no span"),
    ]


def test_it_is_told_from_logs_that_have_trace_ids(write: Write) -> None:
    log = {"time": "2023-11-14T22:13:20Z", "message": "charged", "traceId": "ab", "service": "pay"}

    assert explain([write("spans.json", json.dumps(SHARED))])[0].format == "zipkin_json"
    assert explain([write("app.jsonl", json.dumps(log) + "\n" + json.dumps(log))])[0].format == "jsonl"
