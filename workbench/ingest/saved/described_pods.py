"""Reads what `kubectl describe` says of a pod's containers, and of the template that a workload makes pods from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.ingest.saved.indented import Node
from workbench.ingest.saved.names import camel
from workbench.ingest.saved.rows import Row, state

# What describe prints, and where the API keeps it.
POD = {
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


def container(node: Node, pod: str, host: str, where: dict[str, Any], *, init: bool) -> Iterator[Row]:
    """Yield what is said of one container, as attributes of `pod/container`."""
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


def template(node: Node, kind: str, name: str, where: dict[str, Any]) -> Iterator[Row]:
    """Yield what a workload gives the pods that it makes, under `spec.template`."""
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
            path = POD[camel(one.key)]
            yield state(kind, name, f"spec.template.{path}", one.said, line=one.line, **where)
