import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.semconv import COLUMNS, ORIGIN, Table
from workbench.simulate.faults import parse_fault
from workbench.simulate.files import write_files
from workbench.simulate.world import Simulation, simulate

pytestmark = pytest.mark.slow


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def items(path: Path, outer: str, inner: str, kind: str) -> list[tuple[dict, dict]]:
    """Resource attributes and item, for all items of a file."""
    found = []
    for line in lines_of(path):
        assert list(line) == [outer]
        for resource in line[outer]:
            about = {pair["key"]: pair["value"]["stringValue"] for pair in resource["resource"]["attributes"]}
            found += [(about, item) for scope in resource[inner] for item in scope[kind]]
    return found


@pytest.fixture(scope="module")
def otlp(broken: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("otlp")
    assert [path.name for path in write_files(broken, folder, "otlp")] == [
        "traces.jsonl",
        "logs.jsonl",
        "metrics.jsonl",
        "truth.json",
    ]
    return folder


@pytest.mark.parametrize("formats", ["otlp", "jsonl", "csv"])
def test_the_same_seed_gives_the_same_bytes(tmp_path, formats):
    digests = []
    for name in ("one", "two"):
        files = write_files(simulate([], 12, minutes=0.5), tmp_path / name, formats)
        digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files})

    assert digests[0] == digests[1]


def test_spans_follow_the_json_mapping_of_the_protocol(otlp, broken):
    spans = items(otlp / "traces.jsonl", "resourceSpans", "scopeSpans", "spans")
    row = broken.telemetry.spans.query("status_code == 'ERROR' and span_kind == 'CLIENT'").iloc[0]

    about, span = next((about, span) for about, span in spans if span["spanId"] == row["span_id"])

    assert len(spans) == len(broken.telemetry.spans)
    assert (about["service.name"], about["host.name"]) == (row["service_name"], row["host_name"])
    assert about["service.version"] == broken.versions[row["service_instance_id"]]
    attributes = {pair["key"]: pair["value"] for pair in span.pop("attributes")}
    assert span == {
        "traceId": row["trace_id"],
        "spanId": row["span_id"],
        "parentSpanId": row["parent_span_id"],
        "name": row["span_name"],
        "kind": 3,
        "startTimeUnixNano": str(row["start_time_unix_nano"]),
        "endTimeUnixNano": str(row["end_time_unix_nano"]),
        "status": {"code": 2, "message": row["status_message"]},
    }
    assert attributes["peer.service"] == {"stringValue": row["peer_service_name"]}
    assert len(bytes.fromhex(span["traceId"])) == 16


def test_whole_numbers_are_strings_and_defaults_are_left_out(otlp):
    spans = [span for _, span in items(otlp / "traces.jsonl", "resourceSpans", "scopeSpans", "spans")]
    root = next(span for span in spans if "parentSpanId" not in span and span["status"] == {})
    status = next(pair for pair in root["attributes"] if pair["key"] == "http.response.status_code")

    assert status["value"] == {"intValue": "200"}
    assert {span["kind"] for span in spans} == {1, 2, 3}


def test_events_are_log_records_with_a_name(tmp_path, otlp, broken):
    records = items(otlp / "logs.jsonl", "resourceLogs", "scopeLogs", "logRecords")
    changed = simulate([parse_fault("bad_deploy@cart+10"), parse_fault("config_change@checkout+5")], 4, minutes=0.4)
    assert len(changed.telemetry.events) >= 2

    write_files(changed, tmp_path, "otlp")
    named = [
        (about["service.name"], record["eventName"], record["timeUnixNano"], record["body"]["stringValue"])
        for about, record in items(tmp_path / "logs.jsonl", "resourceLogs", "scopeLogs", "logRecords")
        if "eventName" in record
    ]

    assert len(records) == len(broken.telemetry.logs) + len(broken.telemetry.events)
    assert named == [
        (row.service_name, row.event_name, str(row.time_unix_nano), row.summary)
        for row in changed.telemetry.events.itertuples()
    ]


def test_metrics_are_sums_summaries_and_gauges(otlp, broken):
    metrics = items(otlp / "metrics.jsonl", "resourceMetrics", "scopeMetrics", "metrics")
    kinds = {metric["name"]: next(key for key in metric if key not in ("name", "unit")) for _, metric in metrics}

    assert kinds["http.server.request.count"] == "sum"
    assert kinds["http.server.request.duration"] == "summary"
    assert kinds["process.cpu.utilization"] == kinds["up"] == "gauge"
    counted = sum(
        int(point["asInt"])
        for _, metric in metrics
        if metric["name"] == "http.server.request.count"
        for point in metric["sum"]["dataPoints"]
    )
    assert counted == (broken.telemetry.spans["span_kind"] == "SERVER").sum()
    summary = next(metric["summary"] for _, metric in metrics if metric["name"] == "http.server.request.duration")
    point = summary["dataPoints"][0]
    assert [quantile["quantile"] for quantile in point["quantileValues"]] == [0.5, 0.95]
    assert int(point["count"]) > 0
    assert point["sum"] > 0


def test_json_lines_hold_the_rows(tmp_path, broken):
    write_files(broken, tmp_path, "jsonl")

    for table in Table:
        frame = broken.telemetry.frame(table).drop(columns=list(ORIGIN))
        if len(frame):
            assert lines_of(tmp_path / f"{table.value}.jsonl") == frame.to_dict("records")


def test_csv_holds_the_rows(tmp_path, broken):
    write_files(broken, tmp_path, "csv")

    with (tmp_path / "logs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    logs = broken.telemetry.logs
    assert list(rows[0]) == [name for name in COLUMNS[Table.LOGS] if name not in ORIGIN]
    assert [row["body"] for row in rows] == logs["body"].tolist()
    assert Counter(row["time_unix_nano"] for row in rows) == Counter(logs["time_unix_nano"].astype(str))


def test_the_truth_lies_beside_the_files(tmp_path, broken):
    write_files(broken, tmp_path / "new" / "folder", "csv")

    assert json.loads((tmp_path / "new" / "folder" / "truth.json").read_text()) == broken.truth


def test_an_earlier_run_leaves_nothing_behind(tmp_path, broken):
    (tmp_path / "notes.txt").write_text("mine")
    write_files(broken, tmp_path, "csv")

    written = write_files(broken, tmp_path, "otlp")

    assert set(tmp_path.iterdir()) == {*written, tmp_path / "notes.txt"}


def test_a_file_in_the_way_is_named(tmp_path, broken):
    (tmp_path / "taken").write_text("")

    with pytest.raises(BadInput, match="taken: cannot write"):
        write_files(broken, tmp_path / "taken", "csv")


def test_an_unknown_format_is_refused(tmp_path, broken):
    with pytest.raises(BadInput, match=r"no format 'xml'. Known formats: otlp, jsonl, csv"):
        write_files(broken, tmp_path, "xml")
