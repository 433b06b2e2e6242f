"""A small connector of the tests speaks the Airbyte protocol, as a program of its own; none of Airbyte's was run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.airbyte import Airbyte
from workbench.errors import BadInput, SystemUnfit

CONNECTOR = """
import json, sys, time
words = dict(zip(sys.argv[2::2], sys.argv[3::2]))
config = json.load(open(words["--config"]))
say = lambda kind, **more: print(json.dumps({"type": kind, **more}), flush=True)
print("a line that is no message")
if config.get("credentials", {}).get("password") != "pass-91":
    if sys.argv[1] == "check":
        say("CONNECTION_STATUS", connectionStatus={"status": "FAILED", "message": "wrong password"})
    else:
        say("TRACE", trace={"type": "ERROR", "error": {"message": "wrong password", "failure_type": "config_error"}})
    sys.exit(1)
if sys.argv[1] == "check":
    say("CONNECTION_STATUS", connectionStatus={"status": "SUCCEEDED"})
if sys.argv[1] == "discover":
    streams = [{"name": name, "json_schema": {}, "supported_sync_modes": ["incremental"]} for name in ("users", "cars")]
    say("CATALOG", catalog={"streams": streams})
if sys.argv[1] == "read":
    chosen = json.load(open(words["--catalog"]))["streams"][0]
    state = json.load(open(words["--state"])) if "--state" in words else []
    begin = state[0]["stream"]["stream_state"]["n"] if state else 0
    for n in range(begin + 1, begin + 3):
        say("RECORD", record={"stream": "others", "data": {"n": -1}, "emitted_at": 0})
        data = {"n": n, "s": chosen["sync_mode"]}
        say("RECORD", record={"stream": chosen["stream"]["name"], "data": data, "emitted_at": 0})
        about = {"stream_descriptor": {"name": "users"}, "stream_state": {"n": n}}
        say("STATE", state={"type": "STREAM", "stream": about})
    if config.get("hangs"):
        time.sleep(600)
    if config.get("breaks"):
        sys.exit(3)
"""
COLUMNS = {"n": "integer", "s": "text"}


@pytest.fixture
def settings(bench: Any, tmp_path: Path) -> dict[str, Any]:
    bench.secrets["airbyte_test"] = "pass-91"
    (tmp_path / "connector.py").write_text(CONNECTOR)
    return {
        "command": [sys.executable, str(tmp_path / "connector.py")],
        "config_secrets": {"credentials.password": "${secret:airbyte_test}"},
        "stream": "users",
        "columns": COLUMNS,
    }


def test_a_stream_is_read_once(bench: Any, settings: dict[str, Any]) -> None:
    assert bench.rows(Airbyte(**settings)) == [(1, "full_refresh"), (2, "full_refresh")]


def test_the_connector_goes_on_from_its_state(bench: Any, settings: dict[str, Any]) -> None:
    node = Airbyte(**settings, mode="incremental", follow=True, poll_s=0.01)

    found = bench.live(node, lambda: None, 4)

    assert sorted(found)[:4] == [(n, "incremental") for n in (1, 2, 3, 4)]


def test_a_connector_that_hangs_is_ended_with_the_run(bench: Any, settings: dict[str, Any]) -> None:
    node = Airbyte(**settings, mode="incremental", config={"hangs": True}, follow=True)

    assert bench.live(node, lambda: None, 0) in ([], [(1, "incremental")], [(1, "incremental"), (2, "incremental")])


def test_a_connector_that_breaks_is_started_again_behind_its_state(bench: Any, settings: dict[str, Any]) -> None:
    node = Airbyte(**settings, mode="incremental", config={"breaks": True}, follow=True, retry_s=60)

    found = bench.live(node, lambda: None, 4)

    assert sorted(found)[:4] == [(n, "incremental") for n in (1, 2, 3, 4)]


def test_a_probe_lets_the_connector_check_itself(bench: Any, settings: dict[str, Any]) -> None:
    node = Airbyte(**settings)

    assert node.probe(secrets=lambda name: "pass-91").endswith("/users: the connector's check has succeeded")
    with pytest.raises(SystemUnfit, match="wrong password"):
        node.probe(secrets=lambda name: "no")
    with pytest.raises(SystemUnfit, match="cannot be started: No such file"):
        node.model_copy(update={"command": ["no-such-program"]}).probe(secrets=lambda name: "no")


@pytest.mark.parametrize(
    ("more", "password", "message"),
    [({"stream": "boats"}, "pass-91", "no stream 'boats'; it has cars, users"), ({}, "no", "wrong password")],
)
def test_what_cannot_be_read_fails_the_run(bench: Any, settings: Any, more: Any, password: str, message: str) -> None:
    bench.secrets["airbyte_test"] = password

    with pytest.raises(Exception, match=message) as failed:
        bench.rows(Airbyte(**{**settings, **more}))
    assert "pass-91" not in str(failed.value)


def test_following_everything_needs_a_key(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="following with full_refresh needs a key"):
        Airbyte(**settings, follow=True)


def test_a_key_has_to_be_among_the_columns(bench: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="key column 'id' is not among the columns n, s"):
        bench.rows(Airbyte(**settings, key=["id"]))
