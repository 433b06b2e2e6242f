"""Figures of nodes. The first test is the contract with Pathway: a version that tells them otherwise fails here."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from tests.engine.flows import COLUMNS, make_flow, wait_until, write_lines
from workbench.engine.events import Metrics
from workbench.engine.meter import Meter
from workbench.engine.supervisor import Supervisor
from workbench.flow.graph import Flow
from workbench.store import telemetry
from workbench.store.db import Store


def joined() -> Flow:
    """Return a flow in which the engine's own counts of operators are not those of the nodes."""
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        ("some", "tables.filter", {"condition": 'service_name == "service-1"'}),
        ("group", "tables.group", {"by": ["service_name"], "aggregates": {"lines": {"function": "count"}}}),
    )
    join = {"how": "inner", "on": {"service_name": "service_name"}}
    more = Flow.model_validate(
        {
            "name": "joined",
            "nodes": [
                {"id": "join", "kind": "tables.join", "settings": join},
                {"id": "out", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}},
                {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
            ],
            "edges": [
                {"source": "some", "target": "join", "port": "left"},
                {"source": "group", "target": "join", "port": "right"},
                {"source": "join", "target": "out"},
                {"source": "some", "target": "keep"},
            ],
        }
    )
    return flow.model_copy(update={"nodes": [*flow.nodes, *more.nodes], "edges": [*flow.edges, *more.edges]})


def test_rows_in_and_out_of_every_node_are_exact(supervisor: Supervisor, tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 2100)

    run = supervisor.run(joined(), folder=tmp_path)

    found = {one.node: (one.rows_in, one.rows_out) for one in supervisor.metrics(run.run_id)[-1].nodes}
    changes = found["group"][1] or 0
    assert changes % 2 == 1, "one row stays, the others come and go"
    assert found == {
        "read": (None, 2100),
        "some": (2100, 300),
        "group": (300, changes),
        "join": (300 + changes, found["join"][1]),
        "out": (found["join"][1], None),
        "keep": (300, 300),
    }
    assert (found["join"][1] or 0) >= 300


def test_figures_come_while_a_run_goes_on(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 700)
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}),
        ("some", "tables.filter", {"condition": 'service_name == "service-1"'}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
    )
    run = supervisor.run(flow, folder=tmp_path, wait=False)
    with (tmp_path / "app.jsonl").open("a") as file:
        file.write("no JSON\n")

    def last() -> dict[str, Any]:
        found = supervisor.metrics(run.run_id)
        return {one.node: one for one in found[-1].nodes} if found else {}

    wait_until(lambda: bool(last()) and last()["some"].rows_out == 100 and last()["read"].errors == 1)
    wait_until(lambda: last()["read"].rows_per_s == 0)
    read, keep = last()["read"], last()["keep"]
    supervisor.stop(run.run_id)

    assert (read.rows_out, read.last_error, read.last_row) == (700, "not JSON: Expecting value at column 1", "no JSON")
    assert ":" in read.position
    assert re.fullmatch(r"all until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", keep.position)
    assert read.waiting == 0
    assert read.lag_ms is not None
    assert telemetry.count(store, run.run_id)["logs"] == 100


class Counted:
    """A source that counts itself."""

    def measure(self) -> tuple[int, int, str]:
        return 5, 2, "here"


class Calm:
    """Nothing went wrong."""

    def troubles(self, node: str) -> tuple[int, str, str]:
        return 0, "", ""

    def report(self, *, last: bool = False) -> None:
        """Nothing is told."""


def test_without_the_figures_of_the_engine_those_of_sources_and_sinks_are_there() -> None:
    sent: list[Metrics] = []
    meter = Meter(sent.append, Calm())
    meter.opened("read", Counted())
    meter._inputs = {"read": [], "some": ["read"]}

    meter.report()
    meter.settle("read")

    found = [(one.node, one.rows_in, one.rows_out, one.waiting, one.position) for one in sent[0].nodes]
    assert found == [("read", None, 5, 2, "here"), ("some", None, None, 0, "")]


class SlowToTell:
    """Troubles that take a while to be told."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.told: list[str] = []

    def troubles(self, node: str) -> tuple[int, str, str]:
        return 0, "", ""

    def report(self, *, last: bool = False) -> None:
        if not last:
            self.begun.set()
            self.go_on.wait(30)
        self.told.append("last" if last else "before")


def test_rows_that_failed_were_lost_when_the_run_ended_while_they_were_told() -> None:
    slow = SlowToTell()
    meter = Meter(lambda frame: None, slow)
    meter.start({}, {})
    assert slow.begun.wait(30)

    threading.Timer(0.05, slow.go_on.set).start()
    meter.finish()

    assert slow.told[:2] == ["before", "last"]
