"""Tables of `kubectl get`, `top` and of events, aligned or not, with a header or without, and trees of owners."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

PODS = """\
NAMESPACE   NAME                    READY   STATUS             RESTARTS        AGE   IP          NODE     LABELS
shop        cart-5d8f7c6b9d-x2x7z   0/1     CrashLoopBackOff   14 (3m5s ago)   2d    10.0.0.9    node-7   app=cart
shop        pay-0                   1/1     Running            0               2d    10.0.0.10   node-7   app=pay
"""


def values(rows: Rows, where: str) -> list[tuple[str, str, str]]:
    return rows(f"SELECT object_name, attribute, value FROM states WHERE {where} ORDER BY source_line, row_id")


def test_a_table_of_pods_gives_waiting_reason_restarts_and_readiness(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("pods.txt", PODS)])

    name = "cart-5d8f7c6b9d-x2x7z"
    assert values(rows, f"object_name = '{name}' AND attribute LIKE 'status.%'") == [
        (name, "status.conditions.Ready", "False"),
        (name, "status.reason", "CrashLoopBackOff"),
        (name, "status.containerStatuses.state.waiting.reason", "CrashLoopBackOff"),
        (name, "status.containerStatuses.restartCount", "14"),
        (name, "status.podIP", "10.0.0.9"),
    ]
    assert rows("SELECT DISTINCT namespace, service_name FROM states WHERE object_name = 'pay-0'") == [("shop", "pay")]


def test_rows_without_a_header_are_known_by_the_command_before_them(store: Store, write: Write, rows: Rows) -> None:
    text = "$ kubectl get pods -A -o wide | grep pay\nshop   pay-0   1/1   Running   3   2d   10.0.0.10   node-7\n"

    import_paths(store, [write("grep.txt", text)])

    assert values(rows, "attribute IN ('spec.nodeName', 'status.phase')") == [
        ("pay-0", "status.phase", "Running"),
        ("pay-0", "spec.nodeName", "node-7"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "NAME     STATUS                        ROLES    AGE\n"
            "node-7   NotReady,SchedulingDisabled   <none>   28d\n",
            {("node-7", "status.conditions.Ready", "False"), ("node-7", "spec.unschedulable", "true")},
            id="nodes",
        ),
        pytest.param(
            "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\ncart   1/3     3            1           5d\n",
            {("cart", "spec.replicas", "3"), ("cart", "status.readyReplicas", "1")},
            id="deployments",
        ),
        pytest.param(
            "NAME   STATUS    VOLUME   CAPACITY   STORAGECLASS   AGE\n"
            "data   Pending                       fast           5m\n",
            {("data", "status.phase", "Pending"), ("data", "spec.storageClassName", "fast")},
            id="claims",
        ),
        pytest.param(
            "NAME     CPU(cores)   MEMORY(bytes)\ncart-1   250m         900Mi\n",
            {("cart-1", "usage.cpu", "250m"), ("cart-1", "usage.memory", "900Mi")},
            id="top",
        ),
        pytest.param(
            "NAME                        READY   STATUS    AGE\nDeployment/cart             1/1               3h\n"
            "├── Pod/cart-1              1/1     Running   3h\n└── NetworkPolicy/deny-all   -                 3h\n",
            {("deny-all", "metadata.name", "deny-all"), ("cart-1", "status.phase", "Running")},
            id="tree",
        ),
    ],
)
def test_each_kind_of_table_is_known_by_its_columns(
    store: Store, write: Write, rows: Rows, text: str, expected: set[tuple[str, str, str]]
) -> None:
    import_paths(store, [write("table.txt", text)])

    assert expected <= set(values(rows, "true"))


def test_events_of_get_events_name_their_object(store: Store, write: Write, rows: Rows) -> None:
    text = (
        "LAST SEEN   TYPE      REASON             OBJECT       MESSAGE\n"
        "45s         Warning   FailedScheduling   pod/cart-1   0/2 nodes are available: 2 Insufficient cpu.\n"
    )

    import_paths(store, [write("events.txt", text)])

    assert rows("SELECT object_name, attribute, attributes ->> '$.kind', attributes ->> '$.type' FROM states") == [
        ("cart-1", "event.FailedScheduling", "pod", "Warning")
    ]
