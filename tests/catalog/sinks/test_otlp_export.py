"""Exports are read with the protocol's own messages, and give the rows back that were sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node_catalog.sinks.otlp_export import OtlpExport
from tests.catalog.sinks.recorder import recording
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.otlp import LOG_COLUMNS, log_rows, metric_rows, span_rows
from workbench.flow.telemetry.otlp_json import request_of
from workbench.semconv import Table

T = 1_773_135_000_000_000_000
SAID = json.dumps({"a": 1, "b": [1, "x", {"c": True}], "d": 2.5, "e": "f"})
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
LOGS = [
    (T, "cart", "cart-1", "n1", 17, "ERROR", "boom", TRACE, SPAN, "", SAID, ""),
    (T, "", "", "", 0, "", "x", "", "", "", "{}", "deploy"),
]
SPANS = [(T, T + 5, TRACE, SPAN, "", "cart", "cart-1", "n1", "GET /", "SERVER", "ERROR", "boom", "", SAID)]
METRICS = [(T, "wait", "", "cart", "cart-1", "n1", "", 2.5, "ms", SAID)]


def sent(bench: Any, signal: str, columns: dict[str, type], rows: list[Any]) -> tuple[str, Any]:
    with recording() as server:
        bench.write(OtlpExport(url=server.url, signal=signal), bench.table(columns, *rows))
    ((_, path, headers, body),) = server.requests
    assert headers["content-type"] == "application/x-protobuf"
    return path, request_of(signal, body, is_json=False)


@pytest.mark.parametrize(
    ("signal", "path", "columns", "rows", "read"),
    [
        ("logs", "/v1/logs", LOG_COLUMNS, LOGS, log_rows),
        ("spans", "/v1/traces", columns_of(Table.SPANS), SPANS, span_rows),
        ("metrics", "/v1/metrics", columns_of(Table.METRICS), METRICS, metric_rows),
    ],
)
def test_what_is_sent_is_what_was_there(bench: Any, signal: str, path: str, columns: Any, rows: Any, read: Any) -> None:
    at, request = sent(bench, signal, columns, rows)

    assert at == path
    assert sorted(read(request)) == sorted(rows)


def test_resources_are_told_once(bench: Any) -> None:
    _, request = sent(bench, "logs", LOG_COLUMNS, [LOGS[0]] * 1 + [(T + n, *LOGS[0][1:]) for n in range(1, 5)])

    (batch,) = request.resource_logs
    assert len(batch.scope_logs[0].log_records) == 5
    assert {item.key for item in batch.resource.attributes} == {"service.name", "service.instance.id", "host.name"}


def test_a_span_without_ids_is_rejected_and_others_go(bench: Any) -> None:
    bad = (*SPANS[0][:2], "no-hex", *SPANS[0][3:])

    _, request = sent(bench, "spans", columns_of(Table.SPANS), [SPANS[0], bad])

    assert len(list(span_rows(request))) == 1
    assert "'no-hex'" in bench.rejected[0]["reason"]
