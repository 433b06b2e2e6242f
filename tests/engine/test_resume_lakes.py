"""Kill -9 in the middle of a run: a table of a lake has every row in the end, by a key each of them once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sinks.deltalake import DeltalakeOutput
from node_catalog.sinks.iceberg import IcebergOutput
from tests.catalog import lakes
from tests.engine.flows import COLUMNS, make_flow, wait_until, write_lines
from workbench.engine import checkpoint
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.store import runs
from workbench.store.db import Store

pytestmark = [
    pytest.mark.service,
    pytest.mark.slow,
    # Libraries of others leave files to the collector, and talk of what will come.
    pytest.mark.filterwarnings("default"),
]
KILLS, AT_ONCE = 3, 40


@pytest.mark.parametrize("key", [pytest.param(["time_unix_nano"], id="by-key"), pytest.param([], id="appended")])
@pytest.mark.parametrize("kind", [DeltalakeOutput, IcebergOutput])
def test_a_killed_run_leaves_no_gap_in_a_lake(
    keeping: Supervisor,
    kept: Store,
    workspace: Path,
    tmp_path: Path,
    kind: type[DeltalakeOutput | IcebergOutput],
    key: list[str],
) -> None:
    place: dict[str, Any] = {"uri": str(tmp_path / "lake")}
    if kind is IcebergOutput:
        place = {
            "catalog_uri": f"sqlite:///{tmp_path}/catalog.db",
            "warehouse": f"file://{tmp_path}/lake",
            "table": "a.b",
        }
    settings = {**place, "key": key, "roll_s": 0.3}
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}),
        ("keep", kind.kind, settings),
        resume=True,
    ).model_copy(update={"name": f"killed {kind.kind} {len(key)}"})
    node = kind.model_validate(settings)

    def times() -> Counter[int]:
        return Counter(row["time_unix_nano"] // 10**9 for row in lakes.rows(node))

    write_lines(tmp_path, 0, AT_ONCE)
    written = AT_ONCE
    for _ in range(KILLS):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        for _ in range(3):
            write_lines(tmp_path, written, written := written + AT_ONCE)
            time.sleep(0.2)
        state = workspace / "runs" / "state" / run.run_id
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        pid = keeping.process_id(run.run_id)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        keeping.wait(run.run_id, 30)
    last = keeping.run(flow, folder=tmp_path, wait=False)
    wait_until(lambda: len(times()) == written, 90)
    ended = keeping.stop(last.run_id)

    found = times()

    assert (ended.resumed_from != "", ended.note) == (True, "")
    assert sorted(found) == list(range(written))
    if key:
        assert set(found.values()) == {1}
