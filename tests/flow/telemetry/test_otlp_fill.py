"""OTLP JSON is read as protobuf's own reader reads it, ids aside."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict

from workbench.flow.telemetry.otlp_json import KEYS, fill, new_request
from workbench.simulate.files import write_files
from workbench.simulate.world import simulate

IDS = ("traceId", "spanId", "parentSpanId")


def with_base64_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [with_base64_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(one)).decode() if key in IDS else with_base64_ids(one)
        for key, one in value.items()
    }


def reference(signal: str, document: Any) -> Any:
    return ParseDict(with_base64_ids(document), new_request(signal), ignore_unknown_fields=True)


def without(message: Any, *keys: str) -> Any:
    """Return a message as a dict, without what rows are not made of."""

    def cut(value: Any) -> Any:
        if isinstance(value, list):
            return [cut(one) for one in value]
        return {k: cut(v) for k, v in value.items() if k not in keys} if isinstance(value, dict) else value

    return cut(MessageToDict(message))


UNUSED = ("scope", "startTimeUnixNano", "aggregationTemporality", "isMonotonic", "schemaUrl")


def test_documents_of_the_simulator(tmp_path: Path) -> None:
    write_files(simulate([], 5, minutes=0.3), tmp_path, "otlp")
    for name in ("logs", "traces", "metrics"):
        for line in (tmp_path / f"{name}.jsonl").read_text().splitlines():
            document = json.loads(line)
            signal = next(KEYS[key] for key in document)
            unused = [key for key in UNUSED if not (signal == "spans" and key == "startTimeUnixNano")]
            assert without(fill(signal, document), *unused) == without(reference(signal, document), *unused)


VALUES = [
    {"stringValue": "x"},
    {"intValue": "-7"},
    {"intValue": 7},
    {"doubleValue": 2.5},
    {"doubleValue": "NaN"},
    {"boolValue": False},
    {"bytesValue": "AQI="},
    {
        "arrayValue": {
            "values": [{"stringValue": "a"}, {"kvlistValue": {"values": [{"key": "k", "value": {"intValue": 1}}]}}]
        }
    },
    {"arrayValue": {}},
    {},
]


@pytest.mark.parametrize("value", VALUES, ids=[json.dumps(value)[:30] for value in VALUES])
def test_values(value: dict[str, Any]) -> None:
    record = {"body": value, "attributes": [{"key": "a", "value": value}, {"key": "b"}]}
    document = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}

    assert MessageToDict(fill("logs", document)) == MessageToDict(reference("logs", document))


def test_names_for_numbers_and_snake_case() -> None:
    log = {"time_unix_nano": 5, "severity_number": "SEVERITY_NUMBER_ERROR2", "trace_id": "0a"}
    span = {"kind": "SPAN_KIND_CLIENT", "status": {"code": "STATUS_CODE_ERROR"}, "parent_span_id": "0b"}

    found = fill("logs", {"resource_logs": [{"scope_logs": [{"log_records": [log]}]}]})
    spans = fill("spans", {"resourceSpans": [{"instrumentationLibrarySpans": [{"spans": [span]}]}]})

    record = found.resource_logs[0].scope_logs[0].log_records[0]
    assert (record.time_unix_nano, record.severity_number, record.trace_id) == (5, 18, b"\n")
    read = spans.resource_spans[0].scope_spans[0].spans[0]
    assert (read.kind, read.status.code, read.parent_span_id) == (3, 2, b"\x0b")


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"resourceLogs": 7},
        {"resourceLogs": [7]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "soon"}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": -1}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": "LOUD"}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityText": 7}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": "text"}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": [{"value": {}}]}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": "xyz"}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"intValue": "9" * 30}}]}]}]},
    ],
)
def test_what_has_another_form(document: Any) -> None:
    with pytest.raises(ValueError, match=r"no OTLP|not a JSON object|not hexadecimal|invalid literal|out of range"):
        fill("logs", document)
