"""The node `sources.loki_receiver`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from workbench.flow.addresses import Address
from workbench.flow.example import Example, grid, receives
from workbench.flow.listen.inbox import Item
from workbench.flow.listen.receiver import HttpReceiver
from workbench.flow.listen.request import Request
from workbench.flow.listen.settings import Listening
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.loki import push_rows
from workbench.flow.telemetry.snappy import unpack
from workbench.semconv import Table

PUSH = "/loki/api/v1/push"


class LokiReceiver(Listening):
    """Receive log lines as Promtail, Grafana Alloy, Fluent Bit and others push them to Loki.

    Columns are those of the workspace table `logs`; labels that name service, pod, host or level become columns, the
    others stand in `attributes`. The address for senders is http://127.0.0.1:3100/loki/api/v1/push.
    """

    delivery = "at-most-once"
    tested = "wire protocol"

    port: int = Field(3100, ge=1, le=65_535)
    """Port to listen on."""

    example: ClassVar[Example | None] = receives(
        {},
        grid("time_unix_nano service_name body", (1767225600000000000, "cart", "out of memory")),
        {
            "/loki/api/v1/push": '{"streams": [{"stream": {"service_name": "cart"}, '
            '"values": [["1767225600000000000", "out of memory"]]}]}'
        },
    )

    @property
    def addresses(self) -> tuple[Address, ...]:
        return (Address(self.host, self.port, what=PUSH),)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(LokiPushReader(self, source, secrets), columns_of(Table.LOGS))


class LokiPushReader(HttpReceiver):
    """Takes push requests."""

    def __init__(self, settings: LokiReceiver, source: Source, secrets: Secrets) -> None:
        super().__init__(settings, settings.port, PUSH, source, secrets)

    def parse(self, request: Request) -> Sequence[Item]:
        """Return the rows of a request: JSON, or protobuf packed with snappy."""
        if request.content_type == "application/json":
            return list(push_rows(request.body, is_json=True))
        return list(push_rows(unpack(request.body, self.settings.max_body_kb * 1024), is_json=False))
