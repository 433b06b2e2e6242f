"""The control server of an exported flow: trigger, stop, status, metrics, health. Needs nothing but Python.

It is copied into the image as one file and is process 1 there. Anybody may ask /livez, /readyz and /startupz. For
/status, /metrics, POST /trigger and POST /stop the token is needed, as `Authorization: Bearer TOKEN`.
"""

from __future__ import annotations

import hmac
import json
import os
import signal
import sys
import threading
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from workbench.engine.export.control_program import Program
from workbench.engine.export.control_settings import Settings
from workbench.engine.export.control_told import health_of, metrics_of, status_of

MOST_REQUESTS = 32


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    program: Program
    server_version, sys_version, protocol_version = "flow-control", "", "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        """Health, status, metrics."""
        path = self.path.partition("?")[0]
        if path in ("/livez", "/readyz", "/startupz"):
            passes, state = health_of(self.program, path)
            self._answer(200 if passes else 503, {"state": state})
        elif self._may():
            if path == "/status":
                self._answer(200, status_of(self.program))
            elif path == "/metrics":
                self._send(200, metrics_of(self.program), "text/plain; version=0.0.4; charset=utf-8")
            else:
                self._answer(404, {"error": "there are /livez, /readyz, /startupz, /status, /metrics, /trigger, /stop"})

    def do_POST(self) -> None:
        """Trigger and stop. A body is not read: there is nothing to say in it."""
        self.close_connection = True
        verbs = {"/trigger": self.program.trigger, "/stop": self.program.stop}
        path = self.path.partition("?")[0]
        if not self._may():
            return
        if path not in verbs:
            self._answer(404, {"error": "POST goes to /trigger and /stop"})
            return
        done = verbs[path]()
        error = {} if done else {"error": f"the flow is {self.program.state}"}
        self._answer(202 if done else 409, {"state": self.program.state, **error})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: probes come every few seconds."""

    def _may(self) -> bool:
        if self.headers.get("Origin"):
            # A page in somebody's browser has no business here.
            self._answer(403, {"error": "requests of web pages are not answered"})
            return False
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if hmac.compare_digest(given.encode(), self.program.settings.token.encode()):
            return True
        self._answer(401, {"error": "the token is missing or wrong"}, {"WWW-Authenticate": "Bearer"})
        return False

    def _answer(self, code: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(code, json.dumps(body) + "\n", "application/json", headers)

    def _send(self, code: int, text: str, kind: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Answers a bounded number of requests at a time; others wait, and are hung up on when that takes too long."""

    daemon_threads = True

    def __init__(self, settings: Settings, program: Program) -> None:
        self.room = threading.BoundedSemaphore(MOST_REQUESTS)
        super().__init__((settings.host, settings.port), type("Bound", (Handler,), {"program": program}))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, when there is room for one."""
        if self.room.acquire(timeout=2):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.release()


def serve(settings: Settings) -> tuple[Server, Program]:
    """Return the server, ready to serve, and the program, started when the settings say so."""
    program = Program(settings)
    server = Server(settings, program)
    if settings.autostart:
        program.trigger()
    return server, program


def is_alive(port: int) -> bool:
    """Ask the server that runs in this container whether it is alive."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=3) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> int:
    """Serve until the container is stopped; with the argument `alive` only ask whether the server is."""
    if sys.argv[1:] == ["alive"]:
        return int(not is_alive(int(os.environ.get("FLOW_PORT", "8080"))))
    try:
        settings = Settings.read(os.environ)
        server, program = serve(settings)
    except (OSError, ValueError) as error:
        print(f"control: {error}", file=sys.stderr)  # noqa: T201
        return 2
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    stopping.wait()
    program.close()
    server.shutdown()
    return 0 if program.state != "failed" else 1
