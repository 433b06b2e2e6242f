"""Small invented incidents as the documents that clouds and Kubernetes export, read by the readers of objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.facts.telemetry import Case, Telemetry, empty_frame
from workbench.ingest.readers.objects import walk
from workbench.semconv import COLUMNS, Table

MINUTES = 15
DATABASE = "ledger-db"
REPLICA = "ledger-db-replica-1"
USUAL: dict[str, tuple[float, str]] = {
    "CPUUtilization": (22.0, "Percent"),
    "DatabaseConnections": (80.0, "Count"),
    "FreeStorageSpace": (150e9, "Bytes"),
    "FreeableMemory": (8e9, "Bytes"),
    "ReadIOPS": (900.0, "Count/Second"),
    "WriteIOPS": (600.0, "Count/Second"),
    "ReadLatency": (0.001, "Seconds"),
    "WriteLatency": (0.002, "Seconds"),
    "DiskQueueDepth": (0.2, "Count"),
    "SwapUsage": (2e7, "Bytes"),
    "TransactionLogsGeneration": (3e6, "Bytes/Second"),
    "ReplicaLag": (1.0, "Seconds"),
}
WOBBLE = (1.0, 1.06, 0.95, 1.02, 0.97)
QUIET_SQL = (("SELECT name FROM owners WHERE id = $1", {"CPU": 0.3, "IO:DataFileRead": 0.2}),)


def minute(at: int) -> str:
    """Return a time so many minutes into the scene."""
    return f"2025-04-02T08:{at:02d}:00Z"


def metrics(changed: Mapping[str, Sequence[float]] | None = None, missing: Sequence[str] = ()) -> dict[str, Any]:
    """Return CloudWatch results: the usual values but for what is changed; a short list is stretched."""
    results = []
    for name, (usual, unit) in USUAL.items():
        if name in missing:
            continue
        values = (
            stretch(changed[name]) if changed and name in changed else [usual * WOBBLE[i % 5] for i in range(MINUTES)]
        )
        results.append(
            {
                "Id": f"m{len(results)}",
                "Label": name,
                "MetricName": name,
                "Dimensions": [
                    {"Name": "DBInstanceIdentifier", "Value": REPLICA if name == "ReplicaLag" else DATABASE}
                ],
                "Stat": "Average",
                "Unit": unit,
                "Timestamps": [minute(at) for at in range(len(values))],
                "Values": values,
                "StatusCode": "Complete",
            }
        )
    return {"MetricDataResults": results}


def stretch(values: Sequence[float]) -> list[float]:
    """Return the values drawn out over the scene, straight lines between them."""
    if len(values) >= MINUTES:
        return list(values)
    steps = [at * (len(values) - 1) / (MINUTES - 1) for at in range(MINUTES)]
    return [values[int(s)] + (s % 1) * (values[min(int(s) + 1, len(values) - 1)] - values[int(s)]) for s in steps]


def insights(statements: Sequence[tuple[str, Mapping[str, float]]] = QUIET_SQL) -> dict[str, Any]:
    """Return Performance Insights: statements with their waits."""
    waits: dict[str, float] = {}
    for _, own in statements:
        for name, load in own.items():
            waits[name] = waits.get(name, 0.0) + load
    return {
        "db_instance_identifier": DATABASE,
        "end_time": minute(MINUTES),
        "db_load": {"timestamps": [minute(at) for at in range(MINUTES)], "values": [sum(waits.values())] * MINUTES},
        "top_sql": [
            {
                "statement": text,
                "db_load_avg": sum(own.values()),
                "calls_per_sec": 3.0,
                "wait_events": [{"name": name, "db_load_avg": load} for name, load in own.items()],
            }
            for text, own in statements
        ],
        "top_wait_events": [{"name": name, "db_load_avg": load} for name, load in waits.items()],
    }


def events(*told: tuple[int, str, str], whose: str = DATABASE) -> dict[str, Any]:
    """Return events of the instance: minute, category, message."""
    return {
        "Events": [
            {
                "Date": minute(at),
                "Message": message,
                "SourceIdentifier": whose,
                "SourceType": "db-instance",
                "EventCategories": [category],
            }
            for at, category, message in told
        ]
    }


def alert(title: str, **labels: str) -> dict[str, Any]:
    """Return an alert that names the database."""
    return {
        "title": title,
        "state": "alerting",
        "commonLabels": {"alertname": title.replace(" ", ""), "severity": "critical", **labels},
        "commonAnnotations": {"db_instance_identifier": DATABASE, "summary": title},
    }


def pod(name: str, *, ready: bool = True, phase: str = "Running", node: str = "node-a", **more: Any) -> dict[str, Any]:
    """Return a pod as the API writes it; `state`, `last`, `restarts`, `conditions` and `deleted` say more."""
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    status: dict[str, Any] = {"phase": phase, "conditions": [condition, *more.get("conditions", [])]}
    if phase != "Pending" or "state" in more:
        status["containerStatuses"] = [
            {
                "name": "main",
                "ready": ready,
                "restartCount": more.get("restarts", 0),
                "state": more.get("state", {"running": {"startedAt": minute(0)}}),
                "lastState": more.get("last", {}),
            }
        ]
    metadata = {"name": name, "namespace": "shop", "labels": {"app": more.get("app", "cart")}}
    if "deleted" in more:
        metadata["deletionTimestamp"] = more["deleted"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "cart:1.4"}]},
        "status": status,
    }


def listed(*objects: dict[str, Any]) -> dict[str, Any]:
    """Return what `kubectl get -o json` prints."""
    return {"apiVersion": "v1", "kind": "List", "items": list(objects)}


def event(
    reason: str, message: str, about: str, *, kind: str = "Pod", warns: bool = True, at: int = 10
) -> dict[str, Any]:
    """Return an event of Kubernetes."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{about}.1", "namespace": "shop"},
        "involvedObject": {"kind": kind, "name": about},
        "reason": reason,
        "message": message,
        "type": "Warning" if warns else "Normal",
        "count": 4,
        "firstTimestamp": minute(max(0, at - 5)),
        "lastTimestamp": minute(at),
    }


def node(name: str, **conditions: str) -> dict[str, Any]:
    """Return a node; conditions that are not named are as they should be."""
    usual = {"Ready": "True", "MemoryPressure": "False", "DiskPressure": "False", "PIDPressure": "False"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "spec": {},
        "status": {"conditions": [{"type": key, "status": value} for key, value in (usual | conditions).items()]},
    }


def deployment(name: str, wanted: int, available: int) -> dict[str, Any]:
    """Return a deployment."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
        "spec": {"replicas": wanted},
        "status": {"readyReplicas": available, "availableReplicas": available},
    }


def log(body: str, *, at: int = 10, status: str = "error", service: str = "cart", pod_name: str = "") -> dict[str, Any]:
    """Return a log record."""
    tags = [f"pod_name:{pod_name}"] if pod_name else []
    return {"timestamp": minute(at), "message": body, "status": status, "service": service, "tags": tags}


def case(*documents: Any) -> Case:
    """Return the case that the documents make."""
    found: dict[Table, list[dict[str, Any]]] = {}
    for document in documents:
        for row in walk(document):
            values = {**row.values, "source_line": row.line}
            if "attributes" in values and not isinstance(values["attributes"], str):
                values["attributes"] = json.dumps(values["attributes"])
            found.setdefault(row.table, []).append(values)
    return Case("scene", Telemetry(**{table.value: _frame(table, rows) for table, rows in found.items()}))


def _frame(table: Table, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    empty = empty_frame(table)
    usual = {"BIGINT": 0, "INTEGER": 0, "DOUBLE": float("nan"), "VARCHAR": ""}
    columns = {
        name: [row.get(name) if row.get(name) is not None else usual[kind] for row in rows]
        for name, kind in COLUMNS[table].items()
    }
    columns["row_id"] = list(range(len(rows)))
    return pd.DataFrame(columns).astype(empty.dtypes.to_dict())
