"""JSON documents of objects: whatever the file is called, each object is known by what it holds.

A document is walked from its root; the first reader that knows an object takes it, and what nobody knows is opened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from workbench.errors import BadInput
from workbench.flow.telemetry.kube_event import is_event
from workbench.ingest.contents import open_stream
from workbench.ingest.files import Found
from workbench.ingest.readers import cloud_metrics, kube_objects, notices
from workbench.ingest.readers.parsed import Row
from workbench.ingest.shape import Shape
from workbench.semconv import Table
from workbench.signals.plain import Plain, flat, time_of

TABLES = (Table.LOGS, Table.METRICS, Table.EVENTS, Table.STATES)
_DEEPEST = 8
_LONGEST = 64 * 2**20
_MARKS = re.compile(
    r'"(metric_?data_?results|datapoints|top_?sql|metriclist|containerstatuses|involved_?object|overall_state)"\s*:',
    re.IGNORECASE,
)
"""What tells a document whose beginning alone was read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document an object stands."""

    key: str = ""
    whose: str = ""
    """The service or database that the objects around it are about."""
    observed: int = 0
    depth: int = 0


def rows(file: Found, shape: Shape) -> Iterator[Row]:
    """Yield the rows of a document.

    Raises:
        BadInput: the file is no JSON, or larger than can be held in memory.
    """
    with open_stream(file) as stream:
        content = stream.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        hint = "Export fewer objects at a time, or one object per line"
        raise BadInput(f"the document is larger than {_LONGEST // 2**20} MB", where=str(file.path), hint=hint)
    try:
        document = json.loads(content.decode("utf-8-sig", errors="replace"))
    except json.JSONDecodeError as error:
        hint = "The file may be cut off; export it again"
        raise BadInput(f"the file is no JSON: {error}", where=str(file.path), hint=hint) from error
    yield from walk(document)


def knows(text: str) -> bool:
    """Tell whether a text is a JSON document with an object that a reader knows.

    Plain records of logs are left to the reader of records: it keeps all of their columns.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        return bool(_MARKS.search(text))
    if isinstance(document, list):
        first = next((one for one in document if isinstance(one, dict)), None)
        return first is not None and not notices.is_log(Plain(first)) and _any_row(first)
    if not isinstance(document, dict) or notices.is_log(Plain(document)):
        return False
    return _any_row(document) or _is_empty_list(document)


def _any_row(document: Any) -> bool:
    return next(iter(walk(document)), None) is not None


def _is_empty_list(document: dict[str, Any]) -> bool:
    """Tell whether a document says that there is nothing of a kind: no event is news, too."""
    return 0 < len(document) <= 3 and all(isinstance(value, list) and not value for value in document.values())


def walk(document: Any) -> Iterator[Row]:
    """Yield the rows of all objects of a document that a reader knows, in its order."""
    for line, (node, place) in enumerate(_objects(document, Place()), start=1):
        yield from _read(node, place, line) or ()


def _objects(node: Any, place: Place) -> Iterator[tuple[Plain, Place]]:
    if place.depth > _DEEPEST:
        return
    if isinstance(node, list):
        for one in node:
            yield from _objects(one, replace(place, depth=place.depth + 1))
    elif isinstance(node, dict):
        plain = Plain(node)
        here = _place(plain, place)
        if _read(plain, here, 0) is not None:
            yield plain, here
            return
        for key, value in node.items():
            named = here.key if flat(str(key)) == "items" else str(key)
            yield from _objects(value, replace(here, key=named, depth=place.depth + 1))


def _place(node: Plain, place: Place) -> Place:
    whose = node.text("dbinstanceidentifier", "servicename", "clustername") or place.whose
    observed = time_of(node.get("observedat", "collectedat", "capturedat")) or place.observed
    kind = node.text("kind")
    key = kind.removesuffix("List") if kind.endswith("List") and node.has("items") else place.key
    return replace(place, whose=whose, observed=observed, key=key)


def _read(node: Plain, place: Place, line: int) -> Iterable[Row] | None:
    """Return the rows of an object; None when no reader knows it."""
    if is_event(node):
        return [kube_objects.event_row(node, line)]
    if notices.is_alert(node):
        return notices.alert_rows(node, line)
    if notices.is_monitor(node):
        return notices.monitor_rows(node, line)
    if cloud_metrics.is_series(node):
        return cloud_metrics.series_rows(node, line, place.whose)
    if cloud_metrics.is_statistics(node):
        return cloud_metrics.statistics_rows(node, line, place.whose)
    if cloud_metrics.is_insights(node):
        return cloud_metrics.insights_rows(node, line, place.whose)
    if notices.is_service_event(node):
        return [notices.service_event(node, line, place.whose)]
    if notices.is_text_log(node):
        return notices.text_log_rows(node, line)
    if notices.is_log(node):
        return [notices.log_row(node, line, place.whose)]
    kind = kube_objects.kind_of(node, place.key)
    if kind and not node.has("items"):
        return kube_objects.state_rows(node, kind, line, place.observed)
    return None
