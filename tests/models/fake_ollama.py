"""A real HTTP server on 127.0.0.1 that speaks Ollama's wire protocol, well or badly, by the model's name."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LIE = "The search service failed at 03:00:00 UTC with 99.9 % errors. The cause is search. This is certain."


@dataclass
class FakeOllama:
    """What a test can set and look at."""

    url: str
    answers: dict[str, str] = field(default_factory=lambda: {"ok": "Hello", "liar": LIE})
    """Model -> what it says; a callable gets the prompt."""
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    """(path, headers, body) of every request, oldest first."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set it to let slow models end."""

    def prompts(self) -> list[str]:
        return [
            "\n".join(m["content"] for m in body["messages"]) for path, _, body in self.requests if path == "/api/chat"
        ]


def _chunk(model: str, text: str, **more: Any) -> bytes:
    line = {"model": model, "message": {"role": "assistant", "content": text}, "done": False}
    return json.dumps(line | more).encode() + b"\n"


_BROKEN = {
    "garbage": [b"<html>not json\n"],
    "list": [b"[1, 2]\n"],
    "binary": [b"\xff\xfe\x00\n"],
    "error": [_chunk("error", "par"), b'{"error": "an error was encountered while running the model"}\n'],
    "truncated": [_chunk("truncated", "par")],
    "dies": [_chunk("dies", "par"), b'{"message": {"ro'],
    "flood": [b"x" * 65536] * 1000,
}
"""Model -> all that it sends."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        fake: FakeOllama = self.server.fake
        fake.requests.append((self.path, dict(self.headers), None))
        if self.path == "/api/version":
            self._json({"version": "0.9.9-test"})
        elif self.path == "/api/tags":
            self._json({"models": [{"name": name, "model": name, "size": 1} for name in fake.answers]})
        else:
            self._json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        fake: FakeOllama = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake.requests.append((self.path, dict(self.headers), body))
        model = body["model"]
        if model == "missing":
            self._json({"error": f"model '{model}' not found"}, 404)
        elif model == "redirect":
            self.send_response(307)
            self.send_header("Location", f"{fake.url}/api/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif model == "html":
            self._json("<html>welcome</html>")
        else:
            self._stream(fake, model)

    def _stream(self, fake: FakeOllama, model: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for part in _parts(fake, model):
                self.wfile.write(part)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            return

    def _json(self, value: Any, code: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _parts(fake: FakeOllama, model: str) -> Iterator[bytes]:
    if model == "slow":
        fake.released.wait(20)
    elif model == "drip":
        # Never a whole line: only a total time can end this.
        while not fake.released.wait(0.02):
            yield b" "
        return
    elif model in _BROKEN:
        yield from _BROKEN[model]
        return
    elif model == "endless":
        for _ in range(100_000):
            yield _chunk(model, "and on and on " * 20)
    text = fake.answers.get(model, "")
    half = len(text) // 2
    yield _chunk(model, text[:half])
    yield _chunk(model, text[half:])
    yield _chunk(model, "", done=True, done_reason="stop", eval_count=2)


@contextmanager
def fake_ollama() -> Iterator[FakeOllama]:
    """Serve until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    fake = FakeOllama(f"http://127.0.0.1:{server.server_address[1]}")
    server.fake = fake
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
