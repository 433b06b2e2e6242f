"""The node `detectors.incident_opener`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.through import through
from workbench.semconv import NANOS_PER_SECOND

COLUMNS = ("time_unix_nano", "service_name", "kind", "score", "summary")


class IncidentOpener(Node):
    """Pick the anomalies that shall open an incident: strong ones, and one per service and kind for a while.

    Puts out events: time_unix_nano, event_name `incident.open`, service_name, summary, attributes (kind, score,
    fingerprint). Stored in the table `events` of the workspace they open incidents, with the anomalies of the same
    service and kind that are stored too.
    """

    delivery = "at-least-once"

    threshold: float = Field(0.75, ge=0, le=1)
    """Smallest score that opens an incident; 0.75 is worth a page."""
    grouping_s: float = Field(300.0, ge=0)
    """Anomalies of one service and kind closer than this belong to the incident that is open already."""

    def build(self, rows: Rows, *, source: Source) -> Rows:
        events = {"time_unix_nano": int, "event_name": str, "service_name": str, "summary": str, "attributes": str}
        memory = OpenIncidents(self.threshold, self.grouping_s)
        return through(rows.select(**{name: rows[name] for name in COLUMNS}), memory.step, events, source)


class OpenIncidents:
    """When each service and kind was last seen in trouble."""

    def __init__(self, threshold: float, grouping_s: float) -> None:
        self._threshold, self._near = threshold, round(grouping_s * NANOS_PER_SECOND)
        self._seen: dict[str, int] = {}

    def step(self, batch: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Give an event for each anomaly that has no open incident."""
        for time_unix_nano, service, kind, score, summary in batch:
            if score < self._threshold:
                continue
            fingerprint = f"{service}/{kind}"
            before = self._seen.get(fingerprint)
            self._seen[fingerprint] = time_unix_nano
            if before is None or time_unix_nano - before > self._near:
                said = json.dumps({"fingerprint": fingerprint, "kind": kind, "score": round(score, 3)})
                yield time_unix_nano, "incident.open", service, summary, said
