"""The server behind receivers, spoken to by sockets: what is not a whole, small, permitted request does no harm."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.ports import free_port
from workbench.errors import BadInput
from workbench.flow.listen import http
from workbench.flow.listen.http import HttpListener, shared
from workbench.flow.listen.request import Reply, Request, Route


@pytest.fixture
def port() -> Iterator[int]:
    listener = HttpListener("127.0.0.1", free_port())
    route = Route("/in", lambda request: Reply(200, b"%d" % len(request.body)), max_body=100)
    listener.open(route)
    yield listener.port
    listener.close(route)


def say(port: int, text: bytes, *, end: bool = True) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(text)
        if end:
            client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4096), b""))


def post(headers: str, body: bytes = b"") -> bytes:
    return f"POST /in HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode() + body


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(post("Content-Length: 3\r\n", b"abc"), b"200", id="good"),
        pytest.param(post(""), b"411", id="no-length"),
        pytest.param(post("Content-Length: -1\r\n"), b"400", id="negative-length"),
        pytest.param(post("Content-Length: x\r\n"), b"400", id="no-number"),
        pytest.param(post("Content-Length: 9\r\n", b"abc"), b"400", id="cut-off"),
        pytest.param(post("Content-Length: 101\r\n"), b"413", id="too-large"),
        pytest.param(post("Transfer-Encoding: chunked\r\n", b"zz\r\n"), b"400", id="bad-chunk"),
        pytest.param(post("Transfer-Encoding: chunked\r\n", b"fff\r\n"), b"413", id="large-chunk"),
        pytest.param(post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", b"abc"), b"400", id="no-gzip"),
        pytest.param(post("Origin: null\r\nContent-Length: 0\r\n"), b"403", id="page"),
        pytest.param(b"POST /out HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"503", id="not-yet"),
        pytest.param(b"DELETE /in HTTP/1.1\r\n\r\n", b"501", id="method"),
        pytest.param(b"nonsense\r\n\r\n", b"400", id="no-http"),
        pytest.param(b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414", id="long-address"),
        pytest.param(post("A: b\r\n" * 200), b"431", id="many-headers"),
    ],
)
def test_requests(port: int, text: bytes, status: bytes) -> None:
    answer = say(port, text)

    assert status in answer.split(b"\r\n")[0] or status in answer[:200]
    assert b"Python" not in answer


def test_a_path_that_nobody_takes(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "GRACE_S", 0.0)

    assert b"404" in say(port, b"POST /out HTTP/1.1\r\nContent-Length: 0\r\n\r\n")


def test_no_more_connections_than_allowed(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(http.CONNECTIONS)]
    try:
        time.sleep(0.3)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as one_more:
            assert one_more.recv(10) == b""
    finally:
        for one in held:
            one.close()


def test_silent_connections_do_not_hold_up_the_end_and_a_request_under_way_is_answered() -> None:
    begun = threading.Event()

    def slow(request: Request) -> Reply:
        begun.set()
        time.sleep(0.3)
        return Reply(200, b"done")

    listener, route = HttpListener("127.0.0.1", free_port()), Route("/in", slow)
    listener.open(route)
    answers: list[bytes] = []
    request = post("Content-Length: 0\r\n")
    with socket.create_connection(("127.0.0.1", listener.port)):
        sender = threading.Thread(target=lambda: answers.append(say(listener.port, request, end=False)))
        sender.start()
        begun.wait(10)
        before = time.monotonic()
        listener.close(route)
        took = time.monotonic() - before
    sender.join(10)

    assert b"done" in answers[0]
    assert b"Connection: close" in answers[0]
    # Far less than the 30 seconds for which a connection may be silent.
    assert took < 10


def test_one_path_has_one_taker() -> None:
    listener = shared("127.0.0.1", free_port())
    first, second = (Route("/in", lambda request: Reply(200)) for _ in range(2))
    listener.open(first)
    try:
        with pytest.raises(BadInput, match="two nodes take requests to /in"):
            listener.open(second)
        listener.close(second)
        assert b"200" in say(listener.port, post("Content-Length: 0\r\n"))
    finally:
        listener.close(first)
