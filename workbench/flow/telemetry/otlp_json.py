"""OTLP in JSON and in protobuf, read into the messages of the protocol.

JSON differs from what protobuf says about JSON in one thing: ids are hexadecimal, not base64 (OTLP specification,
"JSON Protobuf Encoding").
"""

from __future__ import annotations

import base64
import json
from typing import Any

IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")
SERVICES = {"logs": "Logs", "spans": "Trace", "metrics": "Metrics"}
"""Name of each signal in the protocol."""
KEYS = {"resourceLogs": "logs", "resourceSpans": "spans", "resourceMetrics": "metrics"}
"""Signal of a document, by its first key."""


def request_of(signal: str, body: bytes, *, is_json: bool) -> Any:
    """Return the export request of a signal.

    Raises:
        ValueError: it is none; the message says why.
    """
    message = new_request(signal)
    if is_json:
        try:
            document = json.loads(body)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from error
        return fill(message, document)
    from google.protobuf.message import DecodeError

    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise ValueError(f"no OTLP request of {signal}: {error}") from error
    return message


def fill(message: Any, document: Any) -> Any:
    """Return a message with what an OTLP JSON document says.

    Raises:
        ValueError: the document does not fit the message.
    """
    from google.protobuf.json_format import ParseDict, ParseError

    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    try:
        return ParseDict(_with_base64_ids(document), message, ignore_unknown_fields=True)
    except ParseError as error:
        raise ValueError(f"no OTLP: {error}") from error


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


def _with_base64_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_base64_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: _base64(one) if key in IDS else _with_base64_ids(one) for key, one in value.items()}


def _base64(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return base64.b64encode(bytes.fromhex(text)).decode()
    except ValueError as error:
        raise ValueError(f"id {text!r} is not hexadecimal") from error
