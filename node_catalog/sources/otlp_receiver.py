"""The node `sources.otlp_receiver`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Literal

from pydantic import Field

from node_catalog.sources._otlp_grpc import GrpcRoute, open_grpc
from workbench.flow.addresses import Address
from workbench.flow.example import Example, grid, receives
from workbench.flow.listen.inbox import Item
from workbench.flow.listen.receiver import HttpReceiver, rejected_of
from workbench.flow.listen.request import Reply, Request
from workbench.flow.listen.settings import Listening
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.otlp import LOG_COLUMNS, log_rows, metric_rows, span_rows
from workbench.flow.telemetry.otlp_json import request_of, response_of
from workbench.semconv import Table

PATHS = {"logs": "/v1/logs", "spans": "/v1/traces", "metrics": "/v1/metrics"}
READERS: dict[str, Callable[[Any], Iterable[Item]]] = {"logs": log_rows, "spans": span_rows, "metrics": metric_rows}


class OtlpReceiver(Listening):
    """Receive logs, spans or metrics over OTLP, as OpenTelemetry SDKs and collectors send them.

    Columns are those of the workspace table of the same name; logs have `event_name` as well, which is empty unless
    the record is an event. Several of these nodes in one flow may share the ports, one for each signal. A record is
    acknowledged once it waits for the flow, so those that wait are lost when the machine dies.
    """

    delivery = "at-most-once"
    tested = "real client"

    signal: Literal["logs", "spans", "metrics"] = "logs"
    """What to take; the others are refused unless another node takes them."""
    port: int = Field(4318, ge=1, le=65_535)
    """Port of OTLP over HTTP, protobuf and JSON."""
    grpc_port: int = Field(4317, ge=0, le=65_535)
    """Port of OTLP over gRPC; 0 for none."""

    example: ClassVar[Example | None] = receives(
        {"grpc_port": 0},
        grid("time_unix_nano service_name severity_number body", (1767225600000000000, "cart", 17, "out of memory")),
        {
            "/v1/logs": '{"resourceLogs": [{"resource": {"attributes": [{"key": "service.name", '
            '"value": {"stringValue": "cart"}}]}, "scopeLogs": [{"logRecords": [{"timeUnixNano": '
            '"1767225600000000000", "severityNumber": 17, "body": {"stringValue": "out of memory"}}]}]}]}'
        },
    )

    @property
    def addresses(self) -> tuple[Address, ...]:
        grpc = (Address(self.host, self.grpc_port, "gRPC", self.signal),) if self.grpc_port else ()
        return Address(self.host, self.port, what=PATHS[self.signal]), *grpc

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        columns = LOG_COLUMNS if self.signal == "logs" else columns_of(Table(self.signal))
        return rows_of(OtlpReader(self, source, secrets), columns)


class OtlpReader(HttpReceiver):
    """Takes export requests."""

    def __init__(self, settings: OtlpReceiver, source: Source, secrets: Secrets) -> None:
        super().__init__(settings, settings.port, PATHS[settings.signal], source, secrets)
        self.signal, self.grpc_port = settings.signal, settings.grpc_port
        self._grpc: GrpcRoute | None = None

    def listen(self) -> None:
        """Start to listen on both ports."""
        super().listen()
        if self.grpc_port:
            limit = self.settings.max_body_kb * 1024
            self._grpc = open_grpc(self.settings.host, self.grpc_port, self.signal, self.take, self.token(), limit)

    def hang_up(self) -> None:
        """Stop listening."""
        if self._grpc:
            self._grpc.close()
        super().hang_up()

    def parse(self, request: Request) -> Sequence[Item]:
        """Return the rows of a request."""
        is_json = request.content_type == "application/json"
        return self.rows(request_of(self.signal, request.body, is_json=is_json))

    def answer(self, request: Request, items: Sequence[Item]) -> Reply:
        """Tell what was taken, in the sender's encoding."""
        response = self.response(items)
        if request.content_type == "application/json":
            from google.protobuf.json_format import MessageToJson

            return Reply(HTTPStatus.OK, MessageToJson(response, indent=None).encode(), "application/json")
        return Reply(HTTPStatus.OK, response.SerializeToString(), "application/x-protobuf")

    def take(self, message: Any) -> Any:
        """Take a request that came over gRPC; None when there is no room."""
        items = self.rows(message)
        return self.response(items) if self.accept(items, message.ByteSize()) else None

    def rows(self, message: Any) -> list[Item]:
        """Return the rows of a message."""
        return list(READERS[self.signal](message))

    def response(self, items: Sequence[Item]) -> Any:
        """Return the answer to a message."""
        faults = rejected_of(items)
        # With nothing refused the whole field has to be absent.
        if not faults:
            return type(response_of(self.signal, 0, ""))()
        return response_of(self.signal, len(faults), faults[0].reason)
