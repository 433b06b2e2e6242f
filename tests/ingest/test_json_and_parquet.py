"""JSON Lines, arrays of objects and Parquet give the same rows as CSV would."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

OBJECTS = [
    {
        "ts": 1_700_000_000_000,
        "service": "cart",
        "level": "warn",
        "msg": "slow",
        "ctx": {"trace_id": "t1", "user": {"id": 7}},
    },
    {"ts": 1_700_000_001_000, "service": "cart", "level": "error", "msg": 'no "disk"', "ctx": {"trace_id": None}},
]
SEEN = [
    (T0, "cart", 13, "slow", "t1", {"ctx.user.id": "7"}),
    (T0 + 10**9, "cart", 17, 'no "disk"', "", {}),
]
QUERY = "SELECT time_unix_nano, service_name, severity_number, body, trace_id, attributes FROM logs ORDER BY row_id"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("app.jsonl", "\n".join(map(json.dumps, OBJECTS)), id="lines"),
        pytest.param("app.log", "\n".join(map(json.dumps, OBJECTS)) + "\n", id="lines-in-a-log"),
        pytest.param("app.json", json.dumps(OBJECTS, indent=1), id="array"),
        pytest.param("app.jsonl", "\n\n".join(map(json.dumps, OBJECTS)), id="blank-lines-between"),
    ],
)
def test_objects_become_logs(store: Store, write: Write, rows: Rows, name: str, content: str) -> None:
    report = import_paths(store, [write(name, content)])

    assert (report.rows, report.rejected) == ({"logs": 2}, 0)
    assert [(*row[:-1], json.loads(row[-1])) for row in rows(QUERY)] == SEEN


def test_a_broken_line_is_rejected_with_its_number_and_text(store: Store, write: Write, rows: Rows) -> None:
    lines = [json.dumps(OBJECTS[0]), '{"ts": 17000', "", json.dumps(OBJECTS[1])]
    report = import_paths(store, [write("app.jsonl", "\n".join(lines))])

    assert (report.rows, report.rejected) == ({"logs": 2}, 1)
    assert rows("SELECT source_line FROM logs ORDER BY 1") == [(1,), (4,)]
    assert rows("SELECT line, reason, raw FROM rejected") == [(2, "the line is no JSON", '{"ts": 17000')]


def test_a_key_that_comes_late_is_no_fault(store: Store, write: Write, rows: Rows) -> None:
    lines = [json.dumps({"time": 1_700_000_000 + at, "message": "x"}) for at in range(3)]
    import_paths(store, [write("app.jsonl", "\n".join([*lines, '{"time": 1700000009}']))])

    assert rows("SELECT body FROM logs ORDER BY row_id") == [("x",), ("x",), ("x",), ("",)]


def test_attributes_that_are_json_stay_so(store: Store, write: Write, rows: Rows) -> None:
    line = json.dumps({"time": 1_700_000_000, "body": "x", "attributes": json.dumps({"a.b": 1}), "zone": "eu"})
    import_paths(store, [write("app.jsonl", line)])

    assert json.loads(rows("SELECT attributes FROM logs")[0][0]) == {"a.b": 1, "zone": "eu"}


def test_parquet_keeps_its_types(store: Store, tmp_path: Path, rows: Rows) -> None:
    table = pa.table(
        {
            "timestamp": pa.array([datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)] * 2, pa.timestamp("ns", "UTC")),
            "metric": ["cpu", "cpu"],
            "service": ["cart", "web"],
            "value": pa.array([0.5, None], pa.float64()),
        }
    )
    pq.write_table(table, tmp_path / "metrics.parquet")
    report = import_paths(store, [tmp_path / "metrics.parquet"])

    assert (report.rows, report.rejected) == ({"metrics": 1}, 1)
    assert rows("SELECT source_line, time_unix_nano, service_name, value FROM metrics") == [(1, T0, "cart", 0.5)]
    assert rows("SELECT line, raw FROM rejected") == [(2, "2023-11-14 22:13:20+00,cpu,web,")]


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pa.array([1_700_000_000_000], pa.int64()), id="milliseconds"),
        pytest.param(pa.array([1_700_000_000.0], pa.float64()), id="float-seconds"),
        pytest.param(pa.array([datetime(2023, 11, 14, 22, 13, 20)], pa.timestamp("us")), id="without-zone"),  # noqa: DTZ001
        pytest.param(pa.array(["2023-11-14T23:13:20+01:00"]), id="text"),
    ],
)
def test_times_of_parquet_in_any_type(store: Store, tmp_path: Path, rows: Rows, column: pa.Array) -> None:
    pq.write_table(pa.table({"time": column, "message": ["x"]}), tmp_path / "logs.parquet")
    import_paths(store, [tmp_path / "logs.parquet"])

    assert rows("SELECT time_unix_nano FROM logs") == [(T0,)]
