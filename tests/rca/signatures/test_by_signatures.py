"""Cases of states, events and a few metrics: what is said about invented incidents, and about systems that are well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rca.signatures.scenes import (
    QUIET_SQL,
    REPLICA,
    alert,
    case,
    deployment,
    event,
    events,
    insights,
    listed,
    log,
    metrics,
    minute,
    node,
    pod,
)
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.rca.diagnose import diagnose

NODES = (node("node-a"), node("node-b"))
OLD = pod("cart-6c5b4d3f2-old11", ready=False, state={"waiting": {"reason": "CrashLoopBackOff"}}, deleted=minute(1))
FIRST = "cart-7d9f8b6c5-aaaaa"
NO_ROOM = "0/2 nodes are available: 2 Insufficient cpu."
PODS = (pod("cart-7d9f8b6c5-aaaaa"), pod("cart-7d9f8b6c5-bbbb2"))
BULK = ("UPDATE ledger SET settled = true WHERE batch = $1", {"IO:WALWrite": 5.0, "CPU": 0.4})
SCAN = ("SELECT * FROM payments WHERE memo LIKE $1", {"CPU": 6.1, "IO:DataFileRead": 2.0})
CRASHED = {"waiting": {"reason": "CrashLoopBackOff"}}
KILLED = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}


def roots(diagnosis: Diagnosis) -> list[str]:
    """Return the ids of the modes that are there now and that no other explains."""
    modes = diagnosis.failure_modes
    return [one.signature_id for one in modes if one.active and one.role == "cause" and not one.consequence_of]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        pytest.param(
            [metrics({"FreeStorageSpace": [9e9, 4e9, 1e9, 0.2e9, 0.05e9], "WriteIOPS": [600, 600, 300, 2, 0]})],
            "database-storage-full",
            id="storage-full",
        ),
        pytest.param(
            [metrics(missing=["FreeStorageSpace"]), events((9, "failure", "DB instance ran out of storage space."))],
            "database-storage-full",
            id="storage-full-without-its-metric",
        ),
        pytest.param(
            [metrics({"FreeStorageSpace": [60e9, 40e9, 20e9, 9e9]})], "database-storage-low", id="storage-runs-out"
        ),
        pytest.param(
            [
                metrics(missing=["DatabaseConnections"]),
                insights([("BEGIN", {"Client:ClientRead": 6.0}), *QUIET_SQL]),
                events((9, "failure", "remaining connection slots are reserved for superusers")),
            ],
            "database-connections-exhausted",
            id="connections-exhausted-without-its-metric",
        ),
        pytest.param(
            [
                metrics({"DatabaseConnections": [80, 300, 480, 495, 497]}),
                insights([("COMMIT", {"Client:ClientRead": 6.0}), *QUIET_SQL]),
            ],
            "database-connection-leak",
            id="connections-leak",
        ),
        pytest.param(
            [metrics({"CPUUtilization": [22, 90, 97, 96]}), insights([SCAN, *QUIET_SQL])],
            "database-cpu-saturated",
            id="cpu-saturated",
        ),
        pytest.param(
            [
                metrics({"WriteIOPS": [600, 9000, 9500], "TransactionLogsGeneration": [3e6, 2e8, 2.1e8]}),
                insights([BULK, *QUIET_SQL]),
            ],
            "database-write-storm",
            id="write-storm",
        ),
        pytest.param(
            [
                metrics(missing=["ReplicaLag"]),
                events((9, "read replica", "Read replica: replication lag exceeded 900 seconds"), whose=REPLICA),
            ],
            "database-replication-lag",
            id="lag-without-its-metric",
        ),
        pytest.param(
            [
                metrics({"DatabaseConnections": [80] * 6 + [2, 0, 0, 30, 60, 75, 80, 80, 80]}),
                events(
                    (6, "failover", "Multi-AZ instance failover started."), (7, "availability", "DB instance shutdown")
                ),
            ],
            "database-failover",
            id="failover",
        ),
        pytest.param(
            [metrics(), insights([("UPDATE a SET b = $1", {"Lock:transactionid": 7.0}), *QUIET_SQL])],
            "database-lock-contention",
            id="locks",
        ),
        pytest.param(
            [metrics({"FreeableMemory": [8e9, 3e9, 0.5e9, 0.1e9], "SwapUsage": [2e7, 4e8, 2e9]})],
            "database-memory-pressure",
            id="memory",
        ),
        pytest.param(
            [
                listed(
                    pod("cart-7d9f8b6c5-aaaaa", ready=False, restarts=6, state=CRASHED, last=KILLED), PODS[1], *NODES
                ),
                listed(event("BackOff", "Back-off restarting failed container", "cart-7d9f8b6c5-aaaaa")),
            ],
            "kubernetes-oom-killed",
            id="oom",
        ),
        pytest.param(
            [
                listed(pod("cart-7d9f8b6c5-ccccc", ready=False, phase="Pending"), *PODS, *NODES),
                listed(
                    event("FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu.", "cart-7d9f8b6c5-ccccc")
                ),
            ],
            "kubernetes-unschedulable",
            id="unschedulable",
        ),
        pytest.param(
            [
                listed(*PODS, deployment("cart", 4, 2)),
                listed(
                    event(
                        "FailedCreate",
                        'pods "cart-7d9f8b6c5-x" is forbidden: exceeded quota: team, requested: limits.cpu=2, '
                        "used: limits.cpu=9, limited: limits.cpu=10",
                        "cart-7d9f8b6c5",
                        kind="ReplicaSet",
                    )
                ),
            ],
            "kubernetes-quota-exceeded",
            id="quota",
        ),
        pytest.param(
            [listed(*PODS, node("node-a", Ready="Unknown"), NODES[1])],
            "kubernetes-node-not-ready",
            id="node",
        ),
    ],
)
def test_the_first_cause_is_the_failure_mode(documents: list[Any], expected: str) -> None:
    found = diagnose(case(*documents, alert("Something is wrong")))

    assert found.verdict is Verdict.INCIDENT, found.reason
    assert roots(found)[0] == expected
    assert found.causes[0].failure_mode == found.failure_modes[0].sentence
    assert found.causes[0].evidence
    assert all(one.selection for one in found.causes[0].evidence if one.kind != "absence")


@pytest.mark.parametrize(
    ("documents", "past"),
    [
        pytest.param([metrics(), insights(), events((3, "backup", "Backing up DB instance"))], "", id="database"),
        pytest.param([metrics({"CPUUtilization": [70, 71, 69]}), insights()], "", id="busy-as-always"),
        pytest.param(
            [metrics({"CPUUtilization": [22, 95, 97, 30, 22, 21, 22, 22]}), insights()],
            "CPU saturation is past",
            id="spike",
        ),
        pytest.param(
            [
                metrics({"FreeStorageSpace": [30e9, 12e9, 4e9, 4e9, 110e9, 200e9, 200e9, 200e9]}),
                events((7, "low storage", "Free storage space is low"), (9, "change", "Storage autoscaling completed")),
            ],
            "has recovered",
            id="storage-was-enlarged",
        ),
        pytest.param(
            [metrics(), events((4, "notice", "DB instance shutdown"), (5, "notice", "DB instance restarted"))],
            "is available again",
            id="restart-for-maintenance",
        ),
        pytest.param([listed(*PODS, *NODES, deployment("cart", 2, 2)), listed()], "", id="kubernetes"),
        pytest.param(
            [listed(*PODS, *NODES, deployment("cart", 2, 2), OLD)],
            "terminating",
            id="pod-of-the-old-rollout",
        ),
        pytest.param(
            [listed(*PODS, *NODES), listed(event("FailedScheduling", NO_ROOM, FIRST))],
            "Running and Ready",
            id="pod-that-was-pending",
        ),
        pytest.param(
            [
                listed(*PODS, *NODES),
                listed(event("NodeNotReady", "Node node-b status is now: NodeNotReady", "node-b", kind="Node", at=3)),
            ],
            "is Ready again",
            id="node-that-was-away",
        ),
        pytest.param(
            [listed(*PODS, pod("mail-28aaaa-xyz12", ready=False, phase="Succeeded", app="mail"))],
            "",
            id="job-that-is-done",
        ),
    ],
)
def test_what_is_well_is_called_healthy_and_what_is_past_is_said(documents: list[Any], past: str) -> None:
    found = diagnose(case(*documents, alert("Something is wrong")))

    assert found.verdict is Verdict.HEALTHY, found.reason
    assert past in found.reason
    assert found.checked
    assert found.causes == []


def test_a_consequence_comes_after_its_cause_and_is_no_fault_of_its_own() -> None:
    changed = {
        "WriteIOPS": [600, 9000, 9500],
        "TransactionLogsGeneration": [3e6, 2e8],
        "ReplicaLag": [1, 200, 600, 900],
    }

    found = diagnose(case(metrics(changed), insights([BULK, *QUIET_SQL])))

    assert roots(found) == ["database-write-storm"]
    lag = next(one for one in found.failure_modes if one.signature_id == "database-replication-lag")
    assert lag.consequence_of == "database-write-storm"
    assert "no independent" in found.reason


def test_two_faults_at_once_are_both_named() -> None:
    changed = {"FreeStorageSpace": [60e9, 40e9, 20e9, 9e9], "CPUUtilization": [22, 90, 97, 96]}

    found = diagnose(
        case(metrics(changed), insights([SCAN, ("INSERT INTO log VALUES ($1)", {"IO:DataFileWrite": 3.0})]))
    )

    assert set(roots(found)) == {"database-storage-low", "database-cpu-saturated"}
    assert found.reason.startswith("Two faults at the same time")


def test_a_coincidence_is_ruled_out_in_words() -> None:
    changed = {"WriteIOPS": [600, 9000, 9500], "ReplicaLag": [1, 200, 600, 900], "CPUUtilization": [25, 60, 78, 75]}
    reader = ("SELECT region, sum(total) FROM sales GROUP BY region", {"CPU": 2.2})

    found = diagnose(case(metrics(changed), insights([BULK, reader])))

    assert roots(found) == ["database-write-storm"]
    assert any("causally independent" in one for one in found.ruled_out)


def test_an_alert_alone_is_neither_an_incident_nor_health() -> None:
    assert diagnose(case(alert("Everything burns"))).verdict is Verdict.UNKNOWN


def test_a_label_that_names_the_cause_is_no_evidence() -> None:
    labelled = alert("Check", rds_failure_mode="storage_full", root_cause="disk", team="ledger")

    read = case(metrics(), insights(), labelled)

    told = " ".join(read.telemetry.states["attribute"])
    assert "labels.team" in told
    assert "failure_mode" not in told
    assert "root_cause" not in told
    assert diagnose(read).verdict is Verdict.HEALTHY


def test_a_pod_that_is_not_ready_for_no_known_reason_is_an_incident_with_little_confidence() -> None:
    found = diagnose(case(listed(pod("cart-7d9f8b6c5-aaaaa", ready=False), *NODES)))

    assert found.verdict is Verdict.INCIDENT
    assert found.causes[0].confidence < 0.6
    assert "not Ready" in found.reason


def test_errors_in_logs_are_found_at_the_service_that_writes_them() -> None:
    lines = [log(f"lookup db.shop.svc on 10.96.0.10:53: no such host (try {at})", at=at) for at in range(5, 12)]

    found = diagnose(case(listed(*PODS, *NODES), {"logs": lines}))

    assert roots(found)[0] == "dns-resolution-failed"
    assert found.causes[0].service_name == "cart"


def test_a_monitor_that_alerts_now_is_an_incident_with_little_confidence() -> None:
    alerting = {"monitors": [{"name": "cart error rate", "overall_state": "Alert", "tags": ["service:cart"]}]}

    found = diagnose(case(listed(*PODS, *NODES, deployment("cart", 2, 2)), alerting))

    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, "cart")
    assert found.causes[0].confidence < 0.6


def test_a_failed_pod_that_was_replaced_is_no_incident() -> None:
    left = pod("cart-7d9f8b6c5-evict", ready=False, phase="Failed")

    assert diagnose(case(listed(*PODS, left, *NODES, deployment("cart", 2, 2)))).verdict is Verdict.HEALTHY
    assert diagnose(case(listed(*PODS, left, *NODES, deployment("cart", 3, 2)))).verdict is Verdict.INCIDENT
