"""Reads the tables of `kubectl get`, `kubectl top`, `kubectl get events` and trees of owners, and tables like them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workbench.ingest.saved.columns import Header, header_at, header_of, titled, without_tree
from workbench.ingest.saved.events import event_row
from workbench.ingest.saved.names import camel, labels_of, service_of, singular
from workbench.ingest.saved.rows import Row, state

_PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown", "Completed")
_TERMINATED = ("Error", "OOMKilled", "ContainerCannotRun", "DeadlineExceeded", "StartError")
_STATUS = (
    "Running|Pending|Completed|CrashLoopBackOff|Error|ImagePullBackOff|ErrImagePull|OOMKilled|Evicted|Terminating"
    r"|ContainerCreating|CreateContainerConfigError|Unknown|Init:\S+"
)
_POD_ROW = re.compile(rf"^(?:(?P<ns>\S+)\s+)?(?P<name>\S+)\s+\d+/\d+\s+(?:{_STATUS})\s+\d+")
_WIDE = {
    "pod": "NAME|READY|STATUS|RESTARTS|AGE|IP|NODE|NOMINATED NODE|READINESS GATES|LABELS",
    "deployment": "NAME|READY|UP-TO-DATE|AVAILABLE|AGE|CONTAINERS|IMAGES|SELECTOR|LABELS",
    "namespace": "NAME|STATUS|AGE|LABELS",
    "service": "NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE|SELECTOR|LABELS",
    "node": "NAME|STATUS|ROLES|AGE|VERSION|INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|KERNEL-VERSION|CONTAINER-RUNTIME|LABELS",
    "statefulset": "NAME|READY|AGE|CONTAINERS|IMAGES|LABELS",
    "pvc": "NAME|STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|VOLUMEATTRIBUTESCLASS|AGE|VOLUMEMODE|LABELS",
}
_CLUSTER_WIDE = ("namespace", "node", "pv", "storageclass")
_ATTRIBUTE = {
    "NODE": "spec.nodeName",
    "LABELS": "metadata.labels",
    "IP": "status.podIP",
    "IMAGES": "spec.template.spec.containers.image",
    "CONTAINERS": "spec.template.spec.containers.name",
    "SELECTOR": "spec.selector",
    "AVAILABLE": "status.availableReplicas",
    "UP-TO-DATE": "status.updatedReplicas",
    "DESIRED": "spec.replicas",
    "CURRENT": "status.replicas",
    "STORAGECLASS": "spec.storageClassName",
    "VOLUME": "spec.volumeName",
    "CAPACITY": "status.capacity.storage",
    "MINPODS": "spec.minReplicas",
    "MAXPODS": "spec.maxReplicas",
    "REFERENCE": "spec.scaleTargetRef",
    "REPLICAS": "status.currentReplicas",
    "TARGETS": "status.currentMetrics",
    "TYPE": "spec.type",
    "PORT(S)": "spec.ports",
    "ENDPOINTS": "endpoints",
    "HOSTS": "spec.rules.host",
    "VERSION": "status.nodeInfo.kubeletVersion",
    "AGE": "age",
}
_USAGE = {
    "CPU(cores)": "usage.cpu",
    "MEMORY(bytes)": "usage.memory",
    "CPU%": "usage.cpu_percent",
    "MEMORY%": "usage.memory_percent",
    "CPU(%)": "usage.cpu_percent",
    "MEMORY(%)": "usage.memory_percent",
}


def is_table(lines: Sequence[str], kind: str = "") -> bool:
    """Tell whether a text is a printed table: a header of capital words, or rows of a kind that is known."""
    shown = [line for line in lines[:20] if line.strip()]
    if not shown:
        return False
    if _header(shown[0]) and len(shown) > 1:
        return True
    known = kind in _WIDE and all(len(re.split(r"\s{2,}", line.strip())) >= 3 for line in shown)
    return known or all(_POD_ROW.match(line) for line in shown)


def _header(line: str) -> Header | None:
    if "CPU(cores)" in line or "CPU(%)" in line:
        return header_at(line)
    return header_of(line)


def read(lines: Sequence[str], first_line: int, *, kind: str = "", namespace: str = "") -> Iterator[Row]:
    """Return the states (and events) of the rows of one table or of several."""
    header: Header | None = None
    for number, line in enumerate(lines, start=first_line):
        if not line.strip():
            continue
        fresh = _header(line)
        if fresh:
            header = fresh
            continue
        flat = without_tree(line)
        if header:
            cells = header.cells(flat)
        elif kind in _WIDE or _POD_ROW.match(line):
            cells = _headless(line, kind or "pod")
        else:
            continue
        yield from _row(cells, number, kind or _kind_by(header), namespace)


def _headless(line: str, kind: str) -> dict[str, str]:
    titles = _WIDE[kind].split("|")
    parts = len(re.split(r"\s{2,}", line.strip()))
    first_number = re.search(r"^\S+\s+\S+\s+\d+/\d+", line.strip())
    spaced = bool(first_number) or (kind not in _CLUSTER_WIDE and parts > len(titles))
    return titled(["NAMESPACE", *titles] if spaced else titles, line)


def _kind_by(header: Header | None) -> str:
    titles = set(header.titles) if header else set()
    for kind, needed in (
        ("event", {"REASON", "MESSAGE"}),
        ("pod", {"READY", "STATUS", "RESTARTS"}),
        ("node", {"STATUS", "ROLES"}),
        ("deployment", {"UP-TO-DATE", "AVAILABLE"}),
        ("hpa", {"REFERENCE", "TARGETS"}),
        ("pvc", {"STATUS", "STORAGECLASS", "VOLUME"}),
        ("pv", {"RECLAIM POLICY"}),
        ("service", {"CLUSTER-IP"}),
        ("replicaset", {"DESIRED", "CURRENT", "READY"}),
        ("job", {"COMPLETIONS"}),
        ("ingress", {"CLASS", "HOSTS"}),
        ("endpoints", {"ENDPOINTS"}),
        ("storageclass", {"PROVISIONER"}),
    ):
        if needed <= titles:
            return kind
    return ""


def _row(cells: Mapping[str, str], line: int, kind: str, namespace: str) -> Iterator[Row]:
    if "REASON" in cells and "MESSAGE" in cells:
        yield event_row(cells, line, namespace=namespace)
        return
    if cells.get("KIND") and cells.get("NAME"):
        kind = singular(cells["KIND"])
    name = cells.get("NAME") or cells.get("POD") or next(iter(cells.values()), "")
    if "/" in name and not name.startswith("/"):
        before, _, name = name.partition("/")
        if before.lower() == "event":
            yield _tree_event(name, cells, line, namespace)
            return
        kind = singular(before)
    kind = kind or "object"
    space = "" if kind in _CLUSTER_WIDE else cells.get("NAMESPACE") or namespace
    labels = labels_of(cells.get("LABELS", ""))
    service = service_of(kind, name, labels)

    def row(attribute: str, value: object, **more: Any) -> Row:
        return state(kind, name, attribute, value, namespace=space, service=service, line=line, **more)

    yield row("metadata.name", name)
    for title, cell in cells.items():
        if not cell or title in ("NAME", "NAMESPACE", "KIND", "GROUP", "NOMINATED NODE", "READINESS GATES"):
            continue
        special = _SPECIAL.get((kind, title))
        yield from (
            special(row, cell) if special else (row(_USAGE.get(title) or _ATTRIBUTE.get(title) or camel(title), cell),)
        )


def _tree_event(name: str, cells: Mapping[str, str], line: int, namespace: str) -> Row:
    reason, _, message = cells.get("STATUS", "").partition(": ")
    target = name.rsplit(".", 1)[0]
    found = {"reason": reason, "message": message, "age": cells.get("AGE", "")}
    return event_row(found, line, name=target, namespace=namespace, service=service_of("pod", target))


_Make = Callable[..., Row]


def _pod_status(row: _Make, cell: str) -> Iterator[Row]:
    init, _, word = cell.rpartition(":")
    if word in _PHASES:
        yield row("status.phase", "Succeeded" if word == "Completed" else word)
        return
    yield row("status.reason", word)
    if word in ("Evicted", "Terminating", "Preempting"):
        return
    if word in _TERMINATED:
        yield row("status.containerStatuses.state.terminated.reason", word, init=init)
    elif not re.match(r"\d+/\d+$", word):
        yield row("status.containerStatuses.state.waiting.reason", word, init=init)


def _ready(row: _Make, cell: str) -> Iterator[Row]:
    ready, _, wanted = cell.partition("/")
    yield row("ready", cell)
    yield row("status.readyReplicas", ready)
    if wanted:
        yield row("spec.replicas", wanted)


def _pod_ready(row: _Make, cell: str) -> Iterator[Row]:
    ready, _, wanted = cell.partition("/")
    yield row("ready", cell)
    if wanted.isdigit():
        yield row("status.conditions.Ready", "True" if ready == wanted else "False")


def _restarts(row: _Make, cell: str) -> Iterator[Row]:
    found = re.match(r"(\d+)(?: \((\S+) ago\))?", cell)
    if found:
        yield row("status.containerStatuses.restartCount", found[1], last_age=found[2])


def _node_status(row: _Make, cell: str) -> Iterator[Row]:
    words = cell.split(",")
    ready = {"Ready": "True", "NotReady": "False", "KubeletReady": "True", "KubeletNotReady": "False"}
    if words[0] in (*ready, "Unknown", "NodeStatusUnknown"):
        yield row("status.conditions.Ready", ready.get(words[0], "Unknown"))
    if "SchedulingDisabled" in words:
        yield row("spec.unschedulable", "true")


def _phase(row: _Make, cell: str) -> Iterator[Row]:
    yield row("status.phase", cell)


_SPECIAL: dict[tuple[str, str], Callable[[_Make, str], Iterator[Row]]] = {
    ("pod", "STATUS"): _pod_status,
    ("pod", "READY"): _pod_ready,
    ("pod", "RESTARTS"): _restarts,
    ("node", "STATUS"): _node_status,
    ("pvc", "STATUS"): _phase,
    ("pv", "STATUS"): _phase,
    ("namespace", "STATUS"): _phase,
    ("deployment", "READY"): _ready,
    ("statefulset", "READY"): _ready,
    ("replicaset", "READY"): _ready,
}
