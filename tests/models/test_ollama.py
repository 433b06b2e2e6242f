"""Every way in which a model server fails becomes one error, and none costs more than its time."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.models.fake_ollama import FakeOllama, fake_ollama
from workbench.errors import BadInput, ModelUnavailable
from workbench.models.ollama import Ollama, OllamaStatus, server_address, status


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with fake_ollama() as fake:
        yield fake


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_whole_answer_is_put_together(server: FakeOllama) -> None:
    assert Ollama(server.url, "ok").complete("Say hello", system="Be brief") == "Hello"

    path, _, body = server.requests[0]
    assert path == "/api/chat"
    assert body["messages"] == [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Say hello"}]
    assert (body["stream"], body["options"]["temperature"]) == (True, 0)


def test_thoughts_are_left_out(server: FakeOllama) -> None:
    server.answers["thinker"] = "<think>\nhm</think>\nFine."

    assert Ollama(server.url, "thinker").complete("?") == "Fine."


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("missing", "not found"),
        ("redirect", "redirect"),
        ("html", "protocol"),
        ("garbage", "protocol"),
        ("list", "protocol"),
        ("binary", "protocol"),
        ("error", "encountered"),
        ("truncated", "cut off"),
        ("dies", "protocol"),
        ("nothing", "empty"),
        ("endless", "longer than"),
        ("flood", "connection broke"),
    ],
)
def test_what_is_no_answer_is_model_unavailable(server: FakeOllama, model: str, reason: str) -> None:
    with pytest.raises(ModelUnavailable, match=reason):
        Ollama(server.url, model, total_s=10).complete("?")


@pytest.mark.parametrize(
    ("model", "idle_s", "reason"),
    [("slow", None, r"within 0\.3 s|silent"), ("slow", 0.1, "silent"), ("drip", 0.2, r"within 0\.3 s")],
)
def test_the_total_time_ends_silence_and_endless_dripping(
    server: FakeOllama, model: str, idle_s: float | None, reason: str
) -> None:
    with pytest.raises(ModelUnavailable, match=reason):
        Ollama(server.url, model, total_s=0.3, idle_s=idle_s).complete("?")


def test_an_absent_server(closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"

    with pytest.raises(ModelUnavailable, match="nothing listens there"):
        Ollama(url, "ok").complete("?")
    assert status(url) == OllamaStatus(reachable=False, reason=f"{url}: nothing listens there")


def test_proxies_and_keys_of_the_environment_are_ignored(
    server: FakeOllama, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("OLLAMA_API_KEY", "not-for-you")

    assert Ollama(server.url, "ok").complete("?") == "Hello"
    assert status(server.url).reachable
    assert all("not-for-you" not in str(headers) for _, headers, _ in server.requests)


def test_a_redirect_is_not_followed(server: FakeOllama) -> None:
    with pytest.raises(ModelUnavailable):
        Ollama(server.url, "redirect").complete("?")

    assert [path for path, _, _ in server.requests] == ["/api/chat"]


def test_status_names_version_and_models(server: FakeOllama) -> None:
    assert status(server.url) == OllamaStatus(reachable=True, version="0.9.9-test", models=["ok", "liar"])


def test_status_of_something_that_is_not_ollama(server: FakeOllama) -> None:
    found = status(server.url + "/nowhere")

    assert (found.reachable, found.reason) == (False, f"{server.url}/nowhere: it answered HTTP 404")


@pytest.mark.parametrize("url", ["", "localhost", "ftp://localhost", "http://", "http://h:port", "file:///etc/passwd"])
def test_an_address_that_cannot_be_one(url: str) -> None:
    with pytest.raises(BadInput, match="ollama_url"):
        status(url)


def test_an_address_without_a_port_has_ollamas() -> None:
    assert server_address("http://127.0.0.1") == "http://127.0.0.1:11434"
    assert server_address("https://models.example/") == "https://models.example:443"
    assert server_address("http://[::1]:5/ollama/") == "http://[::1]:5/ollama"
