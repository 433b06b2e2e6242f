"""Rows come back as they went in; what was missing has the value of 'not known'; a batch is stored wholly and once."""

from __future__ import annotations

import math

import pandas as pd
import pyarrow as pa
import pytest

from workbench.errors import BadInput, StoreError
from workbench.semconv import COLUMNS, Table
from workbench.store import sources, telemetry
from workbench.store.db import Store
from workbench.store.sources import ROWS_PER_SOURCE


def logs(*times: int, **columns: list[object]) -> pa.Table:
    return pa.table({"time_unix_nano": list(times), "service_name": ["web"] * len(times), **columns})


def ipc(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())


def test_missing_columns_and_values_become_not_known(store: Store, source_id: int) -> None:
    rows = pa.table({"service_name": ["web", None], "severity_number": pa.array([17, None], pa.int8())})

    assert telemetry.append(store, Table.LOGS, rows, source_id=source_id) == 2

    frame = telemetry.read(store, scope="shop").logs
    assert frame.columns.tolist() == list(COLUMNS[Table.LOGS])
    assert frame["severity_number"].tolist() == [17, 0]
    assert frame["service_name"].tolist() == ["web", ""]
    assert frame["body"].tolist() == ["", ""]
    assert frame["attributes"].tolist() == ["{}", "{}"]
    assert frame["time_unix_nano"].tolist() == [0, 0]
    assert {str(dtype) for dtype in frame.dtypes} == {"int64", "str"}


def test_a_metric_without_value_is_nan(store: Store, source_id: int) -> None:
    rows = pa.table({"metric_name": ["cpu", "cpu"], "value": [0.5, None]})
    telemetry.append(store, Table.METRICS, rows, source_id=source_id)

    values = telemetry.read(store).metrics["value"].tolist()

    assert values[0] == 0.5
    assert math.isnan(values[1])


def test_row_ids_go_on_over_batches_tables_and_sessions(store: Store, source_id: int) -> None:
    telemetry.append(store, Table.LOGS, logs(1, 2), source_id=source_id)
    telemetry.append(store, Table.EVENTS, pa.table({"event_name": ["deploy"]}), source_id=source_id)
    store.ordinals.clear()  # as after reopening
    telemetry.append(store, Table.LOGS, logs(3), source_id=source_id)

    found = telemetry.read(store)

    first = source_id * ROWS_PER_SOURCE
    assert found.logs["row_id"].tolist() == [first, first + 1, first + 3]
    assert found.events["row_id"].tolist() == [first + 2]
    assert set(found.logs["source_id"]) == {source_id}


def test_row_ids_that_are_given_are_kept_and_counted_on_from(store: Store, source_id: int) -> None:
    given = source_id * ROWS_PER_SOURCE + 40
    telemetry.append(store, Table.LOGS, logs(1, row_id=[given]), source_id=source_id)
    telemetry.append(store, Table.LOGS, logs(2), source_id=source_id)

    assert telemetry.read(store).logs["row_id"].tolist() == [given, given + 1]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(pa.array(["web", "db"]).dictionary_encode(), id="dictionary"),
        pytest.param(pa.array(["web", "db"], pa.large_string()), id="large-string"),
        pytest.param(pa.array(["web", "db"], pa.string_view()), id="string-view"),
    ],
)
def test_any_arrow_text_is_taken(store: Store, source_id: int, names: pa.Array) -> None:
    telemetry.append(store, Table.LOGS, pa.table({"service_name": names}), source_id=source_id)

    assert telemetry.read(store).logs["service_name"].tolist() == ["web", "db"]


def test_an_unknown_column_is_named_and_nothing_is_stored(store: Store, source_id: int) -> None:
    with pytest.raises(BadInput, match=r"logs has no column 'statuss'; it has row_id, .*attributes"):
        telemetry.append(store, Table.LOGS, logs(1, statuss=["x"]), source_id=source_id)

    assert telemetry.count(store)["logs"] == 0


def test_a_value_that_does_not_fit_fails_the_whole_batch(store: Store, source_id: int) -> None:
    with pytest.raises(StoreError, match="abc"):
        telemetry.append(store, Table.LOGS, logs(1, 2, severity_number=["17", "abc"]), source_id=source_id)

    assert telemetry.count(store)["logs"] == 0


def test_time_bounds_are_from_inclusive_to_exclusive(store: Store, source_id: int) -> None:
    telemetry.append(store, Table.LOGS, logs(10, 20, 30), source_id=source_id)
    edges = pa.table({"caller_service_name": ["web"], "callee_service_name": ["db"]})
    telemetry.append(store, Table.EDGES, edges, source_id=source_id)

    found = telemetry.read(store, start_unix_nano=10, end_unix_nano=30)

    assert found.logs["time_unix_nano"].tolist() == [10, 20]
    assert len(found.edges) == 1
    assert found.extent() == (10, 20)


def test_data_sets_and_roles_stay_apart(store: Store) -> None:
    for number, (scope, role) in enumerate([("a", "case"), ("b", "case"), ("good", "reference")], start=1):
        source = sources.register(store, kind="api", uri="", scope=scope, role=role)
        telemetry.append(store, Table.LOGS, logs(number), source_id=source.source_id)
    sources.link_reference(store, "a", "good")

    assert telemetry.read(store, scope="a").logs["time_unix_nano"].tolist() == [1]
    assert telemetry.read(store).logs["time_unix_nano"].tolist() == [1, 2]
    assert telemetry.read(store, role=None).logs["time_unix_nano"].tolist() == [1, 2, 3]
    assert telemetry.read(store, scope="nowhere").is_empty()
    references = telemetry.references(store, "a")
    assert {label: found.logs["time_unix_nano"].tolist() for label, found in references.items()} == {"good": [3]}
    assert telemetry.references(store, "b") == {}
    assert telemetry.count(store, "b") == {"logs": 1, "spans": 0, "metrics": 0, "events": 0, "edges": 0, "states": 0}


def test_a_summary_tells_what_is_stored_of_each_data_set(store: Store, source_id: int) -> None:
    telemetry.append(store, Table.LOGS, logs(10, 20), source_id=source_id)
    telemetry.append(store, Table.SPANS, pa.table({"start_time_unix_nano": [5]}), source_id=source_id)
    finished = sources.finish(store, source_id, {"logs": 2, "spans": 1}, rejected=4)
    empty = sources.register(store, kind="run", uri="", scope="live")

    assert telemetry.scopes(store) == [
        telemetry.ScopeSummary(
            scope="live", role="case", sources=1, rows={}, rejected=0, start_unix_nano=None, end_unix_nano=None,
            imported_unix_nano=empty.imported_unix_nano,
        ),
        telemetry.ScopeSummary(
            scope="shop", role="case", sources=1, rows={"logs": 2, "spans": 1}, rejected=4, start_unix_nano=5,
            end_unix_nano=20, imported_unix_nano=finished.imported_unix_nano,
        ),
    ]  # fmt: skip


def test_a_batch_that_comes_twice_is_stored_once(store: Store, source_id: int) -> None:
    payload = ipc(logs(1, 2, 3))

    assert telemetry.append_ipc(store, "logs", source_id, payload, "run-1/7") == 3
    assert telemetry.append_ipc(store, "logs", source_id, payload, "run-1/7") == 3
    assert telemetry.append_ipc(store, "logs", source_id, ipc(logs(4)), "run-1/8") == 1

    assert telemetry.count(store)["logs"] == 4


def test_a_batch_that_failed_may_be_sent_again(store: Store, source_id: int) -> None:
    with pytest.raises(StoreError):
        telemetry.append_ipc(store, "logs", source_id, ipc(logs(1, severity_number=["x"])), "b")

    assert telemetry.append_ipc(store, "logs", source_id, ipc(logs(1)), "b") == 1
    assert telemetry.count(store)["logs"] == 1


@pytest.mark.parametrize(
    ("table", "payload", "words"),
    [
        pytest.param("log", ipc(logs(1)), "no telemetry table 'log'", id="unknown-table"),
        pytest.param("logs", b"rubbish", "no Arrow IPC stream", id="no-arrow"),
    ],
)
def test_a_wrong_batch_is_refused(store: Store, table: str, payload: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        telemetry.append_ipc(store, table, 1, payload, "b")


def test_an_empty_batch_is_fine(store: Store, source_id: int) -> None:
    assert telemetry.append(store, Table.LOGS, logs(), source_id=source_id) == 0
    pd.testing.assert_frame_equal(
        telemetry.read(store).logs, telemetry.read(store, scope="nowhere").logs, check_dtype=True
    )
