"""The node `sinks.loki_push`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.telemetry.columns import need_columns
from workbench.flow.web import WebWriter, WebWriting
from workbench.flow.writing import write_rows

LABELS = {"service_name": "service_name", "host_name": "host", "severity_text": "level"}


class LokiPush(WebWriting):
    """Push log rows to Loki: a stream for each combination of service, host and level.

    Trace and span ids go along as structured metadata. For Loki with tenants set the header X-Scope-OrgID.
    """

    tested = "wire protocol"

    url: str = Field("http://127.0.0.1:3100", pattern=r"^https?://[^\s/?#]+")
    """Address of Loki, without /loki/api."""
    column: Column = "body"
    """Column with the line."""
    labels: dict[str, str] = {}
    """Labels that every stream gets, such as env: test."""
    label_columns: list[Column] = []
    """More columns that become labels; those with many values make Loki slow."""

    example: ClassVar[Example | None] = asks({"url": "http://127.0.0.1:3100", "labels": {"env": "test"}})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        need_columns(rows, time_unix_nano=int, **{self.column: str})
        write_rows(rows, LokiWriter(self, sink, secrets, "/loki/api/v1/push"))


class LokiWriter(WebWriter):
    """Pushes streams."""

    web: LokiPush

    def body(self, rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return a push request; lines of a stream go in the order of time."""
        streams: dict[str, list[list[Any]]] = {}
        for row in sorted(rows, key=lambda row: int(row["time_unix_nano"])):
            named = {label: str(row[column]) for column, label in self._columns() if row.get(column) not in (None, "")}
            labels = {"service_name": "unknown", **self.web.labels, **named}
            metadata = {name: row[name] for name in ("trace_id", "span_id") if row.get(name)}
            entry = [str(row["time_unix_nano"]), row[self.web.column], *([metadata] if metadata else [])]
            streams.setdefault(json.dumps(labels, sort_keys=True), []).append(entry)
        listed = [{"stream": json.loads(labels), "values": values} for labels, values in streams.items()]
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return gzip.compress(json.dumps({"streams": listed}).encode(), 5), headers

    def _columns(self) -> list[tuple[str, str]]:
        return [*LABELS.items(), *((name, name) for name in self.web.label_columns)]
