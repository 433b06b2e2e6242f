"""A stream of PostgreSQL's logical replication over psycopg: begin at a place in the log, take messages, confirm."""

from __future__ import annotations

import select
import struct
import time
from collections import deque
from typing import Any

# Seconds between the first of January 1970, where Unix counts from, and 2000, where PostgreSQL does.
_EPOCH_S = 946_684_800
STATUS_S = 1.0
"""How often the server hears how far we are."""
LATE_S = 330.0
"""The server may forget what was read so long ago: by then the run has kept how far it is, or its sinks have failed."""
SOON_S = 3.0
"""The same for a server that shuts down: it waits for us, so it must not wait long."""


class ReplicationStream:
    """Messages of one slot. The connection was made with `replication=database` and is in autocommit mode."""

    def __init__(self, connection: Any, slot: str, publication: str, start: int) -> None:
        from psycopg import pq

        self._raw = connection.pgconn
        self._reached: deque[tuple[float, int]] = deque()
        self._received = self._confirmed = start
        self._told = 0.0
        self._late = LATE_S
        self._in_transaction = False
        command = (
            f"START_REPLICATION SLOT {_identifier(slot)} LOGICAL {as_lsn(start)} "
            f"(proto_version '1', publication_names {_literal(_identifier(publication))})"
        )
        answer = self._raw.exec_(command.encode())
        if answer.status != pq.ExecStatus.COPY_BOTH:
            from psycopg.errors import OperationalError, error_from_result

            raise error_from_result(answer) if answer.error_message else OperationalError("replication did not begin")

    def next(self, wait_s: float) -> bytes | None:
        """Return the next message of the plug-in, or None when none came in time; raises errors of psycopg."""
        from psycopg.errors import OperationalError

        deadline = time.monotonic() + wait_s
        while True:
            self._tell()
            size, message = self._raw.get_copy_data(1)
            if size > 0:
                found = self._taken(bytes(message))
                if found is not None:
                    return found
                continue
            if size < 0:
                raise OperationalError(f"the server ended the replication: {self._raw.error_message.decode()}")
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            select.select([self._raw.socket], [], [], min(left, STATUS_S))
            self._raw.consume_input()

    def reached(self, lsn: int) -> None:
        """Say how far everything is read; the server keeps what comes after it, and what is younger than `LATE_S`."""
        if not self._reached or time.monotonic() - self._reached[-1][0] > STATUS_S:
            self._reached.append((time.monotonic(), lsn))

    def _taken(self, message: bytes) -> bytes | None:
        self._received = max(self._received, struct.unpack_from("!Q", message, 1)[0])
        if message[:1] == b"w":
            self._in_transaction = message[25:26] == b"B" or (self._in_transaction and message[25:26] != b"C")
            return message[25:]
        if not self._in_transaction:
            # There was nothing for us up to here. Or the server would keep the log of all its other tables for us.
            self.reached(self._received)
        if message[17]:
            # It hears from us every second, so it asks only when it shuts down and waits until all is confirmed.
            self._late, self._told = SOON_S, 0.0
        return None

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told < STATUS_S:
            return
        self._told = now
        while self._reached and now - self._reached[0][0] > self._late:
            self._confirmed = self._reached.popleft()[1]
        stamp = int((time.time() - _EPOCH_S) * 1_000_000)
        status = struct.pack("!cQQQqB", b"r", self._received, self._confirmed, self._confirmed, stamp, 0)
        self._raw.put_copy_data(status)
        self._raw.flush()


def as_lsn(place: int) -> str:
    """Return a place in the log as PostgreSQL writes it, such as 0/16B3748."""
    return f"{place >> 32:X}/{place & 0xFFFFFFFF:X}"


def from_lsn(text: str) -> int:
    """Return a place in the log as a number."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
