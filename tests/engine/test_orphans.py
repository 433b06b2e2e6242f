"""No child outlives the process that started it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

OWNER = """
import sys, time
from pathlib import Path
from workbench.engine.supervisor import Supervisor
from workbench.flow.graph import Flow
from workbench.store import telemetry
from workbench.store.db import Store

store = Store.open(None)
supervisor = Supervisor(store)
run = supervisor.run(Flow.load(sys.argv[1]), wait=False, folder=Path(sys.argv[2]))
while not telemetry.count(store, run.run_id)["logs"]:
    time.sleep(0.02)
print(supervisor.process_id(run.run_id), supervisor._children.server._process.pid, flush=True)
time.sleep(600)
"""
COLUMNS = {"time_unix_nano": "integer", "body": "text"}


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
def test_children_end_when_their_owner_is_killed(tmp_path: Path) -> None:
    (tmp_path / "app.jsonl").write_text(json.dumps({"time_unix_nano": 1, "body": "x"}) + "\n")
    flow = {
        "name": "endless",
        "nodes": [
            {
                "id": "read",
                "kind": "sources.jsonlines",
                "settings": {"path": "app.jsonl", "columns": COLUMNS, "follow": True},
            },
            {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
        ],
        "edges": [{"source": "read", "target": "keep"}],
    }
    (tmp_path / "endless.flow.json").write_text(json.dumps(flow))
    command = [sys.executable, "-c", OWNER, str(tmp_path / "endless.flow.json"), str(tmp_path)]
    root = Path(__file__).parents[2]
    owner = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}
    )
    assert owner.stdout is not None
    child, server = (int(word) for word in owner.stdout.readline().split())
    assert is_alive(child)
    assert is_alive(server)

    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()

    deadline = time.monotonic() + 20
    while (is_alive(child) or is_alive(server)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)
    assert not is_alive(server)
