"""The OTLP receiver, with the OpenTelemetry SDK as its client."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from typing import Any

import grpc
import httpx
import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from node_catalog.sources.otlp_receiver import OtlpReceiver
from tests.ports import free_port, wait_for
from workbench.errors import BadInput
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.otlp import LOG_COLUMNS
from workbench.semconv import Table

RESOURCE = Resource.create({"service.name": "cart", "service.instance.id": "cart-1", "host.name": "n1"})
HOUR = 3_600_000_000_000


def named(columns: dict[str, type], rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def log_document(*records: dict[str, Any]) -> dict[str, Any]:
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}


@pytest.fixture
def port() -> int:
    return free_port()


def test_logs_of_the_sdk(bench: Any, port: int) -> None:
    def act() -> None:
        wait_for(port)
        provider = LoggerProvider(RESOURCE)
        provider.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(f"http://127.0.0.1:{port}/v1/logs")))
        record = LogRecord(
            timestamp=time.time_ns(),
            severity_number=SeverityNumber.ERROR,
            severity_text="ERROR",
            body="card refused",
            attributes={"order": 7},
        )
        provider.get_logger("shop").emit(record)
        provider.shutdown()

    found = bench.live(OtlpReceiver(port=port, grpc_port=0), act, 1)

    row = named(LOG_COLUMNS, found)[0]
    assert abs(row.pop("time_unix_nano") - time.time_ns()) < HOUR
    assert json.loads(row.pop("attributes"))["order"] == 7
    assert row == {
        "service_name": "cart",
        "service_instance_id": "cart-1",
        "host_name": "n1",
        "severity_number": 17,
        "severity_text": "ERROR",
        "body": "card refused",
        "trace_id": "",
        "span_id": "",
        "template_id": "",
        "event_name": "",
    }


@pytest.mark.parametrize("way", ["http", "gzip", "grpc"])
def test_spans_of_the_sdk(bench: Any, port: int, way: str) -> None:
    second = free_port()

    def act() -> None:
        exporter: Any
        if way == "grpc":
            wait_for(second)
            exporter = GrpcSpanExporter(f"127.0.0.1:{second}", insecure=True)
        else:
            wait_for(port)
            compression = Compression.Gzip if way == "gzip" else Compression.NoCompression
            exporter = OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces", compression=compression)
        provider = TracerProvider(resource=RESOURCE)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        tracer = provider.get_tracer("shop")
        with tracer.start_as_current_span("checkout"), tracer.start_as_current_span("pay") as span:
            span.set_attribute("peer.service", "bank")
            span.set_status(status_error())
        provider.shutdown()

    found = bench.live(OtlpReceiver(signal="spans", port=port, grpc_port=second), act, 2)

    by_name = {row["span_name"]: row for row in named(columns_of(Table.SPANS), found)}
    pay, checkout = by_name["pay"], by_name["checkout"]
    assert (pay["parent_span_id"], pay["trace_id"]) == (checkout["span_id"], checkout["trace_id"])
    assert (pay["status_code"], pay["status_message"], pay["span_kind"]) == ("ERROR", "no answer", "INTERNAL")
    assert (pay["peer_service_name"], pay["service_name"], checkout["parent_span_id"]) == ("bank", "cart", "")
    assert checkout["start_time_unix_nano"] <= pay["start_time_unix_nano"] <= pay["end_time_unix_nano"]


def status_error() -> Any:
    from opentelemetry.trace import Status, StatusCode

    return Status(StatusCode.ERROR, "no answer")


def test_metrics_of_the_sdk(bench: Any, port: int) -> None:
    def act() -> None:
        wait_for(port)
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"http://127.0.0.1:{port}/v1/metrics"))
        provider = MeterProvider([reader], RESOURCE)
        meter = provider.get_meter("shop")
        meter.create_counter("orders", unit="1").add(3, {"kind": "new"})
        meter.create_histogram("wait", unit="ms").record(8.0)
        provider.shutdown()

    found = bench.live(OtlpReceiver(signal="metrics", port=port, grpc_port=0), act, 6)

    rows = named(columns_of(Table.METRICS), found)
    values = {(row["metric_name"], row["statistic"]): row["value"] for row in rows}
    waits = {
        ("wait", name): value for name, value in [("count", 1), ("sum", 8), ("Average", 8), ("min", 8), ("max", 8)]
    }
    assert values == {("orders", ""): 3.0, **waits}
    assert {row["unit"] for row in rows} == {"1", "ms"}
    assert json.loads(next(row for row in rows if row["metric_name"] == "orders")["attributes"]) == {"kind": "new"}


def test_a_record_that_cannot_be_used_is_told_and_kept(bench: Any, port: int) -> None:
    answers: list[dict[str, Any]] = []
    good = {
        "timeUnixNano": str(time.time_ns()),
        "body": {"stringValue": "good"},
        "traceId": "0af7651916cd43dd8448eb211c80319c",
    }

    def act() -> None:
        wait_for(port)
        sent = httpx.post(
            f"http://127.0.0.1:{port}/v1/logs", json=log_document({"body": {"stringValue": "when?"}}, good)
        )
        answers.append(sent.json())

    found = bench.live(OtlpReceiver(port=port, grpc_port=0), act, 1, rejected=1)

    reason = "time 0 is missing or lies outside of 1980 to 2200"
    assert answers == [{"partialSuccess": {"rejectedLogRecords": "1", "errorMessage": reason}}]
    assert [(row["body"], row["trace_id"]) for row in named(LOG_COLUMNS, found)] == [("good", good["traceId"])]
    assert [(one["reason"], one["line"], "when?" in one["raw"]) for one in bench.rejected] == [(reason, 1, True)]


@pytest.mark.parametrize(
    ("headers", "body", "status", "said"),
    [
        pytest.param({"content-type": "application/json"}, b"{", 400, "not JSON", id="broken-json"),
        pytest.param({"content-type": "application/x-protobuf"}, b"\xff\xff", 400, "no OTLP request", id="no-protobuf"),
        pytest.param({"origin": "https://evil.example"}, b"", 403, "may not send here", id="web-page"),
        pytest.param({"content-encoding": "br"}, b"", 415, "'br' is not known", id="encoding"),
        pytest.param({"content-encoding": "gzip"}, gzip.compress(bytes(2_000_000)), 413, "unpacked", id="bomb"),
        pytest.param({}, bytes(1_100_000), 413, "at most 1048576", id="too-large"),
    ],
)
def test_requests_that_are_refused(bench: Any, port: int, headers: Any, body: bytes, status: int, said: str) -> None:
    answers: list[httpx.Response] = []

    def act() -> None:
        wait_for(port)
        answers.append(httpx.post(f"http://127.0.0.1:{port}/v1/logs", content=body, headers=headers))

    found = bench.live(OtlpReceiver(port=port, grpc_port=0, max_body_kb=1024), act, 0)

    assert (answers[0].status_code, found) == (status, [])
    assert said in answers[0].text
    assert len(bench.rejected) == (status == 400)


def test_nodes_of_one_flow_share_the_ports(bench: Any, port: int) -> None:
    second, statuses = free_port(), []
    logs = OtlpReceiver(port=port, grpc_port=second).build(source=bench.source("logs"), secrets=str)
    bench_rows: list[Any] = []
    import pathway as pw

    pw.io.subscribe(logs, on_change=lambda key, row, time, is_addition: bench_rows.append(row))

    def act() -> None:
        wait_for(second)
        address = f"http://127.0.0.1:{port}/v1"
        record = {"timeUnixNano": str(time.time_ns())}
        statuses.append(httpx.post(f"{address}/logs", json=log_document(record)).status_code)
        deadline = time.monotonic() + 10
        while (code := httpx.post(f"{address}/traces", json={}).status_code) == 503 and time.monotonic() < deadline:
            time.sleep(0.05)
        statuses.append(code)
        statuses.append(httpx.post(f"{address}/metrics", json={}).status_code)
        with grpc.insecure_channel(f"127.0.0.1:{second}") as channel:
            call = channel.unary_unary("/opentelemetry.proto.collector.logs.v1.LogsService/Export")
            statuses.append(ExportLogsServiceResponse.FromString(call(b"")))

    bench.live(OtlpReceiver(signal="spans", port=port, grpc_port=second), act, 0)

    assert len(bench_rows) == 1
    assert statuses[0] == 200
    assert statuses[1] == 200
    assert statuses[2] in (404, 503)
    assert statuses[3] == ExportLogsServiceResponse()


def test_a_port_that_is_taken_ends_the_run_with_a_sentence(bench: Any, port: int) -> None:
    from workbench.flow.listen.http import HttpListener
    from workbench.flow.listen.request import Route

    other, route = HttpListener("127.0.0.1", port), Route("/x", lambda request: None)
    other.open(route)
    try:
        with pytest.raises(Exception, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
            bench.live(OtlpReceiver(port=port, grpc_port=0), lambda: None, 0)
    finally:
        other.close(route)


def test_the_ports_can_be_tried(port: int) -> None:
    node = OtlpReceiver(port=port, grpc_port=0)

    assert node.probe(secrets=str) == f"127.0.0.1 port {port} can be listened on."
    with socket.create_server(("127.0.0.1", port)), pytest.raises(BadInput, match="Address already in use"):
        node.probe(secrets=str)


def test_other_machines_need_a_token() -> None:
    with pytest.raises(ValueError, match="can be reached by others: set token"):
        OtlpReceiver(host="0.0.0.0")


def test_a_stop_drains_what_was_acknowledged(bench: Any, port: int) -> None:
    sent = []

    def act() -> None:
        wait_for(port)
        with httpx.Client() as client:
            for _ in range(20):
                document = log_document(*[{"timeUnixNano": str(time.time_ns() + n)} for n in range(100)])
                assert client.post(f"http://127.0.0.1:{port}/v1/logs", json=document).status_code == 200
                sent.append(100)

    found = bench.live(OtlpReceiver(port=port, grpc_port=0), act, 0)

    assert len(found) == sum(sent) == 2000
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("listen:")]
