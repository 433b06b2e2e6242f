"""What `kubectl describe` printed becomes states of the pod, its containers and its conditions, and its events."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

POD = """\
Name:             cart-5d8f7c6b9d-x2x7z
Namespace:        shop
Priority:         0
Service Account:  cart
Node:             node-7/10.0.0.7
Start Time:       Mon, 02 Feb 2026 09:00:00 +0100
Labels:           app=cart
                  pod-template-hash=5d8f7c6b9d
Annotations:      <none>
Status:           Running
Controlled By:    ReplicaSet/cart-5d8f7c6b9d
Init Containers:
  migrate:
    Image:          shop/cart:7
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
    Ready:          True
    Restart Count:  0
Containers:
  cart:
    Image:         shop/cart:7
    Port:          8080/TCP
    Command:
      cart
      --serve
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Finished:     Mon, 02 Feb 2026 09:30:00 +0100
    Ready:          False
    Restart Count:  4
    Limits:
      memory:  256Mi
    Requests:
      memory:   128Mi
    Liveness:   http-get http://:8080/live delay=5s timeout=1s period=10s #success=1 #failure=3
    Environment:
      DB_HOST:  cart-db
    Mounts:     <none>
Conditions:
  Type              Status
  Initialized       True
  Ready             False
Volumes:
  data:
    Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:  cart-data
  kube-api-access-abcde:
    Type:       Projected (a volume that contains injected data from multiple sources)
Node-Selectors:  disk=ssd
Tolerations:     node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:
  Type     Reason   Age                   From     Message
  ----     ------   ----                  ----     -------
  Normal   Pulled   40m                   kubelet  Container image "shop/cart:7" already present on machine
  Warning  BackOff  2m10s (x12 over 30m)  kubelet  Back-off restarting failed container cart in pod cart
"""

CLAIM = """\
Name:          cart-data
Namespace:     shop
StorageClass:  fast
Status:        Pending
Volume:
Labels:        <none>
Access Modes:
VolumeMode:    Filesystem
Used By:       cart-5d8f7c6b9d-x2x7z
Events:
  Type     Reason              Age                From               Message
  ----     ------              ----               ----               -------
  Warning  ProvisioningFailed  5s (x3 over 40s)   volume-controller  storageclass.storage.k8s.io "fast" not found
"""


@pytest.fixture
def imported(store: Store, write: Write) -> None:
    import_paths(store, [write("whatever.txt", POD)], scope="a")


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("pod", "status.phase", "Running"),
        ("pod", "spec.nodeSelector", "disk=ssd"),
        ("pod", "spec.nodeName", "node-7"),
        ("pod", "status.conditions.Ready", "False"),
        ("pod", "volumes.data.claimName", "cart-data"),
        ("container", "status.containerStatuses.state.waiting.reason", "CrashLoopBackOff"),
        ("container", "status.containerStatuses.lastState.terminated.reason", "OOMKilled"),
        ("container", "status.containerStatuses.lastState.terminated.exitCode", "137"),
        ("container", "status.containerStatuses.restartCount", "4"),
        ("container", "spec.containers.resources.limits.memory", "256Mi"),
        ("container", "spec.containers.command", "cart --serve"),
        ("container", "spec.containers.env.DB_HOST", "cart-db"),
    ],
)
def test_each_value_stands_under_its_path_of_the_api(rows: Rows, kind: str, attribute: str, value: str) -> None:
    found = rows(
        f"SELECT value FROM states WHERE object_kind = '{kind}' AND attribute = '{attribute}' "
        "AND namespace = 'shop' AND service_name = 'cart' AND object_name NOT LIKE '%migrate'"
    )

    assert found == [(value,)]


@pytest.mark.usefixtures("imported")
def test_an_init_container_is_told_apart(rows: Rows) -> None:
    assert rows(
        "SELECT DISTINCT object_name, json_extract_string(attributes, '$.init') FROM states "
        "WHERE object_kind = 'container' ORDER BY 1"
    ) == [("cart-5d8f7c6b9d-x2x7z/cart", None), ("cart-5d8f7c6b9d-x2x7z/migrate", "true")]


@pytest.mark.usefixtures("imported")
def test_events_without_a_time_are_states_with_their_count(rows: Rows) -> None:
    assert rows("SELECT count(*) FROM events") == [(0,)]
    assert rows(
        "SELECT attribute, value, attributes ->> '$.count', attributes ->> '$.age_s' "
        "FROM states WHERE object_kind = 'event' AND attribute = 'event.BackOff'"
    ) == [("event.BackOff", "Back-off restarting failed container cart in pod cart", "12", "130")]


@pytest.mark.usefixtures("imported")
def test_what_every_pod_has_is_left_out(rows: Rows) -> None:
    assert rows("SELECT count(*) FROM states WHERE attribute ILIKE '%kubeApiAccess%' OR attribute ILIKE '%toler%'") == [
        (0,)
    ]


def test_several_objects_in_one_text_are_told_apart_by_their_keys(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("both.txt", POD + "\n\n" + CLAIM)])

    assert rows("SELECT value FROM states WHERE object_kind = 'pvc' AND attribute = 'spec.storageClassName'") == [
        ("fast",)
    ]
    assert rows("SELECT value FROM states WHERE object_kind = 'pvc' AND attribute = 'status.phase'") == [("Pending",)]
    assert rows("SELECT object_name FROM states WHERE attribute = 'event.ProvisioningFailed'") == [("cart-data",)]


def test_the_line_of_the_file_is_kept(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("claim.txt", CLAIM)])

    assert rows("SELECT source_line FROM states WHERE attribute = 'status.phase'") == [(4,)]
