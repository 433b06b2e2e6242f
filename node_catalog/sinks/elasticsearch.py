"""The node `sinks.elasticsearch`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.naming import record_outside
from workbench.flow.outside import as_json, as_text
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing, latest, latest_rows, write_rows


class Elasticsearch(Writing, HttpServer):
    """Write rows as documents into an index of Elasticsearch or OpenSearch.

    A document's id is made of the key, or without a key of the row itself, so that what is written again after a crash
    replaces itself. A row that is taken back is deleted.
    """

    tested = "wire protocol"

    index: str = Field(min_length=1, pattern=r"^[^A-Z\\/*?\"<>| ,#]+$")
    """Index or data stream to write to; it is made when it is not there, if the server does that."""
    key: list[Column] = []
    """Columns that tell documents apart."""

    example: ClassVar[Example | None] = asks({"url": "http://127.0.0.1:9200", "index": "errors", "key": ["service"]})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, ElasticsearchWriter(self, sink, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask the server for its version."""
        with self.connected(secrets, "ApiKey") as connection:
            version = connection.request("GET", "/").json().get("version", {})
            return f"{self.where}: {version.get('distribution', 'elasticsearch')} {version.get('number', '')}"


class ElasticsearchWriter(Writer):
    """Writes batches with the bulk API."""

    def __init__(self, node: Elasticsearch, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, f"{node.where}/{node.index}")
        self.server, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[HttpConnection]:
        """Open a client."""
        return self.server.connected(self.secrets, "ApiKey")

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each document."""
        return latest(changes, self.server.key) if self.server.key else latest_rows(changes)

    def write(self, connection: HttpConnection, changes: Sequence[Change]) -> None:
        """Send a batch; the server answers for each document."""
        lines: list[str] = []
        for change in changes:
            action = "index" if change.added else "delete"
            lines.append(json.dumps({action: {"_index": self.server.index, "_id": self._id(change)}}))
            if change.added:
                lines.append(as_json(record_outside(change.values)))
        headers = {"Content-Type": "application/x-ndjson"}
        answer = connection.request("POST", "/_bulk", content="\n".join(lines) + "\n", headers=headers).json()
        for item in answer["items"] if answer.get("errors") else ():
            (result,) = item.values()
            if "error" not in result:
                continue
            said = f"{result['error'].get('type', '')}: {result['error'].get('reason', '')}"
            if result["status"] in (429, 502, 503):
                raise Unreachable(self.where, said)
            if result["status"] in (401, 403, 404):
                raise SystemUnfit(self.where, said)
            raise BadInput(said, where=self.where)

    def _id(self, change: Change) -> str:
        if not self.server.key:
            return str(change.key)
        return as_text([change.values[name] for name in self.server.key])[1:-1]
