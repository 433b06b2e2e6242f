"""Who gets in: the right Host, no foreign Origin, the token; for WebSockets too."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from workbench.faces.rest.guard import Guard

TOKEN = "s3cret-token"
BASE = "http://127.0.0.1:5077"


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"in: {request.url.query}")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("in")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    inner = Starlette(
        routes=[
            Route("/", hello, methods=["GET", "POST"]),
            Route("/health/live", hello),
            Route("/page", hello),
            WebSocketRoute("/ws", echo),
        ]
    )
    guard = Guard(inner, token=TOKEN, hosts=["127.0.0.1:5077", "localhost:5077"], cookie="causeway_5077")
    return TestClient(guard, base_url=BASE, follow_redirects=False)


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        pytest.param({}, 401, "The token is missing", id="no-token"),
        pytest.param(bearer("wrong"), 401, "not the one of this server", id="wrong-token"),
        pytest.param(bearer("s3cret-tokeñ"), 401, "not the one of this server", id="token-with-other-letters"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, 401, "The token is missing", id="other-scheme"),
        pytest.param({**bearer(), "Host": "evil.example"}, 421, "does not answer for the host", id="bad-host"),
        pytest.param({**bearer(), "Host": "127.0.0.1:5078"}, 421, "does not answer", id="other-port"),
        pytest.param({**bearer(), "Origin": "https://evil.example"}, 403, "may not call this server", id="bad-origin"),
        pytest.param({**bearer(), "Origin": "null"}, 403, "may not call this server", id="null-origin"),
        pytest.param({**bearer(), "Origin": "http://127.0.0.1:5077.evil.example"}, 403, "may not", id="like-origin"),
        pytest.param({**bearer(), "Origin": BASE}, 200, "in: ", id="own-origin"),
        pytest.param({**bearer(), "Host": "LOCALHOST:5077"}, 200, "in: ", id="localhost"),
        pytest.param(bearer(), 200, "in: ", id="token"),
    ],
)
def test_who_gets_in(client: TestClient, headers: dict[str, str], status: int, says: str) -> None:
    answer = client.get("/", headers={name: value.encode() for name, value in headers.items()})

    assert (answer.status_code, says in answer.text) == (status, True)
    assert TOKEN not in answer.text


def test_a_refusal_is_a_problem_for_programs_and_a_page_for_people(client: TestClient) -> None:
    for_program, for_person = client.get("/"), client.get("/", headers={"Accept": "text/html"})

    assert for_program.headers["content-type"] == "application/problem+json"
    assert for_program.json() == {
        "type": "urn:causeway:problem:refused",
        "title": "Refused",
        "status": 401,
        "detail": "The token is missing.",
        "instance": "/",
    }
    assert for_person.headers["content-type"].startswith("text/html")
    assert "causeway serve" in for_person.text


def test_a_refusal_quotes_nothing_as_markup(client: TestClient) -> None:
    answer = client.get("/", headers={"Host": "<script>x</script>", "Accept": "text/html"})

    assert "<script>" not in answer.text


def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address(client: TestClient) -> None:
    answer = client.get(f"/page?incident=INC-1&token={TOKEN}&theme=dark")

    assert (answer.status_code, answer.headers["location"]) == (303, "/page?incident=INC-1&theme=dark")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert answer.headers["cache-control"] == "no-store"

    inside = client.get("/page?incident=INC-1")

    assert (inside.status_code, inside.text) == (200, "in: incident=INC-1")


def test_a_wrong_token_sets_no_cookie(client: TestClient) -> None:
    answer = client.get("/?token=wrong")

    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


def test_the_way_to_the_clean_address_cannot_leave_this_server(client: TestClient) -> None:
    answer = client.get(f"{BASE}//evil.example/?token={TOKEN}")

    assert answer.headers["location"] == "/evil.example/"


def test_health_needs_no_token_but_the_right_host(client: TestClient) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/live", headers={"Host": "evil.example"}).status_code == 421


def test_pages_may_not_reach_other_machines(client: TestClient) -> None:
    policy = client.get("/", headers=bearer()).headers["content-security-policy"]

    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "*" not in policy


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no-token"),
        pytest.param({**bearer(), "Origin": "http://evil.example"}, id="bad-origin"),
        pytest.param({**bearer(), "Host": "evil.example"}, id="bad-host"),
    ],
)
def test_a_websocket_is_refused_before_it_opens(client: TestClient, headers: dict[str, Any]) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/ws", headers=headers):
        pass

    assert refused.value.code == 4403


@pytest.mark.parametrize("headers", [bearer(), {"Cookie": f"other=1; causeway_5077={TOKEN}"}], ids=["bearer", "cookie"])
def test_a_websocket_with_the_token_opens(client: TestClient, headers: dict[str, str]) -> None:
    with client.websocket_connect("/ws", headers={**headers, "Host": "127.0.0.1:5077"}) as socket:
        assert socket.receive_text() == "in"
