"""Kill -9 in the middle of a run: sources of files, lakes and receivers go on as their `delivery` says."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from node_catalog.sources.iceberg import Iceberg
from tests.catalog import lakes
from tests.engine.flows import make_flow, wait_until
from tests.ports import free_port, wait_for
from workbench.engine import checkpoint
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.store import runs, telemetry
from workbench.store.db import Store

COLUMNS = {"time_unix_nano": "integer", "body": "text"}
TURNS = 3
AT_ONCE = 50


def rows_of(first: int) -> list[dict[str, Any]]:
    """Return the rows of one part."""
    return [{"time_unix_nano": n, "body": f"row {n}"} for n in range(first, first + AT_ONCE)]


def parquet(folder: Path, first: int) -> None:
    """Add a file to a folder."""
    (folder / "in").mkdir(exist_ok=True)
    part = folder / f"part-{first}"
    pq.write_table(pa.Table.from_pylist(rows_of(first)), part)
    part.rename(folder / "in" / f"{first:06}.parquet")


def whole_files(folder: Path, first: int) -> None:
    """Add a file to a folder."""
    (folder / "in").mkdir(exist_ok=True)
    for row in rows_of(first)[::10]:
        (folder / "in" / f"{row['time_unix_nano']:06}.txt").write_text(row["body"])


def log(folder: Path, first: int) -> None:
    """Add lines to a log, and rotate it now and then."""
    with (folder / "app.log").open("a") as file:
        file.writelines(row["body"] + "\n" for row in rows_of(first))
    if first % 200 == 150:
        (folder / "app.log").rename(folder / f"app.log.{first}")


def delta(folder: Path, first: int) -> None:
    """Add a version to a table."""
    from deltalake import write_deltalake

    write_deltalake(str(folder / "lake"), pa.Table.from_pylist(rows_of(first)), mode="append")


def iceberg(folder: Path, first: int) -> None:
    """Add a snapshot to a table."""
    node = Iceberg(**ICEBERG, catalog_uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/ice")
    (lakes.append if (folder / "catalog.db").exists() else lakes.make)(node, rows_of(first))


FILES = {"poll_s": 0.1, "follow": True}
LOG = {"path": "app.log*", "from_start": True}
ICEBERG: dict[str, Any] = {"table": "a.b", "columns": COLUMNS, **FILES}
LAKE = {"catalog_uri": "sqlite:///catalog.db", "warehouse": "ice"}
# Libraries of others leave files to the collector, and talk of what will come.
BY_OTHERS = (pytest.mark.service, pytest.mark.filterwarnings("default"))
WHOLE = {"time_unix_nano": "1", "body": "path"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings", "columns", "add", "each"),
    [
        pytest.param(
            "sources.parquet", {"path": "in", "columns": COLUMNS, **FILES}, COLUMNS, parquet, AT_ONCE, id="parquet"
        ),
        pytest.param("sources.files", {"path": "in", "format": "text", **FILES}, WHOLE, whole_files, 5, id="files"),
        pytest.param("sources.log_tail", LOG, {"time_unix_nano": "1", "body": "body"}, log, AT_ONCE, id="log"),
        pytest.param(
            "sources.deltalake", {"uri": "lake", "columns": COLUMNS, **FILES}, COLUMNS, delta, AT_ONCE, id="delta"
        ),
        pytest.param("sources.iceberg", {**LAKE, **ICEBERG}, COLUMNS, iceberg, AT_ONCE, id="iceberg", marks=BY_OTHERS),
    ],
)
def test_a_source_goes_on_where_it_was(
    keeping: Supervisor,
    kept: Store,
    workspace: Path,
    tmp_path: Path,
    kind: str,
    settings: dict[str, Any],
    columns: dict[str, str],
    add: Callable[[Path, int], None],
    each: int,
) -> None:
    shown = {name: text if text not in ("integer", "text") else name for name, text in columns.items()}
    flow = make_flow(
        ("read", kind, settings),
        ("shown", "tables.select", {"columns": shown}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
        resume=True,
    ).model_copy(update={"name": f"killed {kind}"})
    parts = 0
    add(tmp_path, 0)
    for turn in range(TURNS):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        for _ in range(3):
            parts += 1
            add(tmp_path, parts * AT_ONCE)
            time.sleep(0.2)
        state = workspace / "runs" / "state" / run.run_id
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        if turn == TURNS - 1:
            break
        pid = keeping.process_id(run.run_id)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert keeping.wait(run.run_id, 30).note == ""
    wait_until(lambda: telemetry.count(kept, run.scope)["logs"] >= (parts + 1) * each, 60)
    ended = keeping.stop(run.run_id)

    bodies = Counter(telemetry.read(kept, scope=run.scope).logs["body"])

    assert ended.resumed_from != ""
    assert [body for body, count in bodies.items() if count > 1] == []
    assert len(bodies) == (parts + 1) * each


def taken(request: urllib.request.Request) -> bool:
    """Whether rows were taken; who is told to try again, as at the start, does so."""
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.status == 202)
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        return False


@pytest.mark.slow
def test_a_receiver_loses_nothing_that_was_kept_and_stores_nothing_twice(
    keeping: Supervisor, kept: Store, workspace: Path, tmp_path: Path
) -> None:
    port = free_port()
    flow = make_flow(
        ("read", "sources.http_endpoint", {"port": port, "columns": COLUMNS}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
        resume=True,
    ).model_copy(update={"name": "killed receiver"})
    sent = 0
    for turn in range(TURNS):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_for(port, 60)
        for _ in range(4):
            body = json.dumps(rows_of(sent)).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/rows", body)
            request.add_header("Content-Type", "application/json")
            wait_until(lambda request=request: taken(request))
            sent += AT_ONCE
        # What came so long ago is stored and kept; a kill takes nothing of it.
        wait_until(lambda run=run, sent=sent: telemetry.count(kept, run.scope)["logs"] >= sent)
        state = workspace / "runs" / "state" / run.run_id
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        time.sleep(3 * checkpoint.SNAPSHOT_MS / 1000)
        if turn < TURNS - 1:
            pid = keeping.process_id(run.run_id)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            keeping.wait(run.run_id, 30)
    keeping.stop(run.run_id)

    bodies = Counter(telemetry.read(kept, scope=run.scope).logs["body"])

    assert (len(bodies), set(bodies.values())) == (sent, {1})
