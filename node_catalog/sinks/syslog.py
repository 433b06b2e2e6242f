"""The node `sinks.syslog`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.rows import Rows
from workbench.flow.sending import Sending, SocketWriter
from workbench.flow.services import Sink
from workbench.flow.telemetry.columns import need_columns
from workbench.flow.telemetry.syslog import FACILITIES
from workbench.flow.writing import write_rows

# The lowest severity number of each syslog level, worst first.
_LEVELS = ((24, 0), (21, 2), (17, 3), (13, 4), (10, 5), (9, 6))
_NO_NAME = re.compile(r"[^!-~]")
UDP_BYTES = 65_000


class Syslog(Sending):
    """Send log rows as syslog messages (RFC 5424) over TCP, counted (RFC 6587) or one per line, or over UDP.

    Needs the columns time_unix_nano and the message; host_name, service_name (the program) and severity_number are
    used where they are.
    """

    tested = "real server"

    port: int = Field(514, ge=1, le=65_535)
    """Its port."""
    column: Column = "body"
    """Column with the message."""
    facility: Literal[FACILITIES] = "user"  # type: ignore[valid-type]
    """Facility of all messages."""
    framing: Literal["counted", "lines"] = "counted"
    """How messages are told apart over TCP; with lines, line ends in messages become blanks."""

    example: ClassVar[Example | None] = asks({"host": "127.0.0.1", "port": 514})

    def build(self, rows: Rows, *, sink: Sink) -> None:
        need_columns(rows, time_unix_nano=int, **{self.column: str})
        write_rows(rows, SyslogWriter(self, sink))


class SyslogWriter(SocketWriter):
    """Sends messages."""

    node: Syslog

    def encode(self, row: Mapping[str, Any]) -> bytes:
        """Return a message."""
        message = message_of(row, self.node.column, FACILITIES.index(self.node.facility))
        if self.node.transport == "udp":
            return message[:UDP_BYTES]
        if self.node.framing == "counted":
            return b"%d %b" % (len(message), message)
        return message.replace(b"\n", b" ") + b"\n"


def message_of(row: Mapping[str, Any], column: str, facility: int) -> bytes:
    """Return a row as a message of RFC 5424."""
    number = int(row.get("severity_number") or 9)
    level = next((level for least, level in _LEVELS if number >= least), 7)
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row["time_unix_nano"] // 1000)
    host, program = (_name(row.get(name), size) for name, size in (("host_name", 255), ("service_name", 48)))
    head = f"<{facility * 8 + level}>1 {time.isoformat().replace('+00:00', 'Z')} {host} {program} - - - "
    return head.encode() + str(row[column]).encode()


def _name(text: Any, size: int) -> str:
    return _NO_NAME.sub("_", str(text or ""))[:size] or "-"
