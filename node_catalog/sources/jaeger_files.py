"""The node `sources.jaeger_files`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from workbench.flow.documents import DocumentSource
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath
from workbench.flow.listen.inbox import Item
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.jaeger import trace_rows
from workbench.semconv import Table


class JaegerFiles(Node):
    """Read spans from Jaeger JSON, as its query API answers and its UI saves: columns of the workspace table `spans`.

    A file is one document, or has one on each line. For example
    `curl "http://127.0.0.1:16686/api/traces?service=cart&limit=200" > traces.json`.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as traces/*.json; .gz is unpacked."""
    follow: bool = False
    """Go on reading while the files grow, until the run is stopped."""

    example: ClassVar[Example | None] = reads(
        {"path": "traces.json"},
        grid("trace_id span_name service_name start_time_unix_nano", ("aa", "GET /cart", "cart", 1767225600000001000)),
        {
            "traces.json": '{"data": [{"traceID": "aa", "spans": [{"traceID": "aa", "spanID": "b1", '
            '"operationName": "GET /cart", "startTime": 1767225600000001, "duration": 12500, "processID": "p1"}], '
            '"processes": {"p1": {"serviceName": "cart"}}}]}\n'
        },
    )

    @property
    def endless(self) -> bool:
        return self.follow

    def build(self, *, source: Source) -> Rows:
        return rows_of(JaegerFileReader(self.path, self.follow, source), columns_of(Table.SPANS))


class JaegerFileReader(DocumentSource):
    """Reads the documents."""

    def rows(self, document: Any) -> Iterable[Item]:
        """Return the spans of a document."""
        return trace_rows(document)
