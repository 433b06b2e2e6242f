"""Base of sinks that send over a plain socket: TCP with reconnecting, or UDP."""

from __future__ import annotations

import socket
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import Field

from workbench.errors import Unreachable
from workbench.flow.services import Sink
from workbench.flow.writing import Change, Writer, Writing


class Sending(Writing):
    """Settings of sinks that send over a plain socket. What is under way when a connection breaks may be lost."""

    # Nobody acknowledges what comes over a plain socket.
    delivery = "at-most-once"

    host: str = Field("127.0.0.1", min_length=1)
    """Name or address of the receiver."""
    port: int = Field(ge=1, le=65_535)
    """Its port."""
    transport: Literal["tcp", "udp"] = "tcp"
    """How to send."""
    timeout_s: float = Field(10.0, gt=0, le=600)
    """How long a connection and each batch may take."""

    def probe(self, *, secrets: Any) -> str:
        """Connect."""
        if self.transport == "udp":
            return f"udp://{self.host}:{self.port} gives no answer, so nothing can be said of it."
        with _connected(self):
            return f"tcp://{self.host}:{self.port} takes connections."


class SocketWriter(Writer):
    """Sends the bytes of rows: override `encode`. Rows that are taken back later stay sent."""

    node: Sending

    def __init__(self, node: Sending, sink: Sink) -> None:
        super().__init__(node, sink, f"{node.transport}://{node.host}:{node.port}")

    @abstractmethod
    def encode(self, row: Mapping[str, Any]) -> bytes:
        """Return what is sent for a row: a datagram, or a part of the stream."""

    @contextmanager
    def connect(self) -> Iterator[socket.socket]:
        """Connect."""
        with _connected(self.node) as opened:
            yield opened

    def arrange(self, changes: list[Change]) -> list[Change]:
        """Leave out rows that go: what was sent cannot be taken back."""
        return [change for change in changes if change.added]

    def write(self, connection: socket.socket, changes: Sequence[Change]) -> None:
        """Send some rows."""
        parts = [self.encode(change.values) for change in changes]
        try:
            if self.node.transport == "udp":
                for part in parts:
                    connection.send(part)
                return
            # A receiver that went away is noticed when it has closed, not only when it refuses the next bytes.
            connection.setblocking(False)
            try:
                if connection.recv(1024, socket.MSG_PEEK) == b"":
                    raise Unreachable(self.where, "the receiver has closed the connection")
            except BlockingIOError:
                pass
            connection.settimeout(self.node.timeout_s)
            connection.sendall(b"".join(parts))
        except OSError as error:
            raise Unreachable(self.where, error.strerror or str(error)) from error


@contextmanager
def _connected(node: Sending) -> Iterator[socket.socket]:
    where = f"{node.transport}://{node.host}:{node.port}"
    kind = socket.SOCK_DGRAM if node.transport == "udp" else socket.SOCK_STREAM
    try:
        family, _, _, _, address = socket.getaddrinfo(node.host, node.port, type=kind)[0]
        opened = socket.socket(family, kind)
    except OSError as error:
        raise Unreachable(where, error.strerror or str(error)) from error
    with opened:
        opened.settimeout(node.timeout_s)
        try:
            opened.connect(address)
        except OSError as error:
            raise Unreachable(where, error.strerror or str(error)) from error
        yield opened
