"""`id` of other systems is `id_` in a flow, in every format that sources read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from node_catalog._files.formats import records
from node_catalog._files.places import Entry
from node_catalog.sinks.files import RollingFiles
from node_catalog.sources.csv_file import CsvFile
from node_catalog.sources.jsonlines import Jsonlines
from node_catalog.sources.parquet import ParquetFiles
from workbench.flow.naming import among, inside, outside, record_inside, record_outside
from workbench.flow.outside import at_path

COLUMNS = {"id_": "integer", "name": "text"}
ROWS = [(7, "tea"), (8, "milk")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("id,name\n7,tea\n8,milk\n")
    (tmp_path / "a.jsonl").write_text('{"id": 7, "name": "tea"}\n{"id_": 8, "name": "milk"}\n')
    pq.write_table(pa.table({"id": [7, 8], "name": ["tea", "milk"]}), tmp_path / "a.parquet")
    return tmp_path


def test_names_and_records() -> None:
    assert (outside("id_"), inside("id"), outside("name"), inside("name")) == ("id", "id_", "name", "name")
    assert record_inside({"id": 1, "b": 2}) == {"id_": 1, "b": 2}
    assert record_inside({"id": 1, "id_": 2}) == {"id": 1, "id_": 2}
    assert record_outside({"id_": 1, "b": 2}) == {"id": 1, "b": 2}
    assert (among(["id", "n"], "id_"), among(["id", "id_"], "id_"), among(["n"], "id_")) == ("id", "id_", "id_")
    assert (at_path({"id": 3}, "id_"), at_path({"a": {"id": 4}}, "a.id"), at_path({"b": 1}, "id_")) == (3, 4, None)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(CsvFile, "a.csv"), (Jsonlines, "a.jsonl"), (ParquetFiles, "a.parquet")],
    ids=["csv", "json", "parquet"],
)
def test_sources_of_files(bench: Any, folder: Path, kind: Any, name: str) -> None:
    node = kind(path=str(folder / name), columns=COLUMNS)

    assert bench.rows(node) == ROWS


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_formats_of_buckets_and_places(folder: Path, form: Any) -> None:
    entry = Entry(path=f"a.{form}", size=1, modified=datetime(2026, 1, 1, tzinfo=UTC), version="1")

    with (folder / entry.path).open("rb") as stream:
        found = [
            record_inside(row) for _, row in records(entry, stream, form, list(COLUMNS)) if not isinstance(row, str)
        ]

    assert [(int(row["id_"]), row["name"]) for row in found] == ROWS


@pytest.mark.parametrize(
    ("form", "written"),
    [("jsonlines", ['{"id": 7, "name": "tea"}', '{"id": 8, "name": "milk"}']), ("csv", ["7,tea", "8,milk", "id,name"])],
)
def test_sinks_of_files_write_the_name_that_others_know(bench: Any, tmp_path: Path, form: Any, written: Any) -> None:
    rows = bench.table({"id_": int, "name": str}, *ROWS)

    bench.write(RollingFiles(folder=str(tmp_path / "out"), format=form), rows)

    (path,) = (tmp_path / "out").iterdir()
    assert sorted(path.read_text().splitlines()) == written
