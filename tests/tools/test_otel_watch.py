"""The sample `otel-watch` from end to end: a program sends OTLP, errors rise, an incident opens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.ports import free_port, wait_for
from workbench.core import Workbench
from workbench.settings import Settings
from workbench.store import incidents, telemetry
from workbench.store.db import Store

pytestmark = pytest.mark.slow
SECOND = 1_000_000_000
RESOURCE = Resource.create({"service.name": "cart"})


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench(Store.open(None), Settings(run_drain_s=20), tmp_path) as workbench:
        yield workbench


def send_logs(port: int, start: int, seconds: int) -> None:
    """Send ten records a second of their own time: from second 60 on, half of them are errors."""
    provider = LoggerProvider(RESOURCE)
    exporter = OTLPLogExporter(f"127.0.0.1:{port}", insecure=True)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = provider.get_logger("shop")
    for number in range(seconds * 10):
        failed = number >= 600 and number % 2
        logger.emit(
            LogRecord(
                timestamp=start + number * SECOND // 10,
                severity_number=SeverityNumber.UNSPECIFIED,
                body=f"{'ERROR' if failed else 'INFO'} order {number} of ann{number}@example.org",
            )
        )
    provider.shutdown()


def send_span(port: int) -> None:
    provider = TracerProvider(resource=RESOURCE)
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces")))
    provider.get_tracer("shop").start_span("checkout").end()
    provider.shutdown()


def test_errors_that_a_program_sends_open_an_incident(wb: Workbench) -> None:
    http, grpc = free_port(), free_port()
    nodes = ("logs_in", "spans_in", "metrics_in")
    ports = [f"{node}.{name}={port}" for node in nodes for name, port in (("port", http), ("grpc_port", grpc))]
    begun: Any = wb.call("flow_run", flow="otel-watch", set_=ports, wait=False)
    wait_for(grpc, 60)
    wait_for(http, 60)

    send_span(http)
    send_logs(grpc, time.time_ns() - 120 * SECOND, 100)
    deadline = time.monotonic() + 60
    while not len(telemetry.read(wb.store).events) and time.monotonic() < deadline:
        time.sleep(0.1)
    ended = wb.call("flow_stop", run_id=begun.run.run_id)

    found = telemetry.read(wb.store)
    assert (ended.exit_reason, len(found.logs), len(found.spans)) == ("stopped", 1000, 1)
    assert list(found.events["event_name"]) == ["incident.open"]
    assert list(found.events["service_name"]) == ["cart"]
    assert [(one.service_name, one.scope) for one in incidents.latest(wb.store)] == [("cart", begun.run.run_id)]
    assert set(found.logs["severity_number"]) == {9, 17}
    assert not found.logs["body"].str.contains("@").any()
    assert found.logs["template_id"].ne("").all()
