"""Reads `kubectl describe` (and what prints like it): keys with values, indented blocks, small tables, events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from workbench.ingest.saved.columns import header_at
from workbench.ingest.saved.events import event_row
from workbench.ingest.saved.names import camel, labels_of, service_of
from workbench.ingest.saved.rows import Row, state

_KEY = re.compile(r"^(?P<indent>\s*)(?:- )?(?P<key>[A-Za-z][\w ./()-]*?):(?:\s+(?P<value>.*\S))?\s*$")
_TOP = re.compile(r"^(?:Name|Project|Status|Namespace|Kind):\s")
_NOTHING = ("<none>", "<unset>", "<nil>", "<unknown>", "")
_SKIPPED = ("tolerations", "annotations", "managedFields", "mounts", "ips")
_MOST_LEAVES = 400

# What describe prints, and where the API keeps it.
_POD = {
    "status": "status.phase",
    "reason": "status.reason",
    "message": "status.message",
    "node": "spec.nodeName",
    "nodeSelectors": "spec.nodeSelector",
    "serviceAccount": "spec.serviceAccountName",
    "startTime": "status.startTime",
    "ip": "status.podIP",
    "qosClass": "status.qosClass",
    "labels": "metadata.labels",
    "controlledBy": "metadata.ownerReferences",
    "terminationGracePeriod": "spec.terminationGracePeriodSeconds",
}
_OTHERS: dict[str, dict[str, str]] = {
    "pod": _POD,
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
_CONTAINER = {
    "image": "spec.containers.image",
    "command": "spec.containers.command",
    "args": "spec.containers.args",
    "ready": "status.containerStatuses.ready",
    "restartCount": "status.containerStatuses.restartCount",
    "state": "status.containerStatuses.state",
    "lastState": "status.containerStatuses.lastState",
    "limits": "spec.containers.resources.limits",
    "requests": "spec.containers.resources.requests",
    "liveness": "spec.containers.livenessProbe",
    "readiness": "spec.containers.readinessProbe",
    "startup": "spec.containers.startupProbe",
    "environment": "spec.containers.env",
    "environmentVariablesFrom": "spec.containers.envFrom",
    "port": "spec.containers.ports",
}
_REPLICAS = {
    "desired": "spec.replicas",
    "updated": "status.updatedReplicas",
    "total": "status.replicas",
    "available": "status.availableReplicas",
    "unavailable": "status.unavailableReplicas",
}


@dataclass(slots=True)
class Node:
    """One key with its value, and what is indented below it."""

    key: str
    value: str
    indent: int
    line: int
    children: list[Node] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    """Lines below it that are no keys: continued values and rows of tables."""

    @property
    def said(self) -> str:
        """The value with the lines that continue it; '' for <none>."""
        before = takewhile(lambda text: not _is_table(text), (text for _, text in self.texts))
        parts = [self.value, *(text.strip() for text in before)]
        return "\n".join(part for part in parts if part not in _NOTHING)


def is_described(lines: Sequence[str]) -> bool:
    """Tell whether a text begins as describe prints an object: `Name:` and more keys at the margin."""
    shown = [line for line in lines[:80] if line.strip()]
    if not shown or not _TOP.match(shown[0]):
        return False
    keys = [line for line in shown if _KEY.match(line) and not line[0].isspace()]
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


def tree(lines: Sequence[str], first_line: int) -> Node:
    """Return the keys of an object by their indentation."""
    root = Node("", "", -1, first_line)
    path = [root]
    table_below: int | None = None
    for number, line in enumerate(lines, start=first_line):
        if not line.strip():
            table_below = None
            continue
        indent = len(line) - len(line.lstrip())
        if table_below is not None and indent >= table_below:
            path[-1].texts.append((number, line))
            continue
        found = _KEY.match(line)
        if found and indent > 20 and path[-1].value and indent > path[-1].indent + 12:
            # Far to the right is where a value goes on, as labels do.
            found = None
        if not found:
            if _is_table(line):
                table_below = indent
            path[-1].texts.append((number, line))
            continue
        while len(path) > 1 and path[-1].indent >= indent:
            path.pop()
        node = Node(found["key"].strip(), (found["value"] or "").strip(), indent, number)
        path[-1].children.append(node)
        path.append(node)
        table_below = None
    return root


def _is_table(line: str) -> bool:
    words = re.split(r"\s{2,}", line.strip())
    return len(words) >= 2 and words[0] in ("Type", "Resource", "Namespace", "LAST SEEN", "Host", "GROUP", "NAME")


def _object(block: list[str], first_line: int, kind: str) -> Iterator[Row]:
    root = tree(block, first_line)
    keys = {camel(node.key): node for node in root.children}
    name = keys["name"].value if "name" in keys else ""
    namespace = keys["namespace"].value if "namespace" in keys and keys["namespace"].value not in _NOTHING else ""
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
            for container in one.children:
                yield from _container(container, name, node, where, init=key == "initContainers")
        elif key == "podTemplate":
            yield from _template(one, kind, name, where)
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


def _container(node: Node, pod: str, host: str, where: dict[str, Any], *, init: bool) -> Iterator[Row]:
    name = f"{pod}/{node.key}"

    def row(attribute: str, value: str, line: int) -> Row:
        return state(
            "container", name, attribute, value, line=line, **where, pod=pod, node=host, init="true" if init else ""
        )

    for one in node.children:
        key = camel(one.key)
        path = _CONTAINER.get(key)
        if path is None or (not one.said and not one.children):
            continue
        if key in ("state", "lastState"):
            word = one.value.split()[0].lower() if one.value else ""
            yield row(path, word, one.line)
            for child in one.children:
                last = {"started": "startedAt", "finished": "finishedAt"}.get(camel(child.key), camel(child.key))
                yield row(f"{path}.{word}.{last}", child.said, child.line)
        elif one.children and key in ("limits", "requests", "environment"):
            for child in one.children:
                last = child.key if key == "environment" else camel(child.key)
                yield row(f"{path}.{last}", child.said, child.line)
        else:
            yield row(path, one.said.replace("\n", " "), one.line)


def _template(node: Node, kind: str, name: str, where: dict[str, Any]) -> Iterator[Row]:
    containers = [one for one in node.children if camel(one.key) in ("containers", "initContainers")]
    for one in containers:
        for container in one.children:
            for leaf in container.children:
                path = _CONTAINER.get(camel(leaf.key))
                if path is None:
                    continue
                below = leaf.children or [leaf]
                for child in below:
                    last = path if child is leaf else f"{path}.{child.key}"
                    if child.said:
                        yield state(
                            kind, name, f"spec.template.{last}", child.said.replace("\n", " "), line=child.line,
                            **where, container=container.key,
                        )  # fmt: skip
    for one in node.children:
        if camel(one.key) in ("nodeSelectors", "serviceAccount") and one.said:
            path = _POD[camel(one.key)]
            yield state(kind, name, f"spec.template.{path}", one.said, line=one.line, **where)


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
        at = next((place for place, (_, text) in enumerate(texts) if _is_table(text)), None)
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


def table_of(node: Node) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of the rows of the table below a key."""
    texts = [(number, text) for number, text in node.texts if text.strip()]
    if not texts:
        return
    header = header_at(texts[0][1])
    for number, text in texts[1:]:
        if set(text.strip()) <= {"-", " "}:
            continue
        yield number, header.cells(text)
