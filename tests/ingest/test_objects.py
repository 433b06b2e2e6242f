"""JSON of clouds and Kubernetes: objects are known by what they hold, whatever the file and its keys are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.ingest.case import load_case
from workbench.ingest.importer import explain
from workbench.ingest.readers.objects import knows, walk
from workbench.semconv import Table
from workbench.signals.plain import gives_answer_away
from workbench.store import rejected
from workbench.store.db import Store

AT = 1_743_580_800_000_000_000
CONTAINER_STATE = {"waiting": {"reason": "CrashLoopBackOff"}}
API_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "cart-7d9f8b6c5-x2x4q", "namespace": "shop", "managedFields": [{"time": "now"}]},
    "spec": {
        "nodeName": "node-a",
        "containers": [{"name": "main", "image": "cart:1", "resources": {"limits": {"memory": "256Mi"}}}],
    },
    "status": {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}],
        "containerStatuses": [
            {
                "name": "main",
                "ready": False,
                "restartCount": 4,
                "state": CONTAINER_STATE,
                "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
            }
        ],
    },
}
SHORT_POD = {
    "pods": [
        {
            "name": "cart-7d9f8b6c5-x2x4q",
            "namespace": "shop",
            "phase": "Running",
            "node_name": "node-a",
            "containers": [
                {
                    "name": "main",
                    "ready": False,
                    "restart_count": 4,
                    "state": {"waiting": True, "reason": "CrashLoopBackOff"},
                    "last_state": {"terminated": True, "reason": "OOMKilled", "exit_code": 137},
                }
            ],
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}],
        }
    ]
}


def states(document: Any) -> dict[tuple[str, str, str], str]:
    """Return the value of each state by kind, name and attribute."""
    rows = [row.values for row in walk(document) if row.table is Table.STATES]
    return {(str(r["object_kind"]), str(r["object_name"]), str(r["attribute"])): str(r["value"]) for r in rows}


@pytest.mark.parametrize("document", [API_POD, SHORT_POD, {"kind": "PodList", "items": [API_POD]}, [API_POD]])
def test_a_pod_reads_the_same_in_the_api_s_words_and_in_those_of_tools(document: Any) -> None:
    found = states(document)

    pod, container = ("pod", "cart-7d9f8b6c5-x2x4q"), ("container", "cart-7d9f8b6c5-x2x4q/main")
    assert {
        (*pod, "status.phase"): "Running",
        (*pod, "status.conditions.Ready"): "False",
        (*pod, "spec.nodeName"): "node-a",
        (*container, "status.containerStatuses.ready"): "false",
        (*container, "status.containerStatuses.restartCount"): "4",
        (*container, "status.containerStatuses.state.waiting.reason"): "CrashLoopBackOff",
        (*container, "status.containerStatuses.lastState.terminated.reason"): "OOMKilled",
        (*container, "status.containerStatuses.lastState.terminated.exitCode"): "137",
    }.items() <= found.items()
    assert not any("managedFields" in attribute for _, _, attribute in found)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"nodes": [{"name": "n", "ready": "Unknown"}]}, ("node", "n", "status.conditions.Ready", "Unknown")),
        ({"deployments": [{"name": "d", "available": 1}]}, ("deployment", "d", "status.availableReplicas", "1")),
        (
            {"kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": 3}, "status": {}},
            ("deployment", "d", "spec.replicas", "3"),
        ),
        (
            {"kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "status": {"phase": "Pending"}},
            ("pvc", "c", "status.phase", "Pending"),
        ),
        ({"monitors": [{"name": "latency", "overall_state": "OK"}]}, ("monitor", "latency", "state", "OK")),
        (
            {"MetricAlarms": [{"AlarmName": "latency", "StateValue": "ALARM"}]},
            ("monitor", "latency", "state", "Alert"),
        ),
        (
            {"db_instance_identifier": "db", "top_sql": [{"statement": "SELECT 1", "db_load_avg": 2.5}]},
            ("sql", "SELECT 1", "db.load", "2.5"),
        ),
    ],
)
def test_other_objects_become_states(document: Any, expected: tuple[str, str, str, str]) -> None:
    assert states(document)[expected[:3]] == expected[3]


MINUTES = ["2025-04-02T08:00:00Z", "2025-04-02T08:01:00Z"]
RESULT = {
    "Id": "m1",
    "Label": "CPUUtilization",
    "Timestamps": MINUTES[::-1],
    "Values": [9.5, 8.5],
    "Unit": "Percent",
    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "db"}],
}
SHORT_RESULT = {
    "metric_name": "CPUUtilization",
    "timestamps": [1743580800, 1743580860],
    "values": [8.5, 9.5],
    "unit": "Percent",
}
STATISTICS = {
    "Label": "CPUUtilization",
    "Datapoints": [
        {"Timestamp": MINUTES[1], "Average": 9.5, "Unit": "Percent"},
        {"Timestamp": MINUTES[0], "Average": 8.5, "Unit": "Percent"},
    ],
}


@pytest.mark.parametrize(
    "document",
    [
        {"MetricDataResults": [RESULT]},
        {"db_instance_identifier": "db", "metric_data_results": [SHORT_RESULT]},
        {"DBInstanceIdentifier": "db", **STATISTICS},
    ],
)
def test_cloudwatch_points_come_in_the_order_of_time(document: Any) -> None:
    rows = [row.values for row in walk(document) if row.table is Table.METRICS]

    told = [(r["time_unix_nano"], r["metric_name"], r["service_name"], r["value"], r["unit"]) for r in rows]
    minute = 60 * 10**9
    assert told == [(AT, "CPUUtilization", "db", 8.5, "Percent"), (AT + minute, "CPUUtilization", "db", 9.5, "Percent")]


def test_load_by_dimension_of_performance_insights() -> None:
    points = [{"Timestamp": "2025-04-02T08:00:00Z", "Value": 1.5}, {"Timestamp": "2025-04-02T08:01:00Z"}]
    key = {"Metric": "db.load.avg", "Dimensions": {"db.wait_event.name": "CPU"}}

    rows = list(walk({"Identifier": "db", "MetricList": [{"Key": key, "DataPoints": points}]}))

    assert [(row.values["metric_name"], row.values["value"]) for row in rows] == [("db.load.CPU", 1.5)]


def test_events_keep_what_they_are_about_and_since_when() -> None:
    told = {
        "reason": "BackOff",
        "message": "Back-off restarting failed container",
        "type": "Warning",
        "count": 7,
        "involvedObject": {"kind": "Pod", "name": "cart-7d9f8b6c5-x2x4q"},
        "firstTimestamp": "2025-04-02T08:00:00Z",
        "lastTimestamp": "2025-04-02T08:20:00Z",
    }
    short = {"reason": "BackOff", "message": told["message"], "type": "Warning", "count": 7, "involved_object": "Pod/cart-7d9f8b6c5-x2x4q", "first_time": "2025-04-02T08:00:00Z", "last_time": "2025-04-02T08:20:00Z"}  # fmt: skip  # noqa: E501

    rows = [next(iter(walk(document))) for document in ({"items": [told]}, {"warning_events": [short]})]

    assert rows[0].values == rows[1].values
    assert rows[0].values["time_unix_nano"] == AT + 20 * 60 * 10**9
    assert rows[0].values["service_name"] == "cart"


def test_a_log_that_is_one_text_is_cut_into_lines() -> None:
    text = "2025-04-02T08:00:00Z INFO started\n  at main\n2025-04-02T08:00:01Z ERROR broke\n"

    rows = [row.values for row in walk({"pod_name": "cart-7d9f8b6c5-x2x4q", "logs": text})]

    assert [(r["severity_text"], r["body"]) for r in rows] == [
        ("INFO", "started"),
        ("", "  at main"),
        ("ERROR", "broke"),
    ]
    assert [r["time_unix_nano"] for r in rows] == [AT, AT, AT + 10**9]


def test_files_are_read_whatever_they_are_called_and_answers_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(SHORT_POD), encoding="utf-8")
    (folder / "b.json").write_text(json.dumps({"warning_events": []}), encoding="utf-8")
    (folder / "c.json").write_text(json.dumps([{"name": "latency", "overall_state": "OK"}], indent=2), encoding="utf-8")
    (folder / "answer.json").write_text(json.dumps(SHORT_POD), encoding="utf-8")

    with Store.open(None) as store:
        read = load_case(store, folder).telemetry

    assert set(read.states["object_kind"]) == {"pod", "container", "monitor"}
    assert len(read.states[read.states["object_kind"] == "pod"]) == len(
        [key for key in states(SHORT_POD) if key[0] == "pod"]
    )


def test_the_explanation_says_how_such_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "pods.json").write_text(json.dumps(SHORT_POD, indent=1), encoding="utf-8")

    (told,) = explain([tmp_path])

    assert told.format == "objects_json"
    assert "states" in told.tables


def test_a_point_that_is_no_number_is_rejected_with_its_reason(tmp_path: Path) -> None:
    points = {"Label": "CPU", "Timestamps": ["2025-04-02T08:00:00Z", "2025-04-02T08:01:00Z"], "Values": [1.0, "none"]}
    (tmp_path / "m.json").write_text(json.dumps({"MetricDataResults": [points]}), encoding="utf-8")

    with Store.open(None) as store:
        read = load_case(store, tmp_path).telemetry
        (refused,) = rejected.latest(store)

    assert read.metrics["value"].tolist() == [1.0]
    assert "no finite number" in refused.reason


@pytest.mark.parametrize("text", ['{"a": 1}', '{"timestamp": 1, "message": "x", "service": "s"}', "[1, 2]", "{}"])
def test_other_json_is_left_to_other_readers(text: str) -> None:
    assert not knows(text)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("rds_failure_mode", True), ("rootCause", True), ("fault-type", True), ("service", False), ("severity", False)],
)
def test_labels_that_name_the_cause_are_known(key: str, expected: bool) -> None:
    assert gives_answer_away(key) is expected
