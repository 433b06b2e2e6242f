"""The node `sources.kubernetes_events`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from workbench.flow.documents import DocumentSource
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath
from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of, json_text, row_of
from workbench.flow.telemetry.kube_event import event_values, is_event
from workbench.semconv import Table
from workbench.signals.plain import Plain


class KubernetesEvents(Node):
    """Read events of Kubernetes from files that kubectl writes: columns of the workspace table `events`.

    `kubectl get events -A -o json > events.json` for once; with `follow`, the file may go on growing:
    `kubectl get events -A -o json --watch >> events.json`. Objects of other kinds in the files are passed over.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as events/*.json; .gz is unpacked."""
    follow: bool = False
    """Go on reading while the files grow, until the run is stopped."""

    example: ClassVar[Example | None] = reads(
        {"path": "events.json"},
        grid("event_name summary", ("BackOff", "Back-off restarting failed container")),
        {
            "events.json": '{"kind": "Event", "apiVersion": "v1", "reason": "BackOff", "type": "Warning", '
            '"message": "Back-off restarting failed container", "lastTimestamp": "2026-01-01T00:00:00Z", '
            '"involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"}}\n'
        },
    )

    @property
    def endless(self) -> bool:
        return self.follow

    def build(self, *, source: Source) -> Rows:
        return rows_of(KubernetesEventReader(self.path, self.follow, source), columns_of(Table.EVENTS))


class KubernetesEventReader(DocumentSource):
    """Reads lists of events, events, and what a watch says about them."""

    def rows(self, document: Any) -> Iterable[Item]:
        """Return the rows of a document."""
        if not isinstance(document, dict | list):
            raise ValueError("no object of Kubernetes")
        return (_item(node) for node in _objects(document) if is_event(Plain(node)))


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        for one in document:
            yield from _objects(one)
    elif isinstance(document, dict):
        if isinstance(document.get("items"), list):
            yield from _objects(document["items"])
        elif isinstance(document.get("object"), dict):
            yield document["object"]
        else:
            yield document


def _item(node: dict[str, Any]) -> Item:
    values = event_values(Plain(node))
    try:
        return row_of(Table.EVENTS, values | {"time_unix_nano": values["time_unix_nano"] or 0})
    except ValueError as error:
        return Rejected(str(error), json_text(node)[:2000])
