"""Events over server-sent events and over a WebSocket: live, resumed, and only for who may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from workbench import Workbench, open_workbench
from workbench.faces.rest import events
from workbench.faces.rest.api import tool_routes
from workbench.faces.rest.events import event_routes, messages
from workbench.faces.rest.guard import Guard
from workbench.faces.rest.openapi import describe_all
from workbench.facts.incident import Incident, IncidentKind
from workbench.guard.tool import TOOLS
from workbench.store import incidents
from workbench.tools import event_log

TOKEN, BASE = "s3cret-token", "http://127.0.0.1:5077"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
REFUSED = [
    pytest.param({}, 401, id="no-token"),
    pytest.param({"Authorization": "Bearer wrong"}, 401, id="wrong-token"),
    pytest.param({**BEARER, "Host": "evil.example"}, 421, id="bad-host"),
    pytest.param({**BEARER, "Origin": "http://evil.example"}, 403, id="bad-origin"),
]


@pytest.fixture
def wb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setattr(event_log, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(events, "LOOK_EVERY_S", 0.01)
    with open_workbench(in_memory=True) as made:
        assert isinstance(made, Workbench)
        yield made


@pytest.fixture
def client(wb: Workbench) -> Iterator[TestClient]:
    api = FastAPI(title="Causeway", openapi_url="/api/v1/openapi.json")
    api.include_router(tool_routes(wb))
    api.include_router(event_routes(wb))
    describe_all(api)
    guard = Guard(api, token=TOKEN, hosts=["127.0.0.1:5077"], cookie="causeway_5077")
    with TestClient(guard, base_url=BASE) as opened:
        yield opened


def make_incident(wb: Workbench, title: str) -> str:
    return incidents.create(
        wb.store,
        Incident(incident_id="", title=title, kind=IncidentKind.ERROR, opened_unix_nano=1, updated_unix_nano=1),
    ).incident_id


@pytest.mark.parametrize(("headers", "status"), REFUSED)
@pytest.mark.parametrize("path", ["/api/v1/tools", "/api/v1/events/stream", "/api/v1/openapi.json"])
def test_who_may_not_gets_nothing_over_http(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get(path, headers=headers)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(("headers", "status"), REFUSED)
def test_who_may_not_gets_no_websocket(client: TestClient, headers: dict[str, str], status: int) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/api/v1/events", headers={"Host": "127.0.0.1:5077", **headers}),
    ):
        pass

    assert refused.value.code == 4403


def test_a_websocket_tells_what_happens_and_goes_on_from_an_id(client: TestClient, wb: Workbench) -> None:
    headers = {**BEARER, "Host": "127.0.0.1:5077"}
    with client.websocket_connect("/api/v1/events", headers=headers) as socket:
        hello = socket.receive_json()
        first = make_incident(wb, "first")
        said = socket.receive_json()

    assert (hello["name"], said["name"], said["subject"]) == ("hello", "incident.new", first)
    second = make_incident(wb, "second")
    with client.websocket_connect(f"/api/v1/events?since={said['id']}", headers=headers) as socket:
        assert socket.receive_json() == {"name": "hello", "id": said["id"]}
        assert socket.receive_json()["subject"] == second
    with client.websocket_connect("/api/v1/events?since=other-1", headers=headers) as socket:
        assert [socket.receive_json()["name"] for _ in range(2)] == ["hello", "reset"]


async def test_messages_come_in_order_with_signs_of_life(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.05)
    stream = messages(wb, "", flows=True)
    hello = await anext(stream)
    alive = await anext(stream)
    made = await asyncio.to_thread(make_incident, wb, "late")

    said = await anext(stream)
    while not said:
        said = await anext(stream)
    await stream.aclose()

    assert (hello["name"], alive, said["subject"]) == ("hello", {}, made)


async def test_server_sent_events_have_ids_and_names(wb: Workbench) -> None:
    since = wb.call("events").last
    made = make_incident(wb, "new one")
    places = events._Places(1)
    assert places.take()
    stream = events._as_text(wb, since, False, places)

    parts = [await anext(stream) for _ in range(3)]
    await stream.aclose()

    assert parts[0] == "retry: 2000\n\n"
    assert parts[1].startswith(f"id: {since}\nevent: hello\n")
    lines = dict(line.split(": ", 1) for line in parts[2].strip().split("\n"))
    assert lines["event"] == "incident.new"
    assert json.loads(lines["data"])["data"]["incident_id"] == made
    assert places.take(), "the place of a listener that went is free again"


def test_too_many_listeners_are_told(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_LISTENERS", 0)
    api = FastAPI()
    api.include_router(event_routes(wb))

    answer = TestClient(api).get("/api/v1/events/stream")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:causeway:problem:too-many-listeners")


def test_the_openapi_document_tells_of_every_tool_and_all_its_names_lead_somewhere(client: TestClient) -> None:
    document: dict[str, Any] = client.get("/api/v1/openapi.json", headers=BEARER).json()

    assert {f"/api/v1/tools/{name}" for name in TOOLS} <= set(document["paths"])
    assert "/api/v1/events/stream" in document["paths"]
    search = document["paths"]["/api/v1/tools/search_logs"]["post"]
    assert search["requestBody"]["content"]["application/json"]["schema"]["properties"]["query"]["type"] == "string"
    named = set(_refs(document))
    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} >= named
    assert len(named) > 50


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from _refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _refs(one)
