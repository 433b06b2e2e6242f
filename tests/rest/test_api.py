"""The tools over HTTP: listed with their schemas, called, and told what was wrong as problem details."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from workbench import Workbench, open_workbench
from workbench.errors import (
    BadInput,
    CausewayError,
    IllegalMove,
    ModelUnavailable,
    NotFound,
    Refused,
    RunFailed,
    StoreError,
)
from workbench.faces.rest.api import MOST_BYTES, tool_routes
from workbench.faces.rest.health import Startup, health_routes
from workbench.faces.rest.problems import of_error
from workbench.guard.tool import TOOLS


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with open_workbench(in_memory=True) as wb:
        assert isinstance(wb, Workbench)
        api = FastAPI()
        api.include_router(tool_routes(wb))
        with TestClient(api) as opened:
            yield opened


def test_every_tool_is_listed_with_its_schemas(client: TestClient) -> None:
    listed = client.get("/api/v1/tools").json()

    assert [one["name"] for one in listed] == sorted(TOOLS)
    for one in listed:
        assert one["arguments"]["type"] == "object"
        assert one["summary"]
        assert one["risk"] in ("read", "write", "dangerous")
    assert client.get("/api/v1/tools/incident").json() == next(one for one in listed if one["name"] == "incident")


def test_a_tool_is_called_with_a_json_object(client: TestClient) -> None:
    answer = client.post("/api/v1/tools/incidents", json={"limit": 3})

    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["cache-control"] == "no-store"


def test_a_tool_without_arguments_needs_no_body(client: TestClient) -> None:
    assert client.post("/api/v1/tools/overview").json()["open_incidents"] == 0


@pytest.mark.parametrize(
    ("name", "body", "status", "kind", "says"),
    [
        pytest.param("nothing", b"{}", 404, "not-found", "no tool 'nothing'", id="no-tool"),
        pytest.param(
            "incident", b'{"incident_id": "INC-9"}', 404, "not-found", "no incident 'INC-9'", id="no-incident"
        ),
        pytest.param("incident", b"{}", 422, "bad-input", "incident_id", id="missing"),
        pytest.param("incidents", b'{"limit": "x"}', 422, "bad-input", "limit = 'x'", id="wrong-type"),
        pytest.param("incidents", b'{"on_progress": 1}', 422, "bad-input", "no such argument", id="not-an-argument"),
        pytest.param("incidents", b'{"as_call": "x"}', 422, "bad-input", "as_call = ...: no", id="nor-this"),
        pytest.param("incidents", b"{", 400, "bad-json", "is not JSON", id="no-json"),
        pytest.param("incidents", b"[1]", 400, "bad-json", "is a list", id="no-object"),
        pytest.param("incidents", b" " * (MOST_BYTES + 1), 413, "too-large", "larger than", id="too-large"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(
    client: TestClient, name: str, body: bytes, status: int, kind: str, says: str
) -> None:
    answer = client.post(f"/api/v1/tools/{name}", content=body)

    found = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, found["status"], found["type"]) == (status, status, f"urn:causeway:problem:{kind}")
    assert says in found["detail"]
    assert found["instance"] == f"/api/v1/tools/{name}"


@pytest.mark.parametrize(
    ("error", "status", "facts"),
    [
        (BadInput("x", where="f.csv", hint="y"), 422, {"where": "f.csv", "hint": "y"}),
        (NotFound("run", "R-1"), 404, {"kind": "run", "key": "R-1"}),
        (IllegalMove("incident", "INC-1", "closed", "open", ["resolved"]), 409, {"allowed": ["resolved"]}),
        (Refused("no"), 403, {}),
        (ModelUnavailable("ollama", "down"), 503, {}),
        (RunFailed("R-1", "why", "node"), 422, {"node": "node"}),
        (StoreError("disk"), 500, {}),
    ],
)
def test_errors_of_the_product_keep_their_facts(error: CausewayError, status: int, facts: dict[str, object]) -> None:
    import json

    answer = of_error(error, "/here")
    found = json.loads(bytes(answer.body))

    assert answer.status_code == status
    assert found["detail"] == str(error)
    assert facts.items() <= found.items()
    assert ("retry-after" in answer.headers) == (status == 503)


def test_health_tells_each_part_and_its_time() -> None:
    startup = Startup(("workspace", "app"))
    api = FastAPI()
    api.include_router(health_routes(startup))
    client = TestClient(api)

    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").status_code == 503
    with startup.part("workspace"):
        pass
    with pytest.raises(StoreError), startup.part("app"):
        raise StoreError("no room")

    answer = client.get("/health/startup")
    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert parts["workspace"]["state"] == "ready"
    assert parts["workspace"]["seconds"] >= 0
    assert (parts["app"]["state"], parts["app"]["reason"]) == ("failed", "no room")
    with startup.part("app"):
        pass
    assert client.get("/health/ready").json() == {"status": "ready", "parts": {"workspace": "ready", "app": "ready"}}


def test_a_call_that_was_named_is_cancelled(client: TestClient) -> None:
    statement = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 3"
    asked = {"statement": statement, "timeout_s": 3000}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.post, "/api/v1/tools/sql", json=asked, headers={"X-Call-Id": "mine"})
        while not client.post("/api/v1/tools/calls").json():
            time.sleep(0.05)

        assert client.post("/api/v1/tools/call_cancel", json={"call_id": "mine"}).status_code == 200

        found = answer.result(timeout=30)
    assert (found.status_code, found.json()["type"]) == (409, "urn:causeway:problem:cancelled")
    assert found.json()["detail"] == "sql was cancelled"
