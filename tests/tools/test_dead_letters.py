"""The verbs about rows that failed, and about rows of a node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.core import Workbench
from workbench.errors import BadInput, NotFound, NotWatched, RunFailed
from workbench.facts.run import Run
from workbench.settings import Settings
from workbench.store import runs, telemetry
from workbench.store.db import Store
from workbench.tools.dead_letters import Retried
from workbench.tools.preview import Preview

pytestmark = pytest.mark.slow

COLUMNS = {"time_unix_nano": "integer", "body": "text", "level": "integer"}
FLOW: dict[str, Any] = {
    "name": "levels",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": COLUMNS}},
        {
            "id": "call",
            "kind": "tables.python_function",
            "settings": {
                "file": "mine.py",
                "function": "tens",
                "arguments": ["level"],
                "output": "severity_number",
                "type": "integer",
            },
        },
        {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
    ],
    "edges": [{"source": "read", "target": "call"}, {"source": "call", "target": "keep"}],
}


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    rows = [{"time_unix_nano": n, "body": f"line {n}", "level": n % 3} for n in range(6)]
    bad = json.dumps({"time_unix_nano": 9, "body": "late"})
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + bad + "\nrubbish\n")
    (tmp_path / "mine.py").write_text("def tens(level):\n    return 10 // level\n")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "levels.flow.json").write_text(json.dumps(FLOW))
    with Workbench(Store.open(None), Settings(run_drain_s=5), tmp_path) as workbench:
        yield workbench


def bodies(wb: Workbench, scope: str) -> list[str]:
    return sorted(telemetry.read(wb.store, scope=scope).logs["body"])


def test_rows_that_failed_are_listed_and_go_through_when_the_flow_is_mended(wb: Workbench) -> None:
    run: Run = wb.call("flow_run", flow="levels").run
    assert wb.path is not None
    assert bodies(wb, run.run_id) == ["line 1", "line 2", "line 4", "line 5"]
    listed = wb.call("dead_letters", target=run.run_id, node="call")
    assert {json.loads(one.row_json)["body"] for one in listed} == {"line 0", "line 3"}
    assert "ZeroDivisionError" in listed.text()

    (wb.path / "mine.py").write_text("def tens(level):\n    return 10 // (level or 1)\n")
    done: Retried = wb.call("retry_rows", target="levels", node="call")

    assert (done.retried, done.failed_again, done.skipped) == (2, 0, [])
    assert bodies(wb, run.run_id) == [f"line {n}" for n in range(6)]
    assert [one.state for one in wb.call("dead_letters", target=run.run_id, node="call")] == ["retried"] * 2
    with pytest.raises(NotFound, match="no waiting row of 'levels'"):
        wb.call("retry_rows", target="levels", node="call")


def test_a_line_of_a_source_comes_in_again_with_what_it_lacked(wb: Workbench) -> None:
    run: Run = wb.call("flow_run", flow="levels").run
    late, rubbish = wb.call("dead_letters", target=run.run_id, node="read")

    refused: Retried = wb.call("retry_rows", target=run.run_id, node="read", letter=[rubbish.letter_id])
    mended = json.dumps({"time_unix_nano": 9, "body": "late", "level": 2})
    done: Retried = wb.call("retry_rows", target=run.run_id, node="read", letter=[late.letter_id], row=mended)

    assert [one.reason for one in refused.skipped] == ["it is no JSON object; give it as one with --row"]
    assert (refused.exit_code, done.retried, done.exit_code) == (1, 1, 0)
    assert "late" in bodies(wb, run.run_id)
    assert [one.state for one in wb.call("dead_letters", target=run.run_id, node="read")] == ["retried", "waiting"]


def test_a_row_that_fails_again_has_a_letter_of_its_own(wb: Workbench) -> None:
    wb.call("flow_run", flow="levels")

    done: Retried = wb.call("retry_rows", target="levels", node="call")

    assert (done.retried, done.failed_again) == (2, 2)
    assert len(wb.call("dead_letters", target=done.runs[0].run_id)) == 2
    with pytest.raises(BadInput, match="one letter takes the row, not 2"):
        wb.call("retry_rows", target="levels", node="call", row="{}")


def test_the_first_rows_of_a_node(wb: Workbench) -> None:
    found: Preview = wb.call("flow_preview", flow="levels", node="call", rows=2)

    assert [column.text() for column in found.columns][-1].startswith("severity_number integer")
    assert (len(found.rows), found.total) == (2, 4)
    assert all(row["severity_number"] == 10 // row["level"] for row in found.rows)
    assert found.errors == [
        "read: 2 rows were rejected, such as a.jsonl, line 7: no field 'level'",
        "call: ZeroDivisionError: integer division or modulo by zero (2 rows)",
    ]
    assert runs.latest(wb.store) == []
    assert wb.call("flow_preview", flow="levels", node="keep").total == 4


def test_a_preview_is_made_anew_when_a_file_changes(wb: Workbench) -> None:
    assert wb.path is not None
    first: Preview = wb.call("flow_preview", flow="levels", node="read")
    with (wb.path / "a.jsonl").open("a") as file:
        file.write('{"time_unix_nano": 10, "body": "more", "level": 1}\n')

    second: Preview = wb.call("flow_preview", flow="levels", node="read")

    assert (first.total, second.total) == (6, 7)


def test_a_preview_of_a_source_that_goes_on_ends(wb: Workbench) -> None:
    assert wb.call("flow_preview", flow="levels", node="read", set_=["read.follow=true"]).total == 6


def test_a_preview_up_to_a_fault_says_which(wb: Workbench) -> None:
    with pytest.raises(RunFailed, match=r"node 'read': 'none\.jsonl' is not there"):
        wb.call("flow_preview", flow="levels", node="call", set_=["read.path=none.jsonl"])
    with pytest.raises(NotFound, match="no node 'nobody'"):
        wb.call("flow_preview", flow="levels", node="nobody")


def test_rows_of_a_node_are_looked_at_while_it_runs(wb: Workbench) -> None:
    run: Run = wb.call("flow_run", flow="levels", tap=["read"], tap_share=1).run

    found = wb.call("flow_tap", run_id=run.run_id, node="read")

    assert sorted(row["body"] for row in found.rows) == [f"line {n}" for n in range(6)]
    assert (
        found.text().splitlines()[-1] == "6 rows sampled, 100.00% of all; it costs about 4 us for each row of the node"
    )
    with pytest.raises(NotWatched, match=r"no tap at node 'keep'\. Run the flow with --tap keep") as refused:
        wb.call("flow_tap", run_id=run.run_id, node="keep")
    assert refused.value.code == "not-watched"
