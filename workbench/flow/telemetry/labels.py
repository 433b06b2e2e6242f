"""Labels of Prometheus, Loki and alerts as columns: which label names the service, the pod, the host."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: dict[str, tuple[str, ...]] = {
    "service_name": ("service_name", "service", "app", "application", "container", "deployment", "job"),
    "service_instance_id": ("service_instance_id", "pod", "instance"),
    "host_name": ("host_name", "node", "host", "hostname", "nodename"),
    "peer_service_name": ("peer_service", "destination_service", "upstream", "server"),
    "unit": ("unit",),
}
"""Labels that become columns, best first; the others go into `attributes`."""


HOST_METRICS = ("node_", "windows_")
"""How names of metrics begin that an exporter tells of a whole machine. Its job is no service: the machine is meant."""


def machine_of(labels: Mapping[str, str]) -> str:
    """Return the machine that a series of such an exporter is about; '' for any other series."""
    if not labels.get("__name__", "").startswith(HOST_METRICS):
        return ""
    if any(labels.get(label) for label in LABELS["service_name"] if label != "job"):
        return ""
    named = next((labels[label] for label in LABELS["host_name"] if labels.get(label)), "")
    return named or labels.get("instance", "").rpartition(":")[0] or labels.get("instance", "")


def split_labels(labels: Mapping[str, str], *columns: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of some columns ('' when no label has it), and the labels that belong to none of them."""
    found = {column: next((labels[label] for label in LABELS[column] if labels.get(label)), "") for column in columns}
    if machine := machine_of(labels):
        found |= {column: machine for column in ("service_name", "host_name") if column in columns}
    known = {label for column in columns for label in LABELS[column]}
    return found, {name: value for name, value in labels.items() if name not in known}
