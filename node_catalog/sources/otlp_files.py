"""The node `sources.otlp_files`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from node_catalog.sources.otlp_receiver import READERS
from workbench.flow.documents import DocumentSource
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath
from workbench.flow.listen.inbox import Item
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.otlp import LOG_COLUMNS
from workbench.flow.telemetry.otlp_json import KEYS, fill
from workbench.semconv import Table


class OtlpFiles(Node):
    """Read logs, spans or metrics from OTLP JSON, as the file exporter of an OpenTelemetry collector writes it.

    Columns are those of `sources.otlp_receiver`. A file may hold all three; those of another kind are passed over.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as telemetry/*.json; .gz is unpacked."""
    signal: Literal["logs", "spans", "metrics"] = "logs"
    """What to read."""
    follow: bool = False
    """Go on reading while the files grow, until the run is stopped."""

    example: ClassVar[Example | None] = reads(
        {"path": "logs.json"},
        grid("time_unix_nano service_name severity_number body", (1767225600000000000, "cart", 17, "out of memory")),
        {
            "logs.json": '{"resourceLogs": [{"resource": {"attributes": [{"key": "service.name", '
            '"value": {"stringValue": "cart"}}]}, "scopeLogs": [{"logRecords": [{"timeUnixNano": '
            '"1767225600000000000", "severityNumber": 17, "body": {"stringValue": "out of memory"}}]}]}]}\n'
        },
    )

    @property
    def endless(self) -> bool:
        return self.follow

    def build(self, *, source: Source) -> Rows:
        columns = LOG_COLUMNS if self.signal == "logs" else columns_of(Table(self.signal))
        return rows_of(OtlpFileReader(self.signal, self.path, self.follow, source), columns)


class OtlpFileReader(DocumentSource):
    """Reads the documents."""

    def __init__(self, signal: str, path: str, follow: bool, source: Source) -> None:
        super().__init__(path, follow, source)
        self.signal = signal

    def rows(self, document: Any) -> Iterable[Item]:
        """Return the rows of a batch."""
        kinds = {KEYS[key] for key in document if key in KEYS} if isinstance(document, dict) else set()
        if not kinds:
            raise ValueError("no OTLP: there is neither resourceLogs nor resourceSpans nor resourceMetrics")
        if self.signal not in kinds:
            return ()
        return READERS[self.signal](fill(self.signal, document))
