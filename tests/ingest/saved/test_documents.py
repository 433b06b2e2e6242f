"""JSON and YAML that people save: objects, query results of Loki, Tempo and Prometheus, alerts, changes, anything."""

from __future__ import annotations

import json

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

T = 1_770_000_000


def test_an_object_in_yaml_gives_the_states_of_pod_and_containers(store: Store, write: Write, rows: Rows) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata:
  name: cart-1
  namespace: shop
spec:
  nodeSelector:
    disk: ssd
  containers:
  - name: cart
    image: shop/cart:7
status:
  phase: Running
  containerStatuses:
  - name: cart
    restartCount: 3
    state:
      waiting:
        reason: ImagePullBackOff
"""

    import_paths(store, [write("pod.txt", text)])

    assert set(
        rows(
            "SELECT object_kind, attribute, value FROM states WHERE attribute LIKE '%reason' OR attribute LIKE '%image'"
        )
    ) == {
        ("container", "spec.containers.image", "shop/cart:7"),
        ("container", "status.containerStatuses.state.waiting.reason", "ImagePullBackOff"),
    }


def test_streams_of_loki_are_log_lines_of_their_pods(store: Store, write: Write, rows: Rows) -> None:
    stream = {"stream": {"pod": "cart-1", "app": "cart", "level": "error"}, "values": [[f"{T}000000000", "it broke"]]}
    document = {"status": "success", "data": {"resultType": "streams", "result": [stream]}}

    import_paths(store, [write("loki.json", json.dumps(document))])

    assert rows("SELECT time_unix_nano, service_name, service_instance_id, severity_number, body FROM logs") == [
        (T * 10**9, "cart", "cart-1", 17, "it broke")
    ]


def test_a_trace_of_tempo_gives_its_spans(store: Store, write: Write, rows: Rows) -> None:
    span = {
        "traceId": "AB", "spanId": "01", "name": "GET /", "startTimeUnixNano": f"{T}000000000",
        "endTimeUnixNano": f"{T}500000000", "status": {"code": "STATUS_CODE_ERROR", "message": "no"},
    }  # fmt: skip
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]}
    document = {"batches": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}

    import_paths(store, [write("trace.json", json.dumps(document))])

    assert rows("SELECT trace_id, service_name, status_code, end_time_unix_nano - start_time_unix_nano FROM spans") == [
        ("ab", "cart", "ERROR", 500_000_000)
    ]


def test_a_result_of_prometheus_inside_of_an_envelope_is_a_series(store: Store, write: Write, rows: Rows) -> None:
    result = {"metric": {"pod": "cart-1", "mode": "idle"}, "values": [[T, "0.5"], [T + 60, "NaN"]]}
    document = {"query": "rate(cpu_seconds_total[5m])", "data": {"resultType": "matrix", "result": [result]}}
    head = '{"tool_name": "range_query", "params": {"step": 60}}\n'

    import_paths(store, [write("range.txt", head + json.dumps(document, indent=1))])

    assert rows("SELECT metric_name, value, service_instance_id, time_unix_nano FROM metrics") == [
        ("cpu_seconds_total", 0.5, "cart-1", T * 10**9)
    ]


@pytest.mark.parametrize(
    ("document", "event"),
    [
        pytest.param(
            {"title": "CPU is throttled", "description": "62% in cart", "source": "prometheus", "severity": "low",
             "starts_at": "2026-02-02T10:00:00Z", "subject_name": "cart-1"},
            ("CPU is throttled", "Alert", "CPU is throttled. 62% in cart"),
            id="alert",
        ),
        pytest.param(
            [{"datetime": "2026-02-02T10:00:00Z", "type": "deployment", "name": "cart", "description": "version 8"}],
            ("deployment", "Normal", "version 8"),
            id="change",
        ),
    ],
)  # fmt: skip
def test_alerts_and_changes_are_dated_events(
    store: Store, write: Write, rows: Rows, document: object, event: tuple[str, str, str]
) -> None:
    head = '{"tool_name": "fetch", "params": {"id": "7"}}\n'

    import_paths(store, [write("one.txt", head + json.dumps(document, indent=1))])

    assert rows(
        "SELECT event_name, json_extract_string(attributes, '$.type'), summary FROM events "
        "WHERE time_unix_nano = 1770026400000000000"
    ) == [event]


def test_any_other_document_is_read_leaf_by_leaf_and_answers_are_left_out(
    store: Store, write: Write, rows: Rows
) -> None:
    document = {"nodes": [{"name": "mq-0", "running": False}], "partitions_detected": True, "root_cause": "told"}

    head = '{"tool_name": "cluster_status", "params": {"cluster": "mq"}}\n'

    import_paths(store, [write("cluster.txt", head + json.dumps(document, indent=1))])

    assert set(rows("SELECT object_name, attribute, value FROM states")) == {
        ("mq-0", "running", "false"),
        ("", "partitions_detected", "true"),
    }


def test_of_yaml_files_only_those_with_objects_of_kubernetes_are_read(store: Store, write: Write, rows: Rows) -> None:
    write("compose.yaml", "services:\n  web:\n    image: shop/web:1\n")
    path = write("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\nstatus:\n  phase: Active\n")

    report = import_paths(store, [path.parent])

    assert [(one.uri.rsplit("/", 1)[-1], one.reason) for one in report.left] == [
        ("compose.yaml", "the YAML holds no object of Kubernetes")
    ]
    assert ("namespace", "shop", "status.phase", "Active") in rows(
        "SELECT object_kind, object_name, attribute, value FROM states"
    )
