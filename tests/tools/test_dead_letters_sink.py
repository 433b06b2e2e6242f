"""Rows that another system did not take are sent to it again."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from workbench.core import Workbench
from workbench.facts.run import Run, RunStatus
from workbench.settings import Settings
from workbench.store.db import Store
from workbench.tools.dead_letters import Retried

pytestmark = pytest.mark.slow

FLOW: dict[str, Any] = {
    "name": "items",
    "nodes": [
        {
            "id": "read",
            "kind": "sources.jsonlines",
            "settings": {"path": "a.jsonl", "columns": {"name": "text", "ms": "number"}},
        },
        {"id": "keep", "kind": "sinks.sqlite", "settings": {"path": "a.db", "table": "items", "key": ["name"]}},
    ],
    "edges": [{"source": "read", "target": "keep"}],
}


def stored(folder: Path) -> list[tuple[str, float]]:
    with sqlite3.connect(folder / "a.db") as database:
        return database.execute("SELECT name, ms FROM items ORDER BY name").fetchall()


def test_a_row_that_a_database_refused_goes_in_once_it_is_mended(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE items (name TEXT PRIMARY KEY, ms REAL CHECK (ms >= 0))")
    rows = [{"name": "a", "ms": 1.0}, {"name": "b", "ms": -5.0}, {"name": "c", "ms": 3.0}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "items.flow.json").write_text(json.dumps(FLOW))

    with Workbench(Store.open(None), Settings(run_drain_s=5), tmp_path) as wb:
        run: Run = wb.call("flow_run", flow="items").run
        (letter,) = wb.call("dead_letters", target=run.run_id)
        before = stored(tmp_path)
        again: Retried = wb.call("retry_rows", target=run.run_id, node="keep")
        (waiting,) = [one for one in wb.call("dead_letters", target="items") if one.state == "waiting"]
        mended: Retried = wb.call(
            "retry_rows", target="items", letter=[waiting.letter_id], row=json.dumps({"name": "b", "ms": 5.0})
        )
        left = [one.state for one in wb.call("dead_letters", target="items")]

    assert (run.status, run.rows_rejected, before) == (RunStatus.SUCCEEDED, 1, [("a", 1.0), ("c", 3.0)])
    assert (letter.node, letter.side, json.loads(letter.row_json)) == ("keep", "sink", {"name": "b", "ms": -5.0})
    assert "CHECK constraint failed" in letter.message
    assert (again.retried, again.failed_again) == (1, 1)
    assert (mended.retried, mended.failed_again) == (1, 0)
    assert stored(tmp_path) == [("a", 1.0), ("b", 5.0), ("c", 3.0)]
    assert left == ["retried", "retried"]
