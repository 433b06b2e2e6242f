"""Sources give rows their origin; a file counts as imported when it was finished, never before."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from workbench.errors import BadInput, NotFound
from workbench.semconv import Table
from workbench.store import rejected, sources, telemetry
from workbench.store.db import Store
from workbench.store.rejected import Rejected


def register(store: Store, sha256: str = "aa", scope: str = "shop") -> int:
    return sources.register(store, kind="file", uri="app.log", sha256=sha256, scope=scope).source_id


def three_rows(store: Store, source_id: int) -> None:
    telemetry.append(store, Table.LOGS, pa.table({"body": ["a", "b", "c"]}), source_id=source_id)


def test_a_finished_source_is_found_by_its_content_within_its_scope(store: Store) -> None:
    source_id = register(store)
    assert sources.by_hash(store, "aa", "shop") is None

    finished = sources.finish(store, source_id, {"logs": 3}, 1)

    assert sources.by_hash(store, "aa", "shop") == finished
    assert (finished.rows, finished.rejected, finished.finished) == ({"logs": 3}, 1, True)
    assert sources.by_hash(store, "aa", "other") is None
    assert sources.by_hash(store, "bb", "shop") is None


def test_ids_go_up_and_the_newest_comes_first(store: Store) -> None:
    ids = [register(store, sha256=str(number)) for number in range(3)]

    assert ids == [1, 2, 3]
    assert [source.source_id for source in sources.latest(store, limit=2)] == [3, 2]
    assert sources.latest(store, scope="other") == []


def test_the_half_of_an_import_that_was_cut_off_is_taken_back_when_it_is_tried_again(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        three_rows(store, register(store))

    with Store.open(tmp_path) as store:
        assert telemetry.count(store, "shop")["logs"] == 3
        again = register(store)
        three_rows(store, again)
        sources.finish(store, again, {"logs": 3})

        assert telemetry.count(store)["logs"] == 3
        assert [source.source_id for source in sources.latest(store)] == [again]


def test_an_import_that_runs_in_another_thread_is_not_taken_back(store: Store) -> None:
    three_rows(store, register(store))
    register(store)

    assert telemetry.count(store)["logs"] == 3


def test_forgetting_a_source_removes_its_rows_and_its_rejected_lines_only(store: Store) -> None:
    gone, kept = register(store), register(store, sha256="bb")
    for source_id in (gone, kept):
        three_rows(store, source_id)
        rejected.add(store, [Rejected(source_id=source_id, uri="app.log", line=4, reason="no time", raw="???")])

    sources.forget(store, gone)

    assert telemetry.count(store)["logs"] == 3
    assert rejected.count(store) == rejected.count(store, kept) == 1
    with pytest.raises(NotFound, match=f"no source '{gone}'"):
        sources.get(store, gone)


def test_references_of_a_case_keep_the_order_of_linking(store: Store) -> None:
    for name in ("tuesday", "monday", "tuesday"):
        sources.link_reference(store, "shop", name)

    assert sources.reference_scopes(store, "shop") == ["tuesday", "monday"]
    with pytest.raises(BadInput, match="cannot be its own reference"):
        sources.link_reference(store, "shop", "shop")


def test_rejected_lines_are_kept_as_they_stand_in_the_file(store: Store) -> None:
    lines = [
        Rejected(source_id=1, uri="a.log", line=2, reason="no time", raw='{"x": "\u00e9\t'),
        Rejected(source_id=1, uri="a.log", line=1, reason="empty", raw=""),
        Rejected(source_id=2, uri="b.log", line=9, reason="no time", raw="?"),
    ]
    rejected.add(store, lines)
    rejected.add(store, [])

    assert rejected.latest(store) == [lines[2], lines[1], lines[0]]
    assert rejected.latest(store, source_id=1, limit=1) == [lines[1]]
    assert (rejected.count(store), rejected.count(store, 1)) == (3, 2)
