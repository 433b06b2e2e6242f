"""Sinks that speak HTTP, with a small server that keeps what it is sent: http, slack and loki_push."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from node_catalog.sinks.http import Http
from node_catalog.sinks.loki_push import LokiPush
from node_catalog.sinks.null import Null
from node_catalog.sinks.otlp_export import OtlpExport
from node_catalog.sinks.prometheus_remote_write import PrometheusRemoteWrite
from node_catalog.sinks.slack import Slack, message_of
from tests.catalog.sinks.recorder import Recorder, recording
from tests.ports import free_port
from workbench.errors import BadInput, Unreachable
from workbench.flow import patience
from workbench.flow.telemetry.loki import push_rows
from workbench.flow.web import WebWriting

COLUMNS = {"service_name": str, "summary": str, "score": float}
ROWS = [("cart", "a < b & c", 0.9), ("pay", "slow", 0.5)]


@pytest.fixture
def server() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_S", 0.01)


def bodies(server: Recorder) -> list[Any]:
    return sorted((json.loads(body) for *_, body in server.requests), key=str)


def test_a_request_for_each_row(bench: Any, server: Recorder) -> None:
    bench.secrets["hook_http_token"] = "s3cret"
    settings = {"url": f"{server.url}/in?a=1", "token": "${secret:hook_http_token}", "headers": {"X-Team": "shop"}}

    bench.write(Http(**settings), bench.table(COLUMNS, *ROWS))

    assert bodies(server) == [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    method, path, headers, _ = server.requests[0]
    assert (method, path, headers["authorization"]) == ("POST", "/in?a=1", "Bearer s3cret")
    assert (headers["x-team"], headers["content-type"]) == ("shop", "application/json")


def test_a_body_of_its_own_and_all_rows_at_once(bench: Any, server: Recorder) -> None:
    body = {"title": "${service_name}: ${summary} (${score})", "n": ["${score}", 1], "fixed": True}

    bench.write(Http(url=server.url, per="batch", method="PUT", body=body), bench.table(COLUMNS, *ROWS))

    (found,) = bodies(server)
    assert sorted(found, key=str) == [
        {"title": "cart: a < b & c (0.9)", "n": [0.9, 1], "fixed": True},
        {"title": "pay: slow (0.5)", "n": [0.5, 1], "fixed": True},
    ]
    assert server.requests[0][0] == "PUT"


def test_a_column_that_others_call_id_is_called_so(bench: Any, server: Recorder) -> None:
    rows = bench.table({"id_": int, "state": str}, (7, "sent"))

    bench.write(Http(url=f"{server.url}/whole"), rows)
    bench.write(Http(url=f"{server.url}/shaped", body={"order": "${id_}"}), bench.table({"id_": int}, (8,)))

    assert bodies(server) == [{"id": 7, "state": "sent"}, {"order": 8}]


def test_what_is_refused_is_kept_and_what_fails_is_tried_again(bench: Any, server: Recorder) -> None:
    server.answers = [(503, "wait"), (429, ""), (400, "no such team"), (200, "")]

    bench.write(Http(url=server.url), bench.table(COLUMNS, *ROWS))

    assert len(server.requests) == 4
    (fault,) = bench.rejected
    assert (fault["uri"], "answers 400 Bad Request: no such team" in fault["reason"]) == (server.url, True)
    assert json.loads(fault["raw"])["service_name"] in ("cart", "pay")


def test_a_token_that_is_not_accepted_fails_the_run_and_keeps_all_rows(bench: Any, server: Recorder) -> None:
    server.answers = [(401, "who?")] * 1000

    with pytest.raises(Exception, match="answers 401 Unauthorized: who"):
        bench.write(Http(url=server.url, retry_s=0.05), bench.table(COLUMNS, *ROWS))

    assert len(bench.rejected) == 2


def test_what_was_sent_is_not_taken_back(bench: Any, server: Recorder) -> None:
    rows = bench.table({**COLUMNS, "n": int}, (*ROWS[0], 1), (*ROWS[0], 2), times=[1, 2])
    import pathway as pw

    latest = rows.groupby(rows.service_name).reduce(rows.service_name, n=pw.reducers.max(rows.n))
    bench.write(Http(url=server.url), latest)

    assert [body["n"] for body in bodies(server)] == [1, 2]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "ftp://x"}, "should match pattern"),
        ({"url": "http://me:pw@host/"}, "a flow holds no secrets"),
        ({"url": "http://x", "batch_rows": 5}, "batch_rows is for per 'batch'"),
        ({"url": "http://x", "token": "abc"}, "a flow holds no secrets"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Http(**settings)


def test_a_column_that_is_not_there(bench: Any) -> None:
    with pytest.raises(BadInput, match=r"`\$\{sumary\}` names no column.*Did you mean 'summary'"):
        bench.write(Http(url="http://127.0.0.1:1", body={"a": ["${sumary}"]}), bench.table(COLUMNS, *ROWS))


def test_slack_messages(bench: Any, server: Recorder) -> None:
    bench.secrets["chat_slack_webhook"] = f"{server.url}/services/T0/B0/key"
    server.answers = [(429, "rate_limited")]

    bench.write(Slack(webhook="${secret:chat_slack_webhook}"), bench.table(COLUMNS, *ROWS))

    assert len(server.requests) == 3
    assert {body["text"] for body in bodies(server)} == {"*cart*: a &lt; b &amp; c", "*pay*: slow"}
    assert {path for _, path, _, _ in server.requests} == {"/services/T0/B0/key"}


def test_the_address_of_a_webhook_is_told_nowhere(bench: Any, server: Recorder, caplog: Any) -> None:
    bench.secrets["chat_slack_webhook"] = f"{server.url}/services/T0/B0/k3y"
    server.answers = [(500, "")] + [(404, "no_service")] * 1000

    with pytest.raises(Exception, match=r"the webhook \$\{secret:chat_slack_webhook\}") as failed:
        bench.write(Slack(webhook="${secret:chat_slack_webhook}", retry_s=0.05), bench.table(COLUMNS, *ROWS))

    assert "k3y" not in str(failed.value)
    assert not any("k3y" in str(fault) for fault in bench.rejected)
    assert not any("k3y" in record.getMessage() for record in caplog.records if record.levelname != "INFO")


def test_an_address_that_is_none(bench: Any) -> None:
    bench.secrets["chat_slack_webhook"] = "http://elsewhere.example/x"

    with pytest.raises(Exception, match="is no address that begins with https://"):
        bench.write(Slack(webhook="${secret:chat_slack_webhook}"), bench.table(COLUMNS, *ROWS))


def test_a_message_is_a_text_whatever_the_column_holds() -> None:
    assert message_of("${n}", {"n": 3}) == "3"


def test_lines_for_loki(bench: Any, server: Recorder) -> None:
    columns = {
        "time_unix_nano": int,
        "body": str,
        "service_name": str,
        "severity_text": str,
        "trace_id": str,
        "zone": str,
    }
    now = 1_773_135_000_000_000_000
    rows = [
        (now + 2, "late", "cart", "WARN", "abc", "a"),
        (now, "early", "cart", "WARN", "", "a"),
        (now, "x", "", "", "", "b"),
    ]
    node = LokiPush(url=server.url, labels={"env": "test"}, label_columns=["zone"], headers={"X-Scope-OrgID": "t1"})

    bench.write(node, bench.table(columns, *rows))

    ((_, path, headers, body),) = server.requests
    assert (path, headers["x-scope-orgid"]) == ("/loki/api/v1/push", "t1")
    by_zone = {one["stream"]["zone"]: one for one in json.loads(body)["streams"]}
    labels = {"service_name": "cart", "level": "WARN", "zone": "a", "env": "test"}
    assert by_zone["a"] == {
        "stream": labels,
        "values": [[str(now), "early"], [str(now + 2), "late", {"trace_id": "abc"}]],
    }
    assert by_zone["b"]["stream"] == {"service_name": "unknown", "zone": "b", "env": "test"}
    assert len(list(push_rows(body, is_json=True))) == 3


def test_null_takes_all(bench: Any) -> None:
    bench.write(Null(), bench.table(COLUMNS, *ROWS))


@pytest.mark.parametrize("kind", [Http, LokiPush, OtlpExport, PrometheusRemoteWrite])
def test_a_probe_sends_nothing(server: Recorder, kind: type[WebWriting]) -> None:
    node = kind(url=f"{server.url}/in")

    assert (
        node.probe(secrets=str) == f"{server.url}/in answers (405 Method Not Allowed for its head); nothing was sent."
    )
    server.answers = [(401, "")]
    with pytest.raises(Unreachable, match="answers 401 Unauthorized"):
        node.probe(secrets=str)
    server.answers = [(503, "")]
    with pytest.raises(Unreachable, match="answers 503 Service Unavailable"):
        node.probe(secrets=str)
    with pytest.raises(Unreachable, match="refused"):
        node.model_copy(update={"url": f"http://127.0.0.1:{free_port()}"}).probe(secrets=str)
    assert server.requests == []


def test_a_probe_of_a_webhook_posts_nothing_and_hides_the_address(server: Recorder) -> None:
    node = Slack(webhook="${secret:chat_slack_webhook}")

    said = node.probe(secrets=lambda reference: f"{server.url}/services/T0/B0/abc")
    server.answers = [(403, "")]
    with pytest.raises(Unreachable, match=r"^the webhook \$\{secret:chat_slack_webhook\}: answers 403 Forbidden"):
        node.probe(secrets=lambda reference: f"{server.url}/services/T0/B0/abc")

    assert (
        said
        == "the webhook ${secret:chat_slack_webhook} answers (405 Method Not Allowed for its head); nothing was sent."
    )
    assert server.requests == []
