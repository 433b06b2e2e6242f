"""OTLP in JSON and in protobuf, read into the messages of the protocol, and the answers to requests."""

from __future__ import annotations

import json
from typing import Any

from workbench.flow.telemetry.otlp_fill import fill_logs, fill_metrics, fill_spans

_FILL = {"logs": fill_logs, "spans": fill_spans, "metrics": fill_metrics}
SERVICES = {"logs": "Logs", "spans": "Trace", "metrics": "Metrics"}
"""Name of each signal in the protocol."""
KEYS = {"resourceLogs": "logs", "resourceSpans": "spans", "resourceMetrics": "metrics"}
"""Signal of a document, by its first key."""


def request_of(signal: str, body: bytes, *, is_json: bool) -> Any:
    """Return the export request of a signal.

    Raises:
        ValueError: it is none; the message says why.
    """
    if is_json:
        try:
            document = json.loads(body)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from error
        return fill(signal, document)
    from google.protobuf.message import DecodeError

    message = new_request(signal)
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise ValueError(f"no OTLP request of {signal}: {error}") from error
    return message


def fill(signal: str, document: Any) -> Any:
    """Return the request of a signal that an OTLP JSON document makes.

    Raises:
        ValueError: the document does not fit.
    """
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    message = new_request(signal)
    _FILL[signal](message, document)
    return message


def new_request(signal: str) -> Any:
    """Return an empty export request of a signal."""
    from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    kinds: dict[str, Any] = {
        "logs": logs_service_pb2.ExportLogsServiceRequest,
        "spans": trace_service_pb2.ExportTraceServiceRequest,
        "metrics": metrics_service_pb2.ExportMetricsServiceRequest,
    }
    return kinds[signal]()


def response_of(signal: str, rejected: int, reason: str) -> Any:
    """Return the answer to an export request: how many records were not taken, and why the first was not."""
    from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    response: Any
    match signal:
        case "logs":
            response = logs_service_pb2.ExportLogsServiceResponse()
            response.partial_success.rejected_log_records = rejected
        case "spans":
            response = trace_service_pb2.ExportTraceServiceResponse()
            response.partial_success.rejected_spans = rejected
        case _:
            response = metrics_service_pb2.ExportMetricsServiceResponse()
            response.partial_success.rejected_data_points = rejected
    response.partial_success.error_message = reason
    return response
