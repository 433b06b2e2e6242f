"""Detectors go on after a crash with what they had learned: nothing is put out twice, and nothing is missed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from tests.engine.flows import COLUMNS, wait_until, write_lines
from workbench.engine import checkpoint
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.store import runs, telemetry
from workbench.store.db import Store

LINES = 6000
METRIC = {
    "time_unix_nano": "time_unix_nano",
    "metric_name": "summary",
    "service_name": "service_name",
    "value": "expected",
}


def watched(name: str, **options: object) -> Flow:
    """Return a flow whose detector puts out every bucket, with what it had learned until then, and events of it."""
    read = {"path": "app.jsonl", "columns": COLUMNS, "follow": True}
    return Flow.model_validate(
        {
            "name": name,
            "nodes": [
                {"id": "read", "kind": "sources.jsonlines", "settings": read},
                {"id": "rate", "kind": "detectors.rate_change", "settings": {"threshold": 0}},
                {"id": "shown", "kind": "tables.select", "settings": {"columns": METRIC}},
                {"id": "rates", "kind": "sinks.workspace_table", "settings": {"table": "metrics"}},
                {"id": "open", "kind": "detectors.incident_opener", "settings": {"threshold": 0, "grouping_s": 15}},
                {"id": "events", "kind": "sinks.workspace_table", "settings": {"table": "events"}},
            ],
            "edges": [
                {"source": "read", "target": "rate"},
                {"source": "rate", "target": "shown"},
                {"source": "shown", "target": "rates"},
                {"source": "rate", "target": "open"},
                {"source": "open", "target": "events"},
            ],
            "run": options,
        }
    )


def rows(store: Store, scope: str) -> tuple[Counter[tuple[object, ...]], Counter[tuple[object, ...]]]:
    """Return what is stored of the detector and of the events."""
    frames = telemetry.read(store, scope=scope)
    rates = (frames.metrics[name] for name in ("time_unix_nano", "service_name", "metric_name", "value"))
    events = (frames.events[name] for name in ("time_unix_nano", "service_name", "summary"))
    return Counter(zip(*rates, strict=True)), Counter(zip(*events, strict=True))


def last_bucket(store: Store, scope: str) -> bool:
    """Tell whether the last bucket that can have ended is stored."""
    found = telemetry.read(store, scope=scope).metrics["time_unix_nano"]
    return bool(len(found)) and int(found.max()) >= (LINES - 30) * 10**9


def test_kill_9_at_any_time_leaves_detectors_exact(
    keeping: Supervisor, kept: Store, workspace: Path, tmp_path: Path
) -> None:
    chance = random.Random(5)
    flow = watched("watched", resume=True)
    write_lines(tmp_path, 0, 100)
    written = 100
    notes = []
    for _ in range(4):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        for _ in range(chance.randrange(2, 6)):
            write_lines(tmp_path, written, written := min(written + 400, LINES))
            time.sleep(0.15)
        state = workspace / "runs" / "state" / run.run_id
        # Before that nothing is kept, and the next run begins afresh.
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        time.sleep(chance.uniform(0.0, 0.4))
        pid = keeping.process_id(run.run_id)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        notes.append(keeping.wait(run.run_id, 30).note)
    write_lines(tmp_path, written, LINES)
    last = keeping.run(flow, folder=tmp_path, wait=False)
    wait_until(lambda: last_bucket(kept, last.scope), 60)
    last = keeping.stop(last.run_id)
    whole = keeping.run(watched("whole"), folder=tmp_path, wait=False)
    wait_until(lambda: last_bucket(kept, whole.scope), 60)
    keeping.stop(whole.run_id)

    (rates, events), (all_rates, all_events) = rows(kept, last.scope), rows(kept, whole.scope)

    assert (notes, last.note) == ([""] * 4, "")
    assert len(all_rates) > LINES // 10 * 6
    assert (list(rates - all_rates)[:5], list(all_rates - rates)[:5]) == ([], [])
    assert (list(events - all_events)[:5], list(all_events - events)[:5]) == ([], [])
