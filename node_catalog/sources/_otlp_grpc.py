"""The gRPC side of the OTLP receiver: one server per address, shared by the nodes of a flow, one for each signal."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from workbench.errors import BadInput
from workbench.flow.listen.http import CONNECTIONS, GRACE_S
from workbench.flow.telemetry.otlp_json import SERVICES, new_request

Take = Callable[[Any], Any]
"""Gets a request, gives the answer; None when there is no room."""
_SERVERS: dict[tuple[str, int], GrpcServer] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class GrpcRoute:
    """One signal that is taken."""

    server: GrpcServer
    signal: str

    def close(self) -> None:
        """Take no more; requests under way are answered first."""
        self.server.close(self.signal)


class GrpcServer:
    """Serves the signals that nodes have asked for."""

    def __init__(self, host: str, port: int, token: str, max_body: int) -> None:
        import grpc

        self.address, self._token = (host, port), token
        self.routes: dict[str, Take] = {}
        options = [
            ("grpc.max_receive_message_length", max_body),
            # Two programs on one port would each get half of what is sent.
            ("grpc.so_reuseport", 0),
        ]
        pool = ThreadPoolExecutor(4, thread_name_prefix="otlp")
        self._server = grpc.server(pool, options=options, maximum_concurrent_rpcs=CONNECTIONS)
        for signal, name in SERVICES.items():
            service = f"opentelemetry.proto.collector.{name.lower()}.v1.{name}Service"
            method = grpc.unary_unary_rpc_method_handler(
                self._handler(signal),
                request_deserializer=type(new_request(signal)).FromString,
                response_serializer=lambda response: response.SerializeToString(),
            )
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": method}),))
        try:
            self._server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        except RuntimeError as error:
            raise BadInput(f"cannot listen on {host} port {port} (gRPC)", hint="Choose a free grpc_port") from error
        self._server.start()

    def close(self, signal: str) -> None:
        """Take no more of a signal; the last one ends the server."""
        with _LOCK:
            self.routes.pop(signal, None)
            if not self.routes:
                _SERVERS.pop(self.address, None)
                self._server.stop(GRACE_S).wait(GRACE_S + 1)

    def _handler(self, signal: str) -> Callable[[Any, Any], Any]:
        import grpc

        def handle(request: Any, context: Any) -> Any:
            shown = dict(context.invocation_metadata()).get("authorization", "")
            shown = str(shown).removeprefix("Bearer ").strip()
            if self._token and not hmac.compare_digest(shown.encode(), self._token.encode()):
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "show the token as `authorization: Bearer TOKEN`")
            take = self.routes.get(signal)
            if take is None:
                context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no node takes {signal}")
            response = take(request) if take else None
            if response is None:
                context.abort(grpc.StatusCode.UNAVAILABLE, "the flow is busy; try again")
            return response

        return handle


def open_grpc(host: str, port: int, signal: str, take: Take, token: str, max_body: int) -> GrpcRoute:
    """Take the requests of a signal.

    Raises:
        BadInput: the address is taken by another program, or the signal by another node.
    """
    with _LOCK:
        server = _SERVERS.get((host, port))
        if server is None:
            server = _SERVERS[host, port] = GrpcServer(host, port, token, max_body)
        if signal in server.routes:
            raise BadInput(f"two nodes take {signal} on port {port}", hint="Give one of them another grpc_port")
        server.routes[signal] = take
        return GrpcRoute(server, signal)
