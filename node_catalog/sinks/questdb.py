"""The node `sinks.questdb`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.outside import as_text
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing, write_rows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Questdb(Writing, HttpServer):
    """Append rows to a table of QuestDB, by its line protocol over HTTP (port 9000).

    Rows that are taken back stay, because QuestDB deletes none. It makes the table by itself. What is written again
    after a crash comes twice, unless the table has deduplication keys.
    """

    tested = "wire protocol"

    table: str = Field(min_length=1, pattern=r"^[^?.,'\"\\/:()+\-*%~\r\n\x00-\x1f]+$")
    """Table to write to."""
    symbols: list[Column] = []
    """Text columns with few different values, such as names of services; QuestDB indexes them."""
    time_column: Column | None = None
    """Column of nanoseconds or of times that becomes the designated timestamp; without it the server's clock is."""

    example: ClassVar[Example | None] = asks({"url": "http://127.0.0.1:9000", "table": "errors"})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, QuestdbWriter(self, sink, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask the server for its version."""
        with self.connected(secrets) as connection:
            answer = connection.request("GET", "/exec", params={"query": "SELECT build()"}).json()
            return f"{self.where}: {answer['dataset'][0][0]}"


class QuestdbWriter(Writer):
    """Sends batches of lines; the server takes a batch whole or not at all."""

    def __init__(self, node: Questdb, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, f"{node.where}/{node.table}")
        self.server, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[HttpConnection]:
        """Open a client."""
        return self.server.connected(self.secrets)

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the rows that came."""
        return [change for change in changes if change.added]

    def write(self, connection: HttpConnection, changes: Sequence[Change]) -> None:
        """Send a batch."""
        text = "\n".join(line_of(self.server, change.values) for change in changes) + "\n"
        connection.request("POST", "/write", params={"precision": "n"}, content=text.encode())


def line_of(node: Questdb, row: dict[str, Any]) -> str:
    """Return a row as a line of the protocol: table, symbols, columns, nanoseconds; empty values are left out."""
    present = {name: value for name, value in row.items() if value is not None}
    symbols = "".join(f",{_name(name)}={_symbol(present[name])}" for name in node.symbols if name in present)
    rest = [name for name in present if name not in node.symbols and name != node.time_column]
    fields = ",".join(f"{_name(name)}={_field(present[name])}" for name in rest)
    time = f" {_nanoseconds(present[node.time_column])}" if node.time_column in present else ""
    return f"{_name(node.table)}{symbols} {fields}{time}" if fields else f"{_name(node.table)}{symbols}{time}"


def _name(text: str) -> str:
    return "".join(f"\\{sign}" if sign in ' ,="\\' else sign for sign in text)


def _symbol(value: Any) -> str:
    return _name(str(value)).replace("\n", "\\\n")


def _field(value: Any) -> str:
    match value:
        case bool():
            return "t" if value else "f"
        case int():
            return f"{value}i"
        case float():
            return repr(value)
        case datetime():
            return f"{_nanoseconds(value) // 1000}t"
        case timedelta():
            return repr(value.total_seconds())
        case bytes():
            text = value.hex()
        case str():
            text = value
        case _:
            text = as_text(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\\n") + '"'


def _nanoseconds(value: Any) -> int:
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (zoned - _EPOCH) // _MICROSECOND * 1000
    return int(value)
