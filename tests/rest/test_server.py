"""The whole server in a process of its own: it listens here only, finds a free port, and tells the token once."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.faces.rest.server import host_names, listen

START = """
import sys
from pathlib import Path
from workbench.faces.rest.server import serve
serve(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]), False, query="?incident=INC-1")
"""


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_busy_port_leads_to_the_next_free_one(busy: int) -> None:
    with listen("127.0.0.1", busy) as found:
        assert found.getsockname()[0] == "127.0.0.1"
        assert busy < found.getsockname()[1] <= busy + 50


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(BadInput, match=r"cannot listen on 192\.0\.2\.1, ports 5077 to 5126: .*--port"):
        listen("192.0.2.1", 5077)


def test_names_of_this_machine_only() -> None:
    assert host_names("127.0.0.1", 5077) == ["127.0.0.1:5077", "[::1]:5077", "localhost:5077"]
    assert "0.0.0.0:1" not in host_names("0.0.0.0", 1)


@pytest.mark.slow
def test_the_server_serves_app_and_api_behind_its_token(tmp_path: Path, busy: int) -> None:
    command = [sys.executable, "-c", START, str(tmp_path / "workspace"), str(busy)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address
            base, token, query = re.fullmatch(
                r"(http://127\.0\.0\.1:\d+/)\?token=([\w-]{43})&(.*)", address[0]
            ).groups()
            assert query == "incident=INC-1"

            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(base, timeout=30)
            page = get(base, token)
            assert "<title>Causeway</title>" in page
            assert token not in page
            script = re.search(r'static/extensions/panel-material-ui/panel-material-ui\.bundle\.css[^"]*', page)
            assert script
            assert get(base + script[0], token)
            assert json.loads(get(base + "health/live", ""))["status"] == "live"
            assert [one["name"] for one in json.loads(get(base + "api/v1/tools", token))]
        finally:
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=30)
    assert token not in errors
    assert "Traceback" not in errors.replace("KeyboardInterrupt", "")
    log = tmp_path / "workspace" / "logs" / "causeway.ndjson"
    assert not log.exists() or token not in log.read_text(encoding="utf-8")
    assert os.listdir(tmp_path / "workspace")


def get(url: str, token: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        text: str = answer.read().decode()
    return text
