"""kill -9 of the owner while rows stream in: what was acknowledged is there, and nothing is there by half or twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

import pyarrow as pa
import pytest

from workbench.errors import OwnerGone
from workbench.store import sources, telemetry
from workbench.store.client import Client
from workbench.store.db import Store

ROWS = 400


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("kill_nursery.py")
    environment = os.environ | {"PYTHONPATH": str(script.parents[2])}
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    yield process
    process.communicate(timeout=30)


@contextmanager
def owner_process(nursery: subprocess.Popen[str], folder: Path) -> Iterator[int]:
    assert nursery.stdin
    assert nursery.stdout
    nursery.stdin.write(f"{folder}\n")
    nursery.stdin.flush()
    pid = int(nursery.stdout.readline())
    yield pid
    os.kill(pid, signal.SIGKILL)
    assert nursery.stdout.readline() == "ended\n"


def batch(name: str) -> bytes:
    rows = pa.table({"service_name": [name] * ROWS, "body": [f"line {number}" for number in range(ROWS)]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())


def stream(
    folder: Path, source_id: int, names: Iterator[str], acknowledged: list[str], flowing: threading.Event
) -> str:
    """Send batches until the owner is gone; return the name of the one that got no answer."""
    client = Client(folder)
    for name in names:
        try:
            client.append("logs", source_id, batch(name), name)
        except OwnerGone:
            return name
        acknowledged.append(name)
        flowing.set()
    return ""


@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_every_acknowledged_batch_survives_and_none_is_partial_or_double(
    tmp_path: Path, nursery: subprocess.Popen[str], rounds: int
) -> None:
    dice = random.Random(5)
    with Store.open(tmp_path) as store:
        source_id = sources.register(store, kind="api", uri="", scope="live").source_id
    acknowledged: list[str] = []
    numbers = count()
    unanswered = ""
    for _ in range(rounds):
        names = chain([unanswered] if unanswered else [], (f"batch-{number}" for number in numbers))
        flowing = threading.Event()
        last: list[str] = []
        with owner_process(nursery, tmp_path):
            writer = threading.Thread(
                target=lambda names=names, flowing=flowing, last=last: last.append(
                    stream(tmp_path, source_id, names, acknowledged, flowing)
                )
            )
            writer.start()
            assert flowing.wait(30)
            threading.Event().wait(dice.uniform(0, 0.05))
        writer.join()
        unanswered = last[0]

        with Store.open(tmp_path) as store, store.connection() as cursor:
            stored = dict(cursor.execute("SELECT service_name, count(*) FROM logs GROUP BY 1").fetchall())
            ids = cursor.execute("SELECT count(DISTINCT row_id) FROM logs").fetchall()[0][0]
        assert {name for name in acknowledged if stored.get(name) != ROWS} == set()
        assert set(stored) - set(acknowledged) <= {unanswered}
        assert set(stored.values()) == {ROWS}
        assert ids == ROWS * len(stored)

    with Store.open(tmp_path) as store:
        assert telemetry.append_ipc(store, "logs", source_id, batch(unanswered), unanswered) == ROWS
        assert telemetry.count(store)["logs"] == ROWS * len({*acknowledged, unanswered})
    assert len(acknowledged) > rounds
