"""Every kind of source is stopped within a stated time: those that drain, and those that nobody can talk to.

The nodes come from a package that offers them by an entry point, as plug-ins do.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.flows import COLUMNS, make_flow, wait_until, write_lines
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.store import runs
from workbench.store.db import Store

PLUGIN = '''
import threading, time
import pathway as pw
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of


class Kafka(Node):
    """Read a topic with the client inside Pathway."""

    server: str

    def build(self) -> Rows:
        settings = {"bootstrap.servers": self.server, "group.id": "x", "session.timeout.ms": "6000"}
        return pw.io.kafka.read(settings, topic="t", format="plaintext", autocommit_duration_ms=100, name="kafka")
'''
FOLDER = '''
import pathway as pw
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Folder(Node):
    """Follow a folder with Pathway's own reader."""

    def build(self) -> Rows:
        return pw.io.plaintext.read("in", mode="streaming", autocommit_duration_ms=100, name="folder")
'''
STUCK = '''
import time
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of


class Stuck(Node):
    """Read from a client that never comes back."""

    def build(self, *, source: Source) -> Rows:
        return rows_of(Reader(source), {"data": str})


class Reader(RowSource):
    def read(self) -> None:
        self.put(("x",))
        self.flush()
        time.sleep(3600)
'''


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """Return a supervisor that knows the nodes of the package, and waits half a second for a drain."""
    place = tmp_path_factory.mktemp("plugin")
    package = place / "stubborn"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name, text in {"kafka": PLUGIN, "folder": FOLDER, "stuck": STUCK}.items():
        (package / f"{name}.py").write_text(text)
    info = place / "stubborn-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stubborn\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[causeway.nodes]\nstubborn = stubborn\n")
    sys.path.insert(0, str(place))
    try:
        with Store.open(None) as store:
            supervisor = Supervisor(store, drain_s=0.5, term_s=2.0)
            yield supervisor
            supervisor.close()
    finally:
        sys.path.remove(str(place))


def start(supervisor: Supervisor, flow: Flow, folder: Path) -> str:
    run_id = supervisor.run(flow, folder=folder, wait=False).run_id
    wait_until(lambda: runs.get(supervisor._store, run_id).status is RunStatus.RUNNING)
    # It has to be inside of whatever it is stuck in.
    time.sleep(1.0)
    return run_id


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        pytest.param("stubborn.kafka", {"server": "127.0.0.1:1"}, id="kafka-closed-port"),
        pytest.param("stubborn.kafka", {"server": "name.invalid:9092"}, id="kafka-no-such-host"),
        pytest.param("stubborn.folder", {}, id="pathways-own-reader"),
        pytest.param("stubborn.stuck", {}, id="a-client-that-never-comes-back"),
    ],
)
@pytest.mark.parametrize("now", [False, True], ids=["in-order", "now"])
def test_a_source_that_cannot_drain_is_ended(
    impatient: Supervisor, tmp_path: Path, kind: str, settings: dict[str, str], now: bool
) -> None:
    (tmp_path / "in").mkdir()
    flow = make_flow(("read", kind, settings), ("out", "sinks.jsonlines", {"path": "out.jsonl"}))
    run_id = start(impatient, flow, tmp_path)

    begin = time.monotonic()
    run = impatient.stop(run_id, now=now)

    assert run.status is RunStatus.CANCELLED
    assert run.exit_reason in ({"killed"} if now else {"stopped without draining", "killed"})
    # 0.5 s for the drain, 2 s after SIGTERM; a hundred times that would be a hang.
    assert time.monotonic() - begin < 60
    assert impatient.active() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        pytest.param("sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}, id="jsonlines"),
        pytest.param("sources.log_tail", {"path": "app.jsonl"}, id="log-tail"),
        pytest.param("sources.simulator", {"rate_per_s": 100}, id="simulator"),
        pytest.param(
            "sources.simulator",
            {"signal": "spans", "minutes": 1, "rate_per_s": 1, "speed": 0.01},
            id="a-source-that-waits",
        ),
    ],
)
def test_our_own_sources_drain(supervisor: Supervisor, tmp_path: Path, kind: str, settings: dict[str, object]) -> None:
    write_lines(tmp_path, 0, 100)
    run_id = start(
        supervisor, make_flow(("read", kind, settings), ("out", "sinks.jsonlines", {"path": "o.jsonl"})), tmp_path
    )

    run = supervisor.stop(run_id)

    assert (run.status, run.exit_reason) == (RunStatus.STOPPED, "stopped")
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == run.rows_in
