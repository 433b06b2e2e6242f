"""The node `sinks.logstash`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.naming import record_outside
from workbench.flow.outside import as_json
from workbench.flow.rows import Rows
from workbench.flow.sending import Sending, SocketWriter
from workbench.flow.services import Sink
from workbench.flow.writing import write_rows


class Logstash(Sending):
    """Send rows as JSON lines over TCP or UDP to Logstash, Vector, Fluent Bit or Filebeat.

    For `input { tcp { port => 5000 codec => json_lines } }`. A column time_unix_nano becomes `@timestamp` as well. For
    Logstash's http input take `sinks.http`.
    """

    tested = "wire protocol"

    port: int = Field(5000, ge=1, le=65_535)
    """Its port."""
    fields: dict[str, str] = {}
    """Fields that every row gets, such as type: causeway."""

    example: ClassVar[Example | None] = asks({"host": "127.0.0.1", "port": 5000})

    def build(self, rows: Rows, *, sink: Sink) -> None:
        write_rows(rows, LogstashWriter(self, sink))


class LogstashWriter(SocketWriter):
    """Sends JSON lines."""

    node: Logstash

    def encode(self, row: Mapping[str, Any]) -> bytes:
        """Return a line."""
        found = {**self.node.fields, **json.loads(as_json(record_outside(row)))}
        if isinstance(row.get("time_unix_nano"), int):
            time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row["time_unix_nano"] // 1000)
            found.setdefault("@timestamp", time.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        return json.dumps(found, ensure_ascii=False).encode() + b"\n"
