"""Kubernetes objects in JSON: as the API writes them (`kubectl get -o json`) and as tools shorten them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workbench.flow.telemetry.kube_event import event_values
from workbench.ingest.readers.parsed import Row
from workbench.semconv import Table
from workbench.signals.plain import Plain, flat, leaves, said
from workbench.signals.workloads import workload_of

_KINDS = {
    "pod": "pod", "node": "node", "deployment": "deployment", "statefulset": "statefulset", "daemonset": "daemonset",
    "replicaset": "replicaset", "job": "job", "cronjob": "cronjob", "horizontalpodautoscaler": "hpa", "hpa": "hpa",
    "persistentvolumeclaim": "pvc", "pvc": "pvc", "persistentvolume": "pv", "resourcequota": "quota",
    "quota": "quota", "ingress": "ingress", "endpoints": "endpoints", "networkpolicy": "networkpolicy",
    "poddisruptionbudget": "pdb", "certificate": "certificate", "configmap": "configmap", "nodegroup": "nodegroup",
}  # fmt: skip
_RENAMED = {
    "phase": "status.phase", "reason": "status.reason", "message": "status.message", "nodename": "spec.nodeName",
    "node": "spec.nodeName", "starttime": "status.startTime", "deletiontimestamp": "metadata.deletionTimestamp",
    "desired": "spec.replicas", "desiredreplicas": "spec.replicas", "replicas": "spec.replicas",
    "ready": "status.readyReplicas", "readyreplicas": "status.readyReplicas", "replicasready": "status.readyReplicas",
    "available": "status.availableReplicas", "availablereplicas": "status.availableReplicas",
    "unavailable": "status.unavailableReplicas", "unavailablereplicas": "status.unavailableReplicas",
    "updated": "status.updatedReplicas", "updatedreplicas": "status.updatedReplicas",
    "minreplicas": "spec.minReplicas", "maxreplicas": "spec.maxReplicas", "currentreplicas": "status.currentReplicas",
    "storageclass": "spec.storageClassName", "storageclassname": "spec.storageClassName",
    "volumename": "spec.volumeName",
    "status": "status.phase", "capacitycpu": "status.capacity.cpu", "capacitymemory": "status.capacity.memory",
    "capacitypods": "status.capacity.pods", "allocatablecpu": "status.allocatable.cpu",
    "allocatablememory": "status.allocatable.memory", "allocatablepods": "status.allocatable.pods",
    "unschedulable": "spec.unschedulable", "observedgeneration": "status.observedGeneration",
    "generation": "metadata.generation", "image": "spec.template.spec.containers.image",
}  # fmt: skip
_NODE_CONDITIONS = {
    "ready": "Ready", "memorypressure": "MemoryPressure", "diskpressure": "DiskPressure", "pidpressure": "PIDPressure",
    "networkunavailable": "NetworkUnavailable",
}  # fmt: skip
_CONTAINER_RENAMED = {
    "ready": "ready", "restartcount": "restartCount", "restarts": "restartCount", "image": "image",
    "imageid": "imageID", "started": "started",
}  # fmt: skip
_LEFT_OUT = ("managedFields", "uid", "resourceVersion", "selfLink")


def kind_of(node: Plain, key: str) -> str:
    """Return the kind of an object, from what it says or from the name of the list that it stands in; '' if none."""
    kind = node.text("kind")
    if kind and node.has("metadata"):
        return _KINDS.get(kind.lower(), kind.lower())
    word = flat(key)
    for singular in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("items")):
        if singular in _KINDS and (node.has("name") or node.has("metadata")):
            return _KINDS[singular]
    return ""


def event_row(node: Plain, line: int) -> Row:
    """Return an event as a row, dated when it was last seen."""
    return Row(Table.EVENTS, line, event_values(node), raw=said(dict(node.node)))


def state_rows(node: Plain, kind: str, line: int, observed: int) -> Iterator[Row]:
    """Yield what an object is like."""
    metadata = node.inner("metadata")
    name = metadata.text("name") or node.text("name")
    namespace = metadata.text("namespace") or node.text("namespace")
    service = _service(node, metadata, kind, name)

    def row(attribute: str, value: str, *, about: str = kind, object_name: str = name, more: Any = None) -> Row:
        return Row(
            Table.STATES,
            line,
            {
                "observed_unix_nano": observed,
                "object_kind": about,
                "object_name": object_name,
                "namespace": namespace,
                "service_name": service,
                "attribute": attribute,
                "value": value,
                "attributes": more or {},
            },
        )

    for attribute, value in _attributes(node, kind):
        yield row(attribute, value)
    host = node.inner("spec").text("nodename") or node.text("nodename", "node")
    for container, attribute, value in _containers(node):
        yield row(
            attribute, value, about="container", object_name=f"{name}/{container}", more={"pod": name, "node": host}
        )


def _service(node: Plain, metadata: Plain, kind: str, name: str) -> str:
    labels = metadata.inner("labels")
    labels = labels if labels.node else node.inner("labels")
    named = labels.text("appkubernetesioname", "app", "k8sapp", "servicename") if kind not in ("node", "pv") else ""
    if named:
        return named
    owners = metadata.each("ownerreferences")
    if kind == "pod" and owners:
        return workload_of(owners[0].text("name"))
    return workload_of(name) if kind in ("pod", "replicaset", "job") else name


def _attributes(node: Plain, kind: str) -> Iterator[tuple[str, str]]:
    for key, value in node.node.items():
        word = flat(str(key))
        if word in ("containers", "containerstatuses", "conditions", "kind", "apiversion", "name", "namespace"):
            continue
        if kind == "node" and word in _NODE_CONDITIONS and not isinstance(value, dict | list):
            yield f"status.conditions.{_NODE_CONDITIONS[word]}", _truth(value)
        elif word in _RENAMED and not isinstance(value, dict | list):
            yield _RENAMED[word], said(value)
        elif isinstance(value, dict):
            yield from _below(str(key), value)
        elif value is not None:
            yield from leaves(value, str(key))
    for source in (node, node.inner("status")):
        yield from _conditions(source)


def _below(key: str, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kept = {
        inner: one
        for inner, one in value.items()
        if inner not in (*_LEFT_OUT, "containers", "initContainers", "containerStatuses", "initContainerStatuses")
        and not (key == "status" and inner == "conditions")
    }
    yield from leaves(kept, key)


def _conditions(source: Plain) -> Iterator[tuple[str, str]]:
    for condition in source.each("conditions"):
        path = f"status.conditions.{condition.text('type')}"
        yield path, _truth(condition.get("status"))
        for part in ("reason", "message", "lasttransitiontime"):
            if text := condition.text(part):
                yield f"{path}.{'lastTransitionTime' if part == 'lasttransitiontime' else part}", text


def _truth(value: Any) -> str:
    text = said(value)
    return text.capitalize() if text.lower() in ("true", "false", "unknown") else text


def _containers(node: Plain) -> Iterator[tuple[str, str, str]]:
    """Yield container, attribute and value, of the specification and of the status."""
    for source in (node.inner("spec"), node.inner("spec").inner("template").inner("spec")):
        for container in [*source.each("containers"), *source.each("initcontainers")]:
            name = container.text("name")
            rest = {key: value for key, value in container.node.items() if key not in ("name", "env", "volumeMounts")}
            for path, value in leaves(rest, "spec.containers"):
                yield name, path, value
            for variable in container.each("env"):
                yield name, f"spec.containers.env.{variable.text('name')}", variable.text("value")
    status = node.inner("status")
    for container in [*status.each("containerstatuses", "initcontainerstatuses"), *node.each("containers")]:
        yield from _status(container)


def _status(container: Plain) -> Iterator[tuple[str, str, str]]:
    name, base = container.text("name"), "status.containerStatuses"
    for key, value in container.node.items():
        word = flat(str(key))
        if word in _CONTAINER_RENAMED and not isinstance(value, dict | list):
            yield name, f"{base}.{_CONTAINER_RENAMED[word]}", said(value)
        elif word in ("state", "laststate") and isinstance(value, dict):
            for path, text in _state(value):
                yield name, f"{base}.{'state' if word == 'state' else 'lastState'}{path}", text
        elif word in ("limits", "requests") and isinstance(value, dict):
            for path, text in leaves(value, f"spec.containers.resources.{word}"):
                yield name, path, text
        elif word == "resources":
            for path, text in leaves(value, "spec.containers.resources"):
                yield name, path, text


def _state(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a state's parts; tools write `{"waiting": true, "reason": ...}` for `{"waiting": {"reason": ...}}`."""
    plain = Plain(state)
    which = next((one for one in ("waiting", "terminated", "running") if plain.get(one)), "")
    if not which:
        return
    yield "", which
    inner = plain.get(which)
    source = inner if isinstance(inner, dict) else {key: one for key, one in state.items() if flat(str(key)) != which}
    for key, value in source.items():
        if not isinstance(value, dict | list) and value not in (None, ""):
            yield f".{which}.{_camel(str(key))}", said(value)


def _camel(key: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), key)
