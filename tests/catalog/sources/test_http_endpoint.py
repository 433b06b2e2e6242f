"""Rows over HTTP, with httpx and raw sockets as clients."""

import json
import socket
from typing import Any

import httpx
import pytest

from node_catalog.sources.http_endpoint import HttpEndpoint
from tests.ports import free_port, wait_for

COLUMNS = {"service": "text", "ms": "integer"}


def post(port: int, content: Any, **more: Any) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}/rows", content=content, **more)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"service": "cart", "ms": 3}', id="object"),
        pytest.param('[{"service": "cart", "ms": 3}]', id="list"),
        pytest.param('{"service": "cart", "ms": 3}\n{"service": "cart"}\n', id="lines"),
    ],
)
def test_rows_come_in(bench: Any, body: str) -> None:
    port, answers = free_port(), []

    def act() -> None:
        wait_for(port)
        answers.append(post(port, body))

    found = bench.live(HttpEndpoint(port=port, columns=COLUMNS), act, 1)

    assert found == [("cart", 3)]
    assert answers[0].status_code == 202
    assert answers[0].json()["taken"] == 1


def test_what_does_not_fit_is_told_and_kept(bench: Any) -> None:
    port, answers = free_port(), []

    def act() -> None:
        wait_for(port)
        answers.append(post(port, json.dumps([{"service": "cart", "ms": "many"}, 7, {"service": "pay", "ms": 1}])))
        answers.append(post(port, "nonsense"))
        answers.append(httpx.get(f"http://127.0.0.1:{port}/rows"))
        answers.append(httpx.post(f"http://127.0.0.1:{port}/rows?x=1", json=[]))

    found = bench.live(HttpEndpoint(port=port, columns=COLUMNS), act, 1, rejected=3)

    said = {"taken": 1, "rejected": 2, "first_reason": "row 1: field 'ms': 'many' is not a whole number of 64 bits"}
    assert answers[0].json() == said
    assert [answer.status_code for answer in answers] == [202, 400, 405, 202]
    assert found == [("pay", 1)]
    assert [fault["line"] for fault in bench.rejected] == [1, 2, 0]


def test_chunks_and_several_requests_on_one_connection(bench: Any) -> None:
    port, said = free_port(), []
    half = b'{"service": "cart", '
    chunked = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(half), half, 9, b'"ms": 5}\n')
    head = b"POST /rows HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    def act() -> None:
        wait_for(port)
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(head + chunked + head + chunked)
            while b"".join(said).count(b'"taken": 1') < 2:
                said.append(client.recv(4096))

    found = bench.live(HttpEndpoint(port=port, columns=COLUMNS), act, 2)

    assert found == [("cart", 5), ("cart", 5)]
    assert b"".join(said).count(b"HTTP/1.1 202") == 2


def test_a_token_is_asked_for(bench: Any) -> None:
    port, statuses = free_port(), []
    bench.secrets["intake_http_token"] = "s3cret"
    node = HttpEndpoint(port=port, columns=COLUMNS, token="${secret:intake_http_token}")

    def act() -> None:
        wait_for(port)
        for shown in ("", "Bearer wrong", "Bearer s3cret"):
            row = '{"service": "a", "ms": 1}'
            statuses.append(post(port, row, headers={"authorization": shown}).status_code)

    found = bench.live(node, act, 1)

    assert (statuses, found) == ([401, 401, 202], [("a", 1)])
