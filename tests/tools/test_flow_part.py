"""Runs of a part of a flow: up to a node, from a node on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.core import Workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.run import RunStatus
from workbench.settings import Settings
from workbench.store.db import Store
from workbench.tools.flow_runs import FlowRun

pytestmark = pytest.mark.slow

FLOW: dict[str, Any] = {
    "name": "items",
    "nodes": [
        {
            "id": "read",
            "kind": "sources.jsonlines",
            "settings": {"path": "items.jsonl", "columns": {"n": "integer", "k": "text"}},
        },
        {
            "id": "names",
            "kind": "sources.jsonlines",
            "settings": {"path": "names.jsonl", "columns": {"k": "text", "name": "text"}},
        },
        {"id": "big", "kind": "tables.filter", "settings": {"condition": "12 // n < 4"}},
        {"id": "named", "kind": "tables.join", "settings": {"on": {"k": "k"}}},
        {"id": "out", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}},
        {"id": "also", "kind": "sinks.jsonlines", "settings": {"path": "also.jsonl"}},
    ],
    "edges": [
        {"source": "read", "target": "big"},
        {"source": "big", "target": "named", "port": "left"},
        {"source": "names", "target": "named", "port": "right"},
        {"source": "named", "target": "out"},
        {"source": "read", "target": "also"},
    ],
}


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "items.jsonl").write_text("".join(json.dumps({"n": n, "k": "ab"[n % 2]}) + "\n" for n in range(10)))
    (tmp_path / "names.jsonl").write_text("".join(json.dumps({"k": k, "name": k * 3}) + "\n" for k in "ab"))
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "items.flow.json").write_text(json.dumps(FLOW))
    with Workbench(Store.open(tmp_path), Settings(run_drain_s=5), tmp_path) as workbench:
        yield workbench


def written(wb: Workbench, name: str) -> list[int]:
    assert wb.path is not None
    path = wb.path / f"{name}.jsonl"
    return sorted(json.loads(line)["n"] for line in path.read_text().splitlines()) if path.exists() else []


def figures(wb: Workbench, run_id: str) -> dict[str, int | None]:
    return {one.node: one.rows_out for one in wb.call("flow_metrics", run_id=run_id).now.nodes}


def test_up_to_a_node_runs_what_it_reads_from_and_writes_nothing(wb: Workbench) -> None:
    done: FlowRun = wb.call("flow_run", flow="items", up_to="big")

    assert (done.run.status, done.run.rows_in, done.run.rows_rejected) == (RunStatus.SUCCEEDED, 10, 1)
    assert figures(wb, done.run.run_id) == {"read": 10, "big": 6}
    assert (written(wb, "out"), written(wb, "also")) == ([], [])
    assert [json.loads(one.row_json)["n"] for one in wb.call("dead_letters", target=done.run.run_id)] == [0]


def test_from_a_node_on_goes_with_its_first_rows_and_reads_the_other_branch(wb: Workbench) -> None:
    done: FlowRun = wb.call("flow_run", flow="items", from_="big")

    assert written(wb, "out") == [4, 5, 6, 7, 8, 9]
    assert written(wb, "also") == []
    assert figures(wb, done.run.run_id) == {"names": 2, "big": 6, "named": 6, "out": None}
    assert "it began with 6 rows of big, as a preview shows them" in done.text()


def test_pinned_rows_are_begun_with_but_for_those_behind(wb: Workbench) -> None:
    columns = [{"name": "n", "type": "integer", "nullable": False}, {"name": "k", "type": "text", "nullable": False}]
    named = [*columns, {"name": "name", "type": "text", "nullable": False}]
    pinned = {
        "big": {"columns": columns, "rows": [{"n": 100, "k": "a"}]},
        "named": {"columns": named, "rows": [{"n": 7, "k": "a", "name": "x"}]},
    }

    done: FlowRun = wb.call("flow_run", flow="items", from_="big", pinned=json.dumps(pinned))

    assert written(wb, "out") == [100]
    assert done.run.note.startswith("it began with 1 row of big, pinned")


def test_runs_say_which_part_they_were_of(wb: Workbench) -> None:
    wb.call("flow_run", flow="items", from_="big", up_to="named")
    wb.call("flow_run", flow="items", up_to="also")

    listed = wb.call("runs", flow="items")

    assert [one.part for one in listed.runs] == ["up to also", "from big up to named"]
    assert "items, from big up to named" in listed.text()


def test_a_part_leaves_what_the_whole_flow_keeps_as_it_is(wb: Workbench) -> None:
    assert wb.path is not None
    source = {"path": "lines.jsonl", "columns": {"time_unix_nano": "integer", "body": "text"}}
    lines = {
        "name": "lines",
        "nodes": [
            {"id": "read", "kind": "sources.jsonlines", "settings": source},
            {"id": "late", "kind": "tables.filter", "settings": {"condition": "time_unix_nano > 2"}},
            {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
        ],
        "edges": [{"source": "read", "target": "late"}, {"source": "late", "target": "keep"}],
        "run": {"resume": True},
    }
    (wb.path / "flows" / "lines.flow.json").write_text(json.dumps(lines))
    (wb.path / "lines.jsonl").write_text("".join(f'{{"time_unix_nano": {n}, "body": "x"}}\n' for n in range(5)))
    whole: FlowRun = wb.call("flow_run", flow="lines")

    part: FlowRun = wb.call("flow_run", flow="lines", from_="late")
    again: FlowRun = wb.call("flow_run", flow="lines")

    assert (part.run.resumed_from, part.stored) == ("", {"logs": 2})
    assert "what the whole flow keeps is neither used nor changed" in part.run.note
    assert (again.run.resumed_from, again.run.rows_in) == (whole.run.run_id, 0)
    assert (again.scope, again.stored) == (whole.scope, {"logs": 2})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param({"up_to": "big", "resume": True}, "a part of a flow keeps no state", id="going-on"),
        pytest.param({"from_": "big", "restart": "on-failure"}, "a part of a flow keeps no state", id="restarts"),
        pytest.param({"from_": "out"}, "no node reads from 'out'", id="nothing-behind"),
        pytest.param({"from_": "big", "set_": ["read.path=empty.jsonl"]}, "no rows came to 'big'", id="no-rows"),
        pytest.param({"pinned": "{}"}, "pinned rows are for a run from a node on", id="pinned-without-from"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(wb: Workbench, asked: dict[str, Any], told: str) -> None:
    assert wb.path is not None
    (wb.path / "empty.jsonl").write_text("")

    with pytest.raises(BadInput, match=told):
        wb.call("flow_run", flow="items", **asked)

    assert wb.call("runs").runs == []


def test_a_node_that_is_not_there_is_named(wb: Workbench) -> None:
    with pytest.raises(NotFound, match="no node 'bigger'"):
        wb.call("flow_run", flow="items", up_to="bigger")
