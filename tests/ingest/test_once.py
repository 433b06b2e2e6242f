"""A file is in the store once, whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.ingest import import_paths, importer
from workbench.store import sources, telemetry
from workbench.store.db import Store

LOGS = "time,message\n1700000000,ok\nnever,bad\n"


def test_a_second_import_adds_nothing_and_says_so(store: Store, write: Write, rows: Rows) -> None:
    folder = write("logs.csv", LOGS).parent
    first = import_paths(store, [folder])
    write("copy of logs.csv", LOGS)
    second = import_paths(store, [folder])

    assert (first.rows, first.skipped) == ({"logs": 1}, 0)
    assert (second.rows, second.skipped, [file.already_there for file in second.sources]) == ({}, 2, [True, True])
    assert rows("SELECT (SELECT count(*) FROM logs), (SELECT count(*) FROM rejected)") == [(1, 1)]


def test_the_same_content_may_be_in_two_scopes(store: Store, write: Write) -> None:
    path = write("logs.csv", LOGS)
    for scope in ("a", "b", "b"):
        import_paths(store, [path], scope=scope)

    assert [telemetry.count(store, scope)["logs"] for scope in ("a", "b")] == [1, 1]


def test_changed_content_is_imported(store: Store, write: Write, rows: Rows) -> None:
    path = write("logs.csv", LOGS)
    import_paths(store, [path])
    write("logs.csv", LOGS + "1700000009,new\n")

    assert import_paths(store, [path]).rows == {"logs": 2}


def test_the_source_keeps_counts_and_profile(store: Store, write: Write) -> None:
    import_paths(store, [write("graph.csv", ",a,b\na,0,1\nb,0,0\n")], profile="call_graph", role="reference", scope="g")
    source = sources.latest(store)[0]

    assert (source.rows, source.rejected, source.profile, source.role) == ({"edges": 1}, 0, "call_graph", "reference")
    assert (source.scope, len(source.sha256), Path(source.uri).name) == ("g", 64, "graph.csv")


def test_an_error_half_way_leaves_nothing(
    store: Store, write: Write, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    path = write("logs.csv", LOGS)
    with monkeypatch.context() as patch:
        patch.setattr(importer.sources, "finish", fail)
        with pytest.raises(RuntimeError, match="the disk is full"):
            import_paths(store, [path])

    counts = "SELECT (SELECT count(*) FROM logs), (SELECT count(*) FROM rejected), (SELECT count(*) FROM sources)"
    assert rows(counts) == [(0, 0, 0)]
    assert import_paths(store, [path]).rows == {"logs": 1}


KILLED = """
import os, signal, sys
from pathlib import Path
from workbench.ingest import import_paths, importer
from workbench.store.db import Store

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

with Store.open(Path(sys.argv[1])) as store:
    import_paths(store, [Path(sys.argv[2])], scope="first")
    importer.sources.finish = die
    import_paths(store, [Path(sys.argv[3])], scope="second")
"""


def test_kill_half_way_leaves_nothing_of_that_file(write: Write, tmp_path: Path) -> None:
    first = write("first.csv", LOGS)
    second = write("second.csv", "time,message\n" + "".join(f"{1_700_000_000 + at},m{at}\n" for at in range(200_000)))
    arguments = [sys.executable, "-c", KILLED, str(tmp_path / "workspace"), str(first), str(second)]
    done = subprocess.run(arguments, check=False, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})

    assert done.returncode == -signal.SIGKILL
    with Store.open(tmp_path / "workspace") as store:
        assert telemetry.count(store)["logs"] == 1
        assert [source.scope for source in sources.latest(store)] == ["first"]
        assert import_paths(store, [second], scope="second").rows == {"logs": 200_000}


def test_progress_counts_bytes(store: Store, write: Write) -> None:
    write("a.csv", LOGS)
    folder = write("b.csv", LOGS + "1700000009,new\n").parent
    seen: list[tuple[float, float | None, str]] = []
    import_paths(store, [folder], progress=lambda done, total, text: seen.append((done, total, text)))

    one, both = len(LOGS), 2 * len(LOGS) + 15
    assert seen == [(0, both, "a.csv"), (one, both, "b.csv"), (both, both, "")]
