"""The node `sinks.http`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from workbench.flow.example import Example, asks
from workbench.flow.naming import record_outside
from workbench.flow.outside import as_json
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.shaping import known_columns, shaped
from workbench.flow.web import WebWriter, WebWriting
from workbench.flow.writing import write_rows


class Http(WebWriting):
    """Send rows as JSON to any address: one request for each row, or for each batch of rows.

    Without `body` a row is sent as it is. `body` is a JSON object in which texts may name columns: a text that is just
    `${score}` becomes the value, in `"${service_name}: ${summary}"` the values are put in as text. Rows that are taken
    back later stay sent. A request that is refused (400) makes a rejected row; 429 and 5xx are tried again.
    """

    tested = "wire protocol"

    per: Literal["row", "batch"] = "row"
    """A request for each row, or one with a list of rows."""
    method: Literal["POST", "PUT"] = "POST"
    """How to send."""
    body: dict[str, Any] | None = None
    """What to send for a row; empty sends all columns."""

    example: ClassVar[Example | None] = asks(
        {
            "url": "https://hooks.example.org/in",
            "token": "${secret:hook_http_token}",
            "body": {"title": "${service_name}: ${summary}", "score": "${score}"},
        }
    )

    @model_validator(mode="after")
    def _rows_for_a_batch(self) -> Http:
        if self.per == "row" and "batch_rows" in self.model_fields_set:
            raise ValueError("batch_rows is for per 'batch'; with per 'row' each request has one row")
        return self

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        known_columns(self.body, rows)
        write_rows(rows, HttpWriter(self, sink, secrets))


class HttpWriter(WebWriter):
    """Sends JSON."""

    web: Http

    def __init__(self, node: Http, sink: Sink, secrets: Secrets) -> None:
        one = node if node.per == "batch" else node.model_copy(update={"batch_rows": 1})
        super().__init__(one, sink, secrets)
        self.method = node.method

    def body(self, rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return the JSON of one row, or of a list."""
        shape = self.web.body
        listed = [
            json.loads(as_json(record_outside(row))) if shape is None else shaped(shape, json.loads(as_json(row)))
            for row in rows
        ]
        found = listed if self.web.per == "batch" else listed[0]
        return json.dumps(found, ensure_ascii=False).encode(), {"Content-Type": "application/json"}
