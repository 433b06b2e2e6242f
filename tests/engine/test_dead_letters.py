"""Rows that fail in a run are kept with their content; too many of them end it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.flows import COLUMNS, line, make_flow, to_logs, write_lines
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.store import dead_letters, telemetry
from workbench.store.db import Store

TENS = "def tens(number):\n    if number == 3:\n        raise ValueError('no threes')\n    return 10 // number\n"


def bad(number: int) -> str:
    """Return a line whose level cannot be divided by."""
    return line(number).replace('"severity_number": 9', '"severity_number": 0')


def letters(store: Store, run_id: str) -> list[tuple[Any, ...]]:
    return [(one.node, one.side, one.message, one.row_json) for one in dead_letters.find(store, run_id=run_id)]


def test_a_line_that_cannot_be_read_is_kept_as_it_was(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    (tmp_path / "app.jsonl").write_text(line(1) + "not json\n" + line(2) + "not json\n")

    run = supervisor.run(to_logs(), folder=tmp_path)

    wanted = ("read", "source", "not JSON: Expecting value at column 1", "not json")
    assert letters(store, run.run_id) == [wanted, wanted]
    assert telemetry.count(store, run.run_id)["logs"] == 2


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        pytest.param(
            "tables.select",
            {"columns": {"x": "10 // severity_number", "body": "body"}},
            "division by zero",
            id="a-computed-column",
        ),
        pytest.param("tables.filter", {"condition": "10 // severity_number > 0"}, "division by zero", id="a-condition"),
        pytest.param(
            "tables.python_function",
            {"file": "mine.py", "function": "tens", "arguments": ["severity_number"], "output": "x", "type": "integer"},
            "ZeroDivisionError: integer division or modulo by zero",
            id="a-function",
        ),
    ],
)
def test_the_row_that_failed_in_a_node_is_kept(
    supervisor: Supervisor, store: Store, tmp_path: Path, kind: str, settings: dict[str, Any], message: str
) -> None:
    (tmp_path / "mine.py").write_text(TENS)
    (tmp_path / "app.jsonl").write_text(line(1) + bad(2) + line(3))
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        ("compute", kind, settings),
        ("out", "sinks.jsonlines", {"path": "out.jsonl"}),
    )

    run = supervisor.run(flow, folder=tmp_path)

    assert (run.exit_reason, run.rows_rejected) == ("done", 1)
    row = '{"time_unix_nano": 2000000000, "service_name": "service-2", "severity_number": 0, "body": "line 2"}'
    assert letters(store, run.run_id) == [("compute", "node", message, row)]
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2


def test_letters_are_bounded_and_all_are_counted(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    (tmp_path / "app.jsonl").write_text("".join(bad(n) for n in range(1500)))
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        ("compute", "tables.select", {"columns": {"x": "10 // severity_number"}}),
        ("out", "sinks.jsonlines", {"path": "out.jsonl"}),
    )

    run = supervisor.run(flow, folder=tmp_path)

    assert (run.rows_rejected, dead_letters.count(store, run.run_id)) == (1500, 1000)
    node = next(one for one in supervisor.metrics(run.run_id)[-1].nodes if one.node == "compute")
    assert (node.errors, node.last_error, '"severity_number": 0' in node.last_row) == (1500, "division by zero", True)


def test_too_many_errors_end_the_run_in_order(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 100)
    with (tmp_path / "app.jsonl").open("a") as file:
        file.write("rubbish\n" * 4)

    run = supervisor.run(to_logs(follow=True, max_errors=3), folder=tmp_path)

    assert (run.status, run.exit_reason) == (RunStatus.FAILED, "failed: 4 rows failed, more than 3")
    assert telemetry.count(store, run.run_id)["logs"] == 100
