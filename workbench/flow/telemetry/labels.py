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


def split_labels(labels: Mapping[str, str], *columns: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of some columns ('' when no label has it), and the labels that belong to none of them."""
    found = {column: next((labels[label] for label in LABELS[column] if labels.get(label)), "") for column in columns}
    known = {label for column in columns for label in LABELS[column]}
    return found, {name: value for name, value in labels.items() if name not in known}
