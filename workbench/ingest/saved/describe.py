"""Reads `kubectl describe` (and what prints like it): keys with values, indented blocks, small tables, events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.ingest.saved.columns import header_at
from workbench.ingest.saved.described_pods import POD, container, template
from workbench.ingest.saved.events import event_row
from workbench.ingest.saved.indented import KEY, NOTHING, Node, is_table, table_of, tree
from workbench.ingest.saved.names import camel, labels_of, service_of
from workbench.ingest.saved.rows import Row, state

_TOP = re.compile(r"^(?:Name|Project|Status|Namespace|Kind):\s")
_SKIPPED = ("tolerations", "annotations", "managedFields", "mounts", "ips")
_MOST_LEAVES = 400

# What describe prints, and where the API keeps it.
_OTHERS: dict[str, dict[str, str]] = {
    "pod": POD,
    "node": {"taints": "spec.taints", "unschedulable": "spec.unschedulable", "labels": "metadata.labels"},
    "pvc": {
        "status": "status.phase",
        "storageClass": "spec.storageClassName",
        "capacity": "status.capacity.storage",
        "volume": "spec.volumeName",
        "usedBy": "status.usedBy",
        "accessModes": "spec.accessModes",
    },
    "service": {"selector": "spec.selector", "endpoints": "endpoints", "type": "spec.type", "port": "spec.ports"},
    "hpa": {"reference": "spec.scaleTargetRef", "minReplicas": "spec.minReplicas", "maxReplicas": "spec.maxReplicas"},
}
_REPLICAS = {
    "desired": "spec.replicas",
    "updated": "status.updatedReplicas",
    "total": "status.replicas",
    "available": "status.availableReplicas",
    "unavailable": "status.unavailableReplicas",
}


def is_described(lines: Sequence[str]) -> bool:
    """Tell whether a text begins as describe prints an object: `Name:` and more keys at the margin."""
    shown = [line for line in lines[:80] if line.strip()]
    if not shown or not _TOP.match(shown[0]):
        return False
    keys = [line for line in shown if KEY.match(line) and not line[0].isspace()]
    return len(keys) >= 4


def read(lines: Sequence[str], first_line: int, *, kind: str = "") -> Iterator[Row]:
    """Return states and events of every object in a text."""
    for start, block in _objects(lines):
        yield from _object(block, first_line + start, kind)


def _objects(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the objects of a text; each begins with `Name:` at the margin."""
    starts = [at for at, line in enumerate(lines) if re.match(r"Name:\s", line)] or [0]
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else len(lines)
        yield start, list(lines[start:end])


def _object(block: list[str], first_line: int, kind: str) -> Iterator[Row]:
    root = tree(block, first_line)
    keys = {camel(node.key): node for node in root.children}
    name = keys["name"].value if "name" in keys else ""
    namespace = keys["namespace"].value if "namespace" in keys and keys["namespace"].value not in NOTHING else ""
    kind = kind_of(keys) or kind or "object"
    labels = labels_of(keys["labels"].said) if "labels" in keys else {}
    service = service_of(kind, name, labels)
    node = keys["node"].value.split("/")[0] if "node" in keys else ""
    where: dict[str, Any] = {"namespace": namespace, "service": service}
    for key, one in keys.items():
        if key in ("name", "namespace", *_SKIPPED):
            continue
        if key == "events":
            yield from _events(one, kind, name, namespace, service, node)
        elif key == "conditions":
            yield from _conditions(one, kind, name, where)
        elif key in ("containers", "initContainers"):
            for one_container in one.children:
                yield from container(one_container, name, node, where, init=key == "initContainers")
        elif key == "podTemplate":
            yield from template(one, kind, name, where)
        elif key == "replicas":
            yield from _replicas(one, kind, name, where)
        else:
            yield from _leaves(one, kind, name, _OTHERS.get(kind, {}).get(key, key), where)
    # Tables without a key above them, as Argo CD prints its resources.
    yield from _tables(root, kind, name, where)


def kind_of(keys: dict[str, Node]) -> str:
    """Return the kind of a described object by the keys that only this kind has; '' when it is not known."""
    for kind, needed in (
        ("pod", {"containers", "status"}),
        ("node", {"capacity", "allocatable"}),
        ("hpa", {"reference", "metrics"}),
        ("pvc", {"accessModes", "storageClass"}),
        ("cronjob", {"schedule", "concurrencyPolicy"}),
        ("job", {"completions", "podTemplate"}),
        ("deployment", {"strategyType", "podTemplate"}),
        ("replicaset", {"controlledBy", "podTemplate"}),
        ("application", {"syncStatus"}),
        ("ingress", {"rules", "ingressClass"}),
        ("service", {"endpoints"}),
        ("storageclass", {"provisioner"}),
    ):
        if needed <= set(keys):
            return kind
    return ""


def _leaves(node: Node, kind: str, name: str, path: str, where: dict[str, Any]) -> Iterator[Row]:
    """Yield every value below a node under its path."""
    waiting, count = [(node, path)], 0
    while waiting and count < _MOST_LEAVES:
        one, here = waiting.pop(0)
        if said := one.said:
            if here == "spec.nodeName":
                said = said.split("/")[0]
            yield state(kind, name, here, said, line=one.line, **where)
            count += 1
        if camel(one.key) in _SKIPPED or any(child.value.startswith("Projected") for child in one.children):
            continue
        waiting += [(child, f"{here}.{camel(child.key)}") for child in one.children]


def _replicas(node: Node, kind: str, name: str, where: dict[str, Any]) -> Iterator[Row]:
    for number, word in re.findall(r"(\d+) (desired|updated|total|available|unavailable|current)", node.value):
        path = _REPLICAS.get(word, "status.currentReplicas")
        yield state(kind, name, path, number, line=node.line, **where)
    if node.value.isdigit():
        yield state(kind, name, "spec.replicas", node.value, line=node.line, **where)


def _conditions(node: Node, kind: str, name: str, where: dict[str, Any]) -> Iterator[Row]:
    for number, cells in table_of(node):
        path = f"status.conditions.{cells.get('Type', '')}"
        yield state(kind, name, path, cells.get("Status", ""), line=number, **where)
        for title in ("Reason", "Message"):
            if cells.get(title):
                yield state(kind, name, f"{path}.{title.lower()}", cells[title], line=number, **where)


def _events(node: Node, kind: str, name: str, namespace: str, service: str, host: str) -> Iterator[Row]:
    for number, cells in table_of(node):
        yield event_row(cells, number, kind=kind, name=name, namespace=namespace, service=service, node=host)


def _tables(root: Node, kind: str, name: str, where: dict[str, Any]) -> Iterator[Row]:
    for node in root.children:
        if camel(node.key) in ("events", "conditions"):
            continue
        texts = [(number, text) for number, text in node.texts if text.strip()]
        at = next((place for place, (_, text) in enumerate(texts) if is_table(text)), None)
        if at is None:
            continue
        header = header_at(texts[at][1])
        for number, text in texts[at + 1 :]:
            cells = header.cells(text)
            other = cells.get("NAME") or cells.get("Name") or cells.get("Resource") or ""
            other_kind = (cells.get("KIND") or kind).lower()
            space = cells.get("NAMESPACE") or where["namespace"]
            for title, cell in cells.items():
                if cell and title not in ("NAME", "KIND", "NAMESPACE", "GROUP"):
                    owner = other if cells.get("NAME") else name
                    path = camel(title) if cells.get("NAME") else f"{camel(node.key)}.{camel(other)}.{camel(title)}"
                    yield state(
                        other_kind if cells.get("NAME") else kind, owner, path, cell, line=number, namespace=space,
                        service=where["service"],
                    )  # fmt: skip
