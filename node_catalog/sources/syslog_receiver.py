"""The node `sources.syslog_receiver`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from workbench.flow.addresses import Address
from workbench.flow.example import Example, grid, receives
from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.listen.receiver import Receiver
from workbench.flow.listen.settings import SPREAD, TAKES, is_loopback, try_port
from workbench.flow.listen.sockets import Sockets, networks_of
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.syslog import Frames, syslog_row
from workbench.semconv import Table


class SyslogReceiver(Node):
    """Receive syslog messages over UDP and TCP: RFC 5424 and the older RFC 3164, counted or one per line.

    Columns are those of the workspace table `logs`: the program is `service_name`, facility, process and structured
    data stand in `attributes`. Over TCP senders wait when the flow is busy; over UDP messages are then lost and
    counted as rejected. For rsyslog: `*.* @@127.0.0.1:5514;RSYSLOG_SyslogProtocol23Format`.
    """

    delivery = "at-most-once"
    tested = "real client"
    listens = True

    host: str = "127.0.0.1"
    """Address to listen on. One that other machines can reach needs `allow_from`, since syslog knows no token."""
    port: int = Field(5514, ge=1, le=65_535)
    """Port for both."""
    transports: list[Literal["udp", "tcp"]] = Field(["udp", "tcp"], min_length=1)
    """How senders may send."""
    allow_from: list[str] = []
    """Networks that may send besides this machine, such as 10.0.0.0/8."""
    time_zone: str = "UTC"
    """Zone of times that are written without one, such as Europe/Berlin."""
    queue_rows: int = Field(50_000, ge=1, le=1_000_000)
    """Messages that may wait for the flow."""

    example: ClassVar[Example | None] = receives(
        {"transports": ["udp"]},
        grid("time_unix_nano service_name body", (1767225600000000000, "cart", "out of memory")),
        {"udp": "<11>1 2026-01-01T00:00:00Z web-1 cart 42 - - out of memory"},
    )

    @property
    def addresses(self) -> tuple[Address, ...]:
        return tuple(Address(self.host, self.port, "syslog", datagrams=one == "udp") for one in self.transports)

    @property
    def takes(self) -> str:
        return TAKES

    @property
    def shares(self) -> str:
        return SPREAD

    @property
    def endless(self) -> bool:
        return True

    @field_validator("allow_from")
    @classmethod
    def _networks(cls, texts: list[str]) -> list[str]:
        networks_of(texts)
        return texts

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone {name!r}; write UTC or Europe/Berlin") from error
        return name

    @model_validator(mode="after")
    def _guarded(self) -> SyslogReceiver:
        if not is_loopback(self.host) and not self.allow_from:
            raise ValueError(f"host {self.host!r} can be reached by others: name their networks in allow_from")
        return self

    def probe(self, *, secrets: Secrets) -> str:
        """Look whether the port can be listened on."""
        for one in self.transports:
            try_port(self.host, self.port, datagrams=one == "udp")
        return f"{self.host} port {self.port} can be listened on ({' and '.join(self.transports)})."

    def build(self, *, source: Source) -> Rows:
        return rows_of(SyslogReader(self, source), columns_of(Table.LOGS))


class SyslogReader(Receiver):
    """Takes messages."""

    def __init__(self, settings: SyslogReceiver, source: Source) -> None:
        super().__init__(source, settings.queue_rows)
        self.settings, self.zone = settings, ZoneInfo(settings.time_zone)
        self._sockets: Sockets | None = None

    def listen(self) -> None:
        """Start to listen."""
        settings = self.settings
        self._sockets = Sockets(settings.host, settings.port, networks_of(settings.allow_from))
        if "udp" in settings.transports:
            self._sockets.datagrams(self.take_datagrams)
        if "tcp" in settings.transports:
            self._sockets.streams(self.serve_stream)

    def hang_up(self) -> None:
        """Stop listening."""
        if self._sockets:
            self._sockets.close()

    def take_datagrams(self, batch: list[tuple[bytes, str]]) -> None:
        """Take messages that came over UDP."""
        items = [self._item(data, sender) for data, sender in batch]
        if not self.accept(items):
            for data, sender in batch:
                self.lost.append(Rejected("the flow was busy", _text(data), uri=sender))

    def serve_stream(self, more: Callable[[], bytes], sender: str) -> None:
        """Take the messages of one connection."""
        frames = Frames()
        try:
            while data := more():
                self._insist([self._item(message, sender) for message in frames.feed(data)])
            if rest := frames.last():
                self._insist([self._item(rest, sender)])
        except ValueError as error:
            self._insist([Rejected(str(error), "", uri=sender)])

    def _insist(self, items: Sequence[Item]) -> None:
        while items and not self.accept(items) and not self.inbox.closed:
            continue

    def _item(self, raw: bytes, sender: str) -> Item:
        try:
            return syslog_row(raw, self.zone, time.time_ns())
        except ValueError as error:
            return Rejected(str(error), _text(raw), uri=sender)


def _text(raw: bytes) -> str:
    return raw[:2000].decode("utf-8", "replace")
