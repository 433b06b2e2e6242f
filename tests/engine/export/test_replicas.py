"""Two replicas of an exported flow share the partitions of a topic: each message goes to one of them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.catalog.kafka_cluster import kafka_cluster, send
from tests.engine.flows import make_flow, wait_until
from workbench.flow.script import to_script

MESSAGES = 200


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with kafka_cluster() as addresses:
        yield addresses


def rows_of(folder: Path) -> list[dict[str, int]]:
    file = folder / "out.jsonl"
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


@pytest.mark.slow
def test_each_partition_goes_to_one_of_two_replicas(servers: str, tmp_path: Path) -> None:
    read = {
        "servers": servers,
        "topic": "orders",
        "columns": {"n": "integer", "message_partition": "integer"},
        "group": "two-replicas",
        "options": {"session.timeout.ms": 6000},
    }
    program = to_script(make_flow(("read", "sources.kafka", read), ("keep", "sinks.jsonlines", {"path": "out.jsonl"})))
    (tmp_path / "flow.py").write_text(program)
    folders = [tmp_path / "one", tmp_path / "two"]
    probes = 0

    def probe() -> bool:
        nonlocal probes
        probes += 1
        send(servers, "orders", b'{"n": -1}', key=str(probes).encode())
        return all(rows_of(folder) for folder in folders)

    with ExitStack() as stack:
        for folder in folders:
            folder.mkdir()
            process = subprocess.Popen([sys.executable, str(tmp_path / "flow.py")], cwd=folder)
            stack.callback(process.wait, 60)
            stack.callback(process.send_signal, signal.SIGTERM)
        # A group is complete when both members have got something.
        wait_until(probe, 120)
        for n in range(MESSAGES):
            send(servers, "orders", json.dumps({"n": n}).encode(), key=str(n).encode())
        wait_until(lambda: sum(row["n"] >= 0 for folder in folders for row in rows_of(folder)) >= MESSAGES, 120)

    found = [[row for row in rows_of(folder) if row["n"] >= 0] for folder in folders]
    partitions = [{row["message_partition"] for row in rows} for rows in found]
    assert sorted(row["n"] for rows in found for row in rows) == list(range(MESSAGES))
    assert partitions[0] | partitions[1] == {0, 1, 2, 3}
    assert partitions[0] & partitions[1] == set()
