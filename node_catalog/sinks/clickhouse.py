"""The node `sinks.clickhouse`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from workbench.errors import BadInput, SystemUnfit
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.naming import outside
from workbench.flow.outside import as_text
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sql import Dialect
from workbench.flow.writing import Change, Writer, Writing, latest, write_rows

CLICKHOUSE = Dialect(
    types={
        "str": "String",
        "int": "Int64",
        "float": "Float64",
        "bool": "Bool",
        "Json": "String",
        "DateTimeUtc": "DateTime64(6, 'UTC')",
        "DateTimeNaive": "DateTime64(6, 'UTC')",
        "Duration": "Float64",
        "Pointer": "String",
    },
    upsert=lambda dialect, table, columns, key: dialect.insert(table, columns),
    fate=lambda error: None,
    quotes=("`", "`"),
    mark="?",
)
# Codes of errors that no other row would do better with: no such table, column, right, database.
_UNFIT = ("60", "16", "497", "81", "47", "516", "192", "36", "62")


class Clickhouse(Writing, HttpServer):
    """Write rows to a table of ClickHouse, over HTTP (port 8123).

    With a key the table is a ReplacingMergeTree with the columns `_version` and `_deleted`: SELECT ... FINAL shows the
    present rows, and what is written again after a crash replaces itself. Without a key rows are appended.
    """

    tested = "real library"

    database: str = Field("default", min_length=1)
    """Database of the table."""
    table: str = Field(min_length=1)
    """Table to write to."""
    key: list[Column] = []
    """Columns that tell rows apart."""
    create: bool = True
    """Make the table when it is not there."""

    example: ClassVar[Example | None] = asks({"url": "http://127.0.0.1:8123", "table": "errors", "key": ["service"]})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        types = {name: _type(name, hint, name in self.key) for name, hint in rows.typehints().items()}
        write_rows(rows, ClickhouseWriter(self, sink, secrets, types))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask the server for its version."""
        with self.connected(secrets) as connection:
            version = connection.request("POST", "/", content="SELECT version()").text.strip()
            return f"{self.where}: ClickHouse {version}"


class ClickhouseWriter(Writer):
    """Inserts batches as JSON lines."""

    def __init__(self, node: Clickhouse, sink: Sink, secrets: Secrets, types: dict[str, str]) -> None:
        super().__init__(node, sink, f"{node.where}/{node.database}/{node.table}")
        self.server, self.secrets, self.types = node, secrets, types
        self.table = f"{CLICKHOUSE.quoted(node.database)}.{CLICKHOUSE.quoted(node.table)}"

    def connect(self) -> AbstractContextManager[HttpConnection]:
        """Open a client."""
        return self.server.connected(self.secrets)

    def prepare(self, connection: HttpConnection) -> None:
        """Make the table when it is not there."""
        if not self.server.create:
            return
        columns = [f"{CLICKHOUSE.column(name)} {kind}" for name, kind in self.types.items()]
        engine = "MergeTree ORDER BY tuple()"
        if self.server.key:
            columns += ["_version UInt64", "_deleted UInt8"]
            engine = f"ReplacingMergeTree(_version, _deleted) ORDER BY ({CLICKHOUSE.names(self.server.key)})"
        self._send(connection, f"CREATE TABLE IF NOT EXISTS {self.table} ({', '.join(columns)}) ENGINE = {engine}")

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each row, or those that came."""
        return latest(changes, self.server.key) if self.server.key else [one for one in changes if one.added]

    def write(self, connection: HttpConnection, changes: Sequence[Change]) -> None:
        """Insert a batch, whole or not at all."""
        version = time.time_ns()
        names = [*self.types, *(("_version", "_deleted") if self.server.key else ())]
        lines = []
        for change in changes:
            extra = {"_version": version, "_deleted": int(not change.added)} if self.server.key else {}
            lines.append(as_text({outside(name): _value(value) for name, value in change.values.items()} | extra))
        sql = f"INSERT INTO {self.table} ({CLICKHOUSE.names(names)}) FORMAT JSONEachRow\n"
        self._send(connection, sql + "\n".join(lines))

    def _send(self, connection: HttpConnection, text: str) -> None:
        try:
            connection.request("POST", "/", content=text.encode(), params={"date_time_input_format": "best_effort"})
        except (BadInput, SystemUnfit) as error:
            said = str(error)
            if isinstance(error, SystemUnfit) or any(f"Code: {code}." in said for code in _UNFIT):
                raise SystemUnfit(self.where, said.removeprefix(f"{connection.where}: ")) from error
            raise


def _type(name: str, hint: Any, in_key: bool) -> str:
    kind = CLICKHOUSE.type_of(hint)
    return kind if in_key or "None" not in str(hint) else f"Nullable({kind})"


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S.%f")
        case timedelta():
            return value.total_seconds()
        case dict() | list():
            return as_text(value)
    return value
