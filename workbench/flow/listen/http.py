"""A small HTTP server for receivers: one per address and process, shared by the nodes that name the same address.

It takes requests of programs, not of web pages: a request with an `Origin` is refused unless that origin is allowed.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workbench.errors import BadInput
from workbench.flow.listen.request import Reply, Request, Route, Unfit, let_in, number, unpacked

CONNECTIONS = 64
"""Connections at a time; more are closed at once."""
IDLE_S = 30.0
"""How long a connection may be silent."""
GRACE_S = 2.0
"""How long requests that are under way may take once the run shall end."""


class HttpListener:
    """The server at one address. `shared` finds or makes it; it lives from the first `open` to the last `close`."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._routes: dict[str, Route] = {}
        self._server: _Server | None = None
        self._lock = threading.Lock()

    def open(self, route: Route) -> None:
        """Take requests for a route.

        Raises:
            BadInput: the path is taken by another node, or the address by another program.
        """
        with self._lock:
            if route.path in self._routes:
                raise BadInput(
                    f"two nodes take requests to {route.path} on port {self.port}", hint="Give one of them another port"
                )
            if self._server is None:
                self._server = _Server(self.host, self.port, self._routes)
            self._routes[route.path] = route

    def close(self, route: Route) -> None:
        """Take no more requests for a route; those under way are answered first."""
        with self._lock:
            if self._routes.get(route.path) is not route:
                return
            del self._routes[route.path]
            if not self._routes and self._server:
                self._server.end()
                self._server = None


_LISTENERS: dict[tuple[str, int], HttpListener] = {}


def shared(host: str, port: int) -> HttpListener:
    """Return this process's listener at an address."""
    return _LISTENERS.setdefault((host, port), HttpListener(host, port))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def __init__(self, host: str, port: int, routes: Mapping[str, Route]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.routes, self.began = routes, time.monotonic()
        self.ending = False
        self.busy: dict[socket.socket, bool] = {}
        self.room = threading.BoundedSemaphore(CONNECTIONS)
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise BadInput(
                f"cannot listen on {host} port {port}: {error.strerror}", hint="Choose a free port"
            ) from error
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name=f"listen:{port}")
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin with a connection, if there is room."""
        if not self.room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self.busy[request] = False
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection until it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.busy.pop(request, None)
            self.room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note a connection that broke; what was sent does not belong in a log."""
        logging.getLogger(__name__).debug("a connection broke", exc_info=True)

    def end(self) -> None:
        """Stop: no new connections, silent ones are cut, requests under way are answered."""
        self.ending = True
        self.shutdown()
        self.server_close()
        until = time.monotonic() + GRACE_S
        while self.busy:
            late = time.monotonic() > until
            for connection, working in list(self.busy.items()):
                if late or not working:
                    _cut(connection)
            if time.monotonic() > until + 0.5:
                return
            time.sleep(0.01)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    # A reply in two packets would wait for the sender's acknowledgement.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: _Server

    def version_string(self) -> str:
        """Name the server without its version."""
        return "causeway"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: addresses may hold what is nobody's business."""

    def parse_request(self) -> bool:
        """Read the head of a request; from now on it is under way."""
        self.server.busy[self.connection] = True
        return super().parse_request()

    def handle_one_request(self) -> None:
        """Serve one request of a connection."""
        super().handle_one_request()
        self.server.busy[self.connection] = False
        self.close_connection = self.close_connection or self.server.ending

    def do_POST(self) -> None:
        """Take a request."""
        try:
            reply = self._reply()
        except Unfit as error:
            # The body may not have been read, so the connection is of no more use.
            self.close_connection = True
            reply = Reply(error.status, str(error).encode())
        self.close_connection = self.close_connection or self.server.ending
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_PUT = do_HEAD = do_POST

    def _reply(self) -> Reply:
        address = urlsplit(self.path)
        route = self.server.routes.get(address.path)
        if route is None:
            # The nodes of a flow begin one after the other.
            if time.monotonic() - self.server.began < GRACE_S:
                raise Unfit(HTTPStatus.SERVICE_UNAVAILABLE, "starting; try again")
            raise Unfit(HTTPStatus.NOT_FOUND, f"nothing is taken at {address.path}")
        if self.command not in route.methods:
            raise Unfit(HTTPStatus.METHOD_NOT_ALLOWED, f"send {' or '.join(route.methods)} to {address.path}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        let_in(route, headers)
        body = unpacked(self._body(route.max_body, headers), headers.get("content-encoding", ""), route.max_body)
        return route.handle(
            Request(address.path, dict(parse_qsl(address.query)), headers, body, str(self.client_address[0]))
        )

    def _body(self, limit: int, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks(limit)
        if "content-length" not in headers:
            if self.command in ("GET", "HEAD"):
                return b""
            raise Unfit(HTTPStatus.LENGTH_REQUIRED, "send a Content-Length")
        length = number(headers["content-length"], 10)
        if length > limit:
            raise Unfit(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{length} bytes; at most {limit} are taken at once")
        body = self.rfile.read(length)
        if len(body) < length:
            raise Unfit(HTTPStatus.BAD_REQUEST, "the body is shorter than its Content-Length")
        return body

    def _chunks(self, limit: int) -> bytes:
        parts: list[bytes] = []
        total = 0
        while size := number(self.rfile.readline(64).split(b";")[0].decode("latin-1").strip(), 16):
            total += size
            if total > limit:
                raise Unfit(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {limit} bytes at once")
            parts.append(self.rfile.read(size))
            self.rfile.readline(64)
        while self.rfile.readline(1024).strip():
            continue
        return b"".join(parts)


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        # It is gone already.
        return
