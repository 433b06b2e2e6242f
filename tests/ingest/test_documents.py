"""OTLP, Jaeger and Prometheus JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.flow.telemetry.labels import split_labels
from workbench.ingest import import_paths
from workbench.store.db import Store


def attributes(**values: Any) -> list[dict[str, Any]]:
    return [{"key": key.replace("_", "."), "value": value} for key, value in values.items()]


RESOURCE = {"attributes": attributes(service_name={"stringValue": "cart"}, host_name={"stringValue": "node-1"})}


def spans(*, number: bool = False, key: str = "scopeSpans") -> dict[str, Any]:
    start, end = T0, T0 + 5_000_000
    span = {
        "traceId": "5B8EFFF798038103D269B633813FC60C",
        "spanId": "EEE19B7EC3C1B174",
        "parentSpanId": "",
        "name": "GET /cart",
        "kind": 2 if number else "SPAN_KIND_SERVER",
        "startTimeUnixNano": start if number else str(start),
        "endTimeUnixNano": end if number else str(end),
        "status": {"code": 2 if number else "STATUS_CODE_ERROR", "message": "boom"},
        "attributes": attributes(
            http_status={"intValue": 500 if number else "500"},
            ok={"boolValue": False},
            peer_service={"stringValue": "db"},
        ),
    }
    return {"resourceSpans": [{"resource": RESOURCE, key: [{"scope": {"name": "x"}, "spans": [span]}]}]}


def logs(text: str = "slow") -> dict[str, Any]:
    record = {
        "timeUnixNano": "0",
        "observedTimeUnixNano": str(T0),
        "severityNumber": 13,
        "body": {"stringValue": text},
        "traceId": "AB",
    }
    event = {**record, "eventName": "deploy", "body": {"kvlistValue": {"values": []}}}
    return {"resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"logRecords": [record, event]}]}]}


def metrics() -> dict[str, Any]:
    point = {"timeUnixNano": str(T0), "attributes": attributes(route={"stringValue": "/"})}
    listed = [
        {"name": "cpu", "unit": "1", "gauge": {"dataPoints": [{**point, "asDouble": 0.5}]}},
        {"name": "calls", "sum": {"dataPoints": [{**point, "asInt": "7"}]}},
        {"name": "wait", "unit": "s", "histogram": {"dataPoints": [{**point, "count": "4", "sum": 2.0, "max": 1}]}},
        {"name": "size", "summary": {"dataPoints": [
            {**point, "count": 2, "sum": 3, "quantileValues": [{"quantile": 0.99, "value": 2.5}]}]}},
        {"name": "gone", "gauge": {"dataPoints": [point]}},
    ]  # fmt: skip
    return {"resourceMetrics": [{"resource": RESOURCE, "scopeMetrics": [{"metrics": listed}]}]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(spans(), indent=2), id="one-document"),
        pytest.param(json.dumps(spans(number=True)), id="numbers"),
        pytest.param(json.dumps(spans(key="instrumentationLibrarySpans")), id="before-version-1"),
        pytest.param(json.dumps(spans()) + "\n" + json.dumps(logs()) + "\n", id="batches-by-line"),
    ],
)
def test_otlp_spans(store: Store, write: Write, rows: Rows, content: str) -> None:
    report = import_paths(store, [write("traces.json", content)])

    assert (report.rows["spans"], report.rejected) == (1, 0)
    assert rows(
        "SELECT start_time_unix_nano, end_time_unix_nano, trace_id, span_id, parent_span_id, service_name, host_name, "
        "span_name, span_kind, status_code, status_message, peer_service_name FROM spans"
    ) == [
        (T0, T0 + 5_000_000, "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "", "cart", "node-1", "GET /cart",
         "SERVER", "ERROR", "boom", "db"),
    ]  # fmt: skip
    assert json.loads(rows("SELECT attributes FROM spans")[0][0]) == {
        "http.status": 500,
        "ok": False,
        "peer.service": "db",
    }


def test_otlp_logs_and_events(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("logs.json", json.dumps(logs()))])

    assert report.rows == {"logs": 1, "events": 1}
    assert rows("SELECT time_unix_nano, service_name, severity_number, body, trace_id FROM logs") == [
        (T0, "cart", 13, "slow", "ab")
    ]
    assert rows("SELECT event_name, service_name FROM events") == [("deploy", "cart")]


def test_otlp_metrics_of_every_kind(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("metrics.json", json.dumps(metrics()))])

    assert rows("SELECT metric_name, statistic, unit, value FROM metrics ORDER BY row_id") == [
        ("cpu", "", "1", 0.5),
        ("calls", "", "", 7.0),
        ("wait", "count", "s", 4.0),
        ("wait", "sum", "s", 2.0),
        ("wait", "Average", "s", 0.5),
        ("wait", "max", "s", 1.0),
        ("size", "count", "", 2.0),
        ("size", "sum", "", 3.0),
        ("size", "Average", "", 1.5),
        ("size", "P99", "", 2.5),
    ]
    assert (report.rejected, rows("SELECT reason FROM rejected")) == (1, [("the point has no finite value",)])
    assert rows("SELECT DISTINCT attributes FROM metrics") == [('{"route": "/"}',)]


def test_otlp_points_of_different_peers_stay_apart(store: Store, write: Write, rows: Rows) -> None:
    points = [
        {
            "timeUnixNano": str(T0),
            "asDouble": value,
            "attributes": attributes(**{"peer.service": {"stringValue": peer}}),
        }
        for peer, value in (("cart", 0.1), ("stock", 0.2))
    ]
    sent = {"metrics": [{"name": "client.request.duration", "unit": "s", "gauge": {"dataPoints": points}}]}
    whole = {"resourceMetrics": [{"resource": RESOURCE, "scopeMetrics": [sent]}]}

    import_paths(store, [write("metrics.json", json.dumps(whole))])

    assert rows("SELECT peer_service_name, value FROM metrics ORDER BY row_id") == [("cart", 0.1), ("stock", 0.2)]


def test_otlp_lines_that_are_no_batches_are_rejected(store: Store, write: Write, rows: Rows) -> None:
    lines = [json.dumps(logs("a")), '{"resourceLogs": [', '{"other": 1}', json.dumps(logs("b"))]
    report = import_paths(store, [write("logs.jsonl", "\n".join(lines))])

    assert (report.rows, report.rejected) == ({"logs": 2, "events": 2}, 2)
    assert rows("SELECT DISTINCT line, reason FROM rejected ORDER BY 1") == [
        (2, "the line is no OTLP batch"),
        (3, "the line is no OTLP batch"),
    ]


SPAN = {
    "traceID": "T1", "spanID": "S2", "operationName": "Add", "startTime": T0 // 1000, "duration": 250,
    "processID": "p1",
    "references": [{"refType": "FOLLOWS_FROM", "traceID": "T1", "spanID": "S0"},
                   {"refType": "CHILD_OF", "traceID": "T1", "spanID": "S1"}],
    "tags": [{"key": "span.kind", "type": "string", "value": "client"}, {"key": "error", "type": "bool", "value": True},
             {"key": "peer.service", "type": "string", "value": "db"}],
}  # fmt: skip
TRACE = {"traceID": "T1", "spans": [SPAN], "processes": {"p1": {"serviceName": "cart", "tags": []}}}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"data": [TRACE], "total": 0}, id="answer-of-the-api"),
        pytest.param({"data": TRACE}, id="saved-by-the-page"),
        pytest.param(TRACE, id="one-trace"),
        pytest.param([TRACE], id="array"),
    ],
)
def test_jaeger(store: Store, write: Write, rows: Rows, document: Any) -> None:
    report = import_paths(store, [write("trace.json", json.dumps(document))])

    assert (report.rows, report.rejected) == ({"spans": 1}, 0)
    assert rows(
        "SELECT trace_id, span_id, parent_span_id, service_name, span_name, span_kind, status_code, peer_service_name, "
        "start_time_unix_nano, end_time_unix_nano FROM spans"
    ) == [("t1", "s2", "s1", "cart", "Add", "CLIENT", "ERROR", "db", T0, T0 + 250_000)]


def test_prometheus_matrix(store: Store, write: Write, rows: Rows) -> None:
    metric = {"__name__": "latency", "quantile": "0.99", "service": "cart", "pod": "cart-1", "zone": "eu"}
    series = {"metric": metric, "values": [[1_700_000_000.5, "0.25"], [1_700_000_015.5, "NaN"]]}
    document = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
    report = import_paths(store, [write("range.json", json.dumps(document))])

    assert (report.rows, report.rejected) == ({"metrics": 1}, 1)
    assert rows(
        "SELECT time_unix_nano, metric_name, statistic, service_name, service_instance_id, value, attributes "
        "FROM metrics"
    ) == [(T0 + 500_000_000, "latency", "P99", "cart", "cart-1", 0.25, '{"zone": "eu"}')]


def test_an_exporter_of_machines_tells_of_the_machine(store: Store, write: Write, rows: Rows) -> None:
    labels = [
        {"__name__": "node_load1", "job": "node", "instance": "db-1:9100"},
        {"__name__": "node_load1", "job": "node", "instance": "10.0.0.7:9100", "node": "web-1"},
        {"__name__": "node_requests", "service": "shop", "instance": "10.0.0.8:80"},
        {"__name__": "queue_length", "job": "worker", "instance": "10.0.0.8:80"},
    ]
    series = [{"metric": one, "value": [1_700_000_000, "3"]} for one in labels]
    document = {"status": "success", "data": {"resultType": "vector", "result": series}}

    import_paths(store, [write("load.json", json.dumps(document))])

    found = rows("SELECT service_name, host_name FROM metrics ORDER BY row_id")
    assert found == [("db-1", "db-1"), ("web-1", "web-1"), ("shop", ""), ("worker", "")]
    named = [split_labels(one, "service_name", "host_name")[0] for one in labels]
    assert [(one["service_name"], one["host_name"]) for one in named] == found


def test_prometheus_vector_without_a_name(store: Store, write: Write, rows: Rows) -> None:
    series = {"metric": {"job": "web"}, "value": [1_700_000_000, "3"]}
    document = {"status": "success", "data": {"resultType": "vector", "result": [series]}}
    import_paths(store, [write("error_rate.json", json.dumps(document))])

    assert rows("SELECT metric_name, service_name, value FROM metrics") == [("error_rate", "web", 3.0)]
