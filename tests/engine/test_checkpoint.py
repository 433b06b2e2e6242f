"""What Pathway keeps of a run. These are its private ways: a new version that changes them fails here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.engine import checkpoint
from workbench.flow.graph import Flow

PROGRAM = """
import os, sys, threading, time
import pathway as pw
from workbench.engine import checkpoint
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of

class Numbers(RowSource):
    goes_on = True
    def next(self, **values):
        # A busy machine comes between an offset and its rows.
        time.sleep(0.25 if sys.argv[3] == "apart" else 0)
        super().next(**values)
    def read(self):
        print("from", int(self.offset or 0), flush=True)
        for number in range(int(self.offset or 0), int(sys.argv[2])):
            self.put((number,))
            if (number + 1) % 10 == 0:
                self.reached(str(number + 1))
                self.flush()
                time.sleep(0.002)
        self.reached(sys.argv[2])

rows = rows_of(Numbers(Source("numbers", threading.Event(), print)), {"number": int})
seen = []
def on_time_end(at):
    if sys.argv[3] == "slow" and len(seen) > 100:
        print("stuck in", at, flush=True)
        time.sleep(0.3)
        for _ in range(100):
            time.sleep(0.02)
            kept = checkpoint.kept_before(pw_folder)
            assert kept is None or kept < at, (kept, at)
        os._exit(0)
    print("at", at, len(seen), flush=True)
from pathlib import Path
pw_folder = Path(sys.argv[1])
pw.io.subscribe(rows, on_change=lambda key, row, time, is_addition: seen.append(row["number"]), on_time_end=on_time_end)
if sys.argv[3] in ("kill", "apart"):
    threading.Timer(2.4 if sys.argv[3] == "apart" else 1.0, lambda: os._exit(9)).start()
config = pw.persistence.Config(pw.persistence.Backend.filesystem(pw_folder), snapshot_interval_ms=100)
pw.run(monitoring_level=pw.MonitoringLevel.NONE, terminate_on_error=False, persistence_config=config)
print("rows", min(seen, default=0), len(seen), flush=True)
"""


def run(folder: Path, up_to: int, how: str = "") -> list[list[str]]:
    """Return what the program said, each line in words."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(folder), str(up_to), how],
        capture_output=True,
        text=True,
        check=False,
        # A run that goes on with what was kept once slept for ever, on a quiet machine only.
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.returncode in (0, 9), done.stderr
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "apart"])
def test_after_a_kill_rows_up_to_the_kept_time_are_not_made_again_and_all_others_are(tmp_path: Path, how: str) -> None:
    first = run(tmp_path, 100_000, how)
    kept = checkpoint.kept_before(tmp_path)
    assert kept is not None
    before = max((int(count) for word, at, count in first[1:] if int(at) <= kept), default=0)

    second = run(tmp_path, before + 500)

    assert second[0] == ["from", str(before)]
    assert second[-1] == ["rows", str(before), "500"]
    assert all(int(at) > kept for word, at, _ in second[1:-1])


@pytest.mark.slow
def test_nothing_is_kept_that_a_sink_has_not_finished(tmp_path: Path) -> None:
    said = run(tmp_path, 100_000, "slow")

    assert said[-1][:2] == ["stuck", "in"]


@pytest.mark.slow
def test_a_source_that_had_ended_goes_on_when_there_is_more(tmp_path: Path) -> None:
    run(tmp_path, 300)

    assert checkpoint.kept_before(tmp_path) == checkpoint.ALL
    assert run(tmp_path, 300)[-1] == ["rows", "0", "0"]
    assert run(tmp_path, 500)[-1] == ["rows", "300", "200"]


def test_the_newest_of_the_kept_times_counts(tmp_path: Path) -> None:
    assert checkpoint.kept_before(tmp_path / "none") is None
    for name, said in {"1-0-0": "Done", "2-0-0": {"At": 7}, "2-0-1": {"At": 9}, "2-0-2": None}.items():
        text = json.dumps({"last_advanced_timestamp": said, "total_workers": 1}) if said else '{"last_adv'
        (tmp_path / name).write_text(text)

    assert checkpoint.kept_before(tmp_path) == 9


def test_flows_that_differ_in_looks_only_share_a_state() -> None:
    flow = Flow.model_validate({"name": "a", "nodes": [{"id": "x", "kind": "sources.csv_file", "settings": {"b": 1}}]})
    moved = flow.nodes[0].model_copy(update={"position": (1.0, 2.0)})
    changed = flow.nodes[0].model_copy(update={"settings": {"b": 2}})

    assert checkpoint.digest(flow, "/f") == checkpoint.digest(flow.model_copy(update={"nodes": [moved]}), "/f")
    assert checkpoint.digest(flow, "/f") != checkpoint.digest(flow.model_copy(update={"nodes": [changed]}), "/f")
    assert checkpoint.digest(flow, "/f") != checkpoint.digest(flow, "/g")
