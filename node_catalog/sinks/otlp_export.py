"""The node `sinks.otlp_export`."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.telemetry.columns import need_columns
from workbench.flow.telemetry.otlp_build import export_request
from workbench.flow.web import WebWriter, WebWriting
from workbench.flow.writing import write_rows

PATHS = {"logs": "/v1/logs", "spans": "/v1/traces", "metrics": "/v1/metrics"}
NEEDED: dict[str, dict[str, type]] = {
    "logs": {"time_unix_nano": int},
    "spans": {"start_time_unix_nano": int, "trace_id": str, "span_id": str},
    "metrics": {"time_unix_nano": int, "metric_name": str, "value": float},
}


class OtlpExport(WebWriting):
    """Send logs, spans or metrics over OTLP (HTTP, protobuf) to a collector or to what speaks like one.

    Columns are those of the workspace table of the same name; those that are missing stay empty. Metrics become
    gauges, with the statistic as the end of their name.
    """

    tested = "wire protocol"

    url: str = Field("http://127.0.0.1:4318", pattern=r"^https?://[^\s/?#]+")
    """Address of the receiver, without /v1."""
    signal: Literal["logs", "spans", "metrics"] = "logs"
    """What the rows are."""

    example: ClassVar[Example | None] = asks({"url": "http://127.0.0.1:4318", "signal": "logs"})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        need_columns(rows, **NEEDED[self.signal])
        write_rows(rows, OtlpWriter(self, sink, secrets, PATHS[self.signal]))


class OtlpWriter(WebWriter):
    """Sends export requests."""

    web: OtlpExport

    def body(self, rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return an export request."""
        try:
            request = export_request(self.web.signal, rows)
        except ValueError as error:
            raise BadInput(str(error), where=self.where) from error
        headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        return gzip.compress(request.SerializeToString(), 5), headers
