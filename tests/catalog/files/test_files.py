"""Files on the disk, read whole or record by record, and written one after the other."""

from __future__ import annotations

import csv
import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pathway as pw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from node_catalog._files.parts import ArrowPart
from node_catalog._files.places import Disk
from node_catalog._files.reading import FilesReader, Seen
from node_catalog.sinks.files import RollingFiles
from node_catalog.sinks.parquet import ParquetOutput
from node_catalog.sources.files import WholeFiles
from node_catalog.sources.parquet import ParquetFiles
from workbench.errors import BadInput, RunFailed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALLS = {"service": "text", "ms": "number"}


def put(path: Path, content: bytes, minutes: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (AT.timestamp() + 60 * minutes,) * 2)


def calls(path: Path, *rows: tuple[str, float | None]) -> None:
    pq.write_table(
        pa.table({"service": [r[0] for r in rows], "ms": [r[1] for r in rows], "more": [1] * len(rows)}), path
    )


def test_whole_files_have_path_content_size_and_time(bench: Any, tmp_path: Path) -> None:
    put(tmp_path / "a.bin", b"\x00\xff")
    put(tmp_path / "deep" / "er" / "b.bin", b"b", 1)

    found = bench.rows(WholeFiles(path=str(tmp_path / "**/*.bin"), follow=False))

    assert [(Path(path).name, data, size) for path, data, size, _ in found] == [
        ("a.bin", b"\x00\xff", 2),
        ("b.bin", b"b", 1),
    ]
    assert found[0][3] == pw.DateTimeUtc(int(AT.timestamp()) * 10**9, tz="UTC")


def test_what_is_no_text_or_too_large_is_rejected(bench: Any, tmp_path: Path) -> None:
    put(tmp_path / "good.txt", "grüß".encode())
    put(tmp_path / "packed.txt.gz", gzip.compress(b"inside"))
    put(tmp_path / "binary.txt", b"\xff\xfe")
    put(tmp_path / "large.txt", b"x" * 2000)

    found = bench.rows(WholeFiles(path=str(tmp_path), format="text", follow=False, max_mb=0.001))

    assert sorted(row[1] for row in found) == ["grüß", "inside"]
    assert sorted((Path(one["uri"]).name, one["reason"]) for one in bench.rejected) == [
        ("binary.txt", "is not UTF-8 text: invalid start byte at byte 0"),
        ("large.txt", "has 0.0 MB, more than max_mb = 0.001"),
    ]


def test_new_changed_and_deleted_files_are_followed(bench: Any, tmp_path: Path) -> None:
    put(tmp_path / "a", b"one")
    put(tmp_path / "b", b"two")
    table = WholeFiles(path=str(tmp_path), format="text", poll_s=0.02).build(source=bench.source())

    def steps(there: Any) -> None:
        there(lambda rows: sorted(row[1] for row in rows) == ["one", "two"])
        put(tmp_path / "a", b"more", 1)
        put(tmp_path / "c", b"three")
        (tmp_path / "b").unlink()
        there(lambda rows: sorted(row[1] for row in rows) == ["more", "three"])

    assert [row[1] for row in bench.follow(table, steps)] == ["more", "three"]


def test_parquet_files_are_read_and_their_bad_rows_rejected(bench: Any, tmp_path: Path) -> None:
    calls(tmp_path / "a.parquet", ("cart", 1.5), ("pay", None))
    put(tmp_path / "b.parquet", b"PAR1 it is not")
    settings = {"path": str(tmp_path), "columns": CALLS, "nulls": "reject", "path_column": "file"}

    found = bench.rows(ParquetFiles(**settings))

    assert found == [("cart", 1.5, str(tmp_path / "a.parquet"))]
    assert sorted((Path(one["uri"]).name, one["line"], one["reason"].split(":")[0]) for one in bench.rejected) == [
        ("a.parquet", 2, "column 'ms' has no value"), ("b.parquet", 0, "is not Parquet"),
    ]  # fmt: skip


def test_a_parquet_file_without_a_column_is_rejected_with_those_it_has(bench: Any, tmp_path: Path) -> None:
    calls(tmp_path / "a.parquet", ("cart", 1.5))

    assert bench.rows(ParquetFiles(path=str(tmp_path), columns={"msec": "number"})) == []
    assert bench.rejected[0]["reason"] == "has no column 'msec'; it has service, ms, more"


class Kept(FilesReader):
    """Collects what it hands over, without a graph."""

    def next(self, **values: Any) -> None:
        self.batches = [*getattr(self, "batches", []), values["rows"]]

    def _report_offset(self, offset: bytes) -> None:
        self.state = offset


def test_reading_goes_on_behind_the_last_record_that_was_handed_over(bench: Any, tmp_path: Path) -> None:
    calls(tmp_path / "a.parquet", *((f"s{n}", float(n)) for n in range(600)))
    calls(tmp_path / "b.parquet", ("last", 0.0))
    node = ParquetFiles(path=str(tmp_path), columns=CALLS)
    place = Disk(str(tmp_path))

    first = Kept(node, bench.source(), lambda: None)
    bench.stop.set()
    first._take_file(place, sorted(place.entries(), key=lambda one: one.path)[0], Seen(None), 0)
    bench.stop.clear()
    second = Kept(node, bench.source(), lambda: None)
    second._seek(first.state)
    second.poll(place)
    second.flush()

    names = [[row[0] for batch in reader.batches for row in batch] for reader in (first, second)]
    assert names == [[f"s{n}" for n in range(256)], [*(f"s{n}" for n in range(256, 600)), "last"]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": WholeFiles, "columns": CALLS}, "the rows of whole files have the columns path, data, size, modified"),
        ({"kind": ParquetFiles, "columns": {}}, "columns"),
        (
            {"kind": ParquetFiles, "columns": CALLS, "path_column": "ms"},
            "path_column 'ms' is one of the columns already",
        ),
    ],
)
def test_columns_have_to_fit_the_format(settings: dict[str, Any], message: str) -> None:
    kind = settings.pop("kind")

    with pytest.raises(ValueError, match=message):
        kind(path="x", **settings)


def lines(folder: Path) -> list[list[Any]]:
    """Return the records of each finished file, in the order of names."""
    return [[json.loads(line) for line in file.read_text().splitlines()] for file in sorted(folder.glob("*.jsonl"))]


def test_rows_are_written_into_files_that_are_whole_when_they_are_seen(bench: Any, tmp_path: Path) -> None:
    rows = bench.table({"n": int}, (1,), (2,), times=[1, 2])

    bench.write(RollingFiles(folder=str(tmp_path / "out")), rows)

    assert lines(tmp_path / "out") == [[{"n": 1}, {"n": 2}]]
    assert list((tmp_path / "out").glob(".*")) == []


def test_a_new_file_begins_when_one_is_large_enough(bench: Any, tmp_path: Path) -> None:
    rows = bench.table({"n": int}, (1,), (2,), (3,), times=[1, 2, 3])

    bench.write(RollingFiles(folder=str(tmp_path), roll_mb=15e-6), rows)

    assert sorted(len(file) for file in lines(tmp_path)) == [1, 2]


def test_a_file_is_finished_when_it_is_old_enough_also_when_no_row_comes(bench: Any, tmp_path: Path) -> None:
    put(tmp_path / "in" / "a", b"one")
    table = WholeFiles(path=str(tmp_path / "in"), format="text", poll_s=0.02).build(source=bench.source())
    RollingFiles(folder=str(tmp_path / "out"), roll_s=0.1).build(table, sink=bench.sink())

    def steps(there: Any) -> None:
        there(lambda rows: bool(list((tmp_path / "out").glob("*.jsonl"))))

    bench.follow(table, steps)

    assert [[row["data"] for row in file] for file in lines(tmp_path / "out")] == [["one"]]


def test_a_log_has_what_was_taken_back(bench: Any, tmp_path: Path) -> None:
    rows = bench.table({"n": int}, (1,), (5,), times=[1, 2])
    most = rows.reduce(n=pw.reducers.max(rows.n))

    RollingFiles(folder=str(tmp_path / "log"), format="csv", log=True).build(most, sink=bench.sink())
    RollingFiles(folder=str(tmp_path / "came")).build(most, sink=bench.sink("came"))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    (file,) = (tmp_path / "log").glob("*.csv")
    assert sorted((row["n"], row["diff"]) for row in csv.DictReader(file.read_text().splitlines())) == [
        ("1", "-1"),
        ("1", "1"),
        ("5", "1"),
    ]
    assert lines(tmp_path / "came") == [[{"n": 1}, {"n": 5}]]


def test_parquet_keeps_types_and_reads_back(bench: Any, tmp_path: Path) -> None:
    at = pw.DateTimeUtc(1_700_000_000_000_001_000, tz="UTC")
    rows = bench.table(
        {"s": str, "n": int | None, "x": float, "at": pw.DateTimeUtc, "took": pw.Duration, "j": pw.Json, "b": bytes},
        ("a", None, 1.5, at, pw.Duration(1_500_000), pw.Json({"k": [1]}), b"\xff"),
    )

    bench.write(ParquetOutput(folder=str(tmp_path / "out")), rows)

    columns = {"s": "text", "n": "integer", "x": "number", "at": "time", "took": "duration", "j": "json", "b": "bytes"}
    found = bench.rows(ParquetFiles(path=str(tmp_path / "out"), columns=columns))
    assert found == [("a", None, 1.5, at, pw.Duration(1_500_000), pw.Json({"k": [1]}), b"\xff")]


def test_what_a_crash_has_left_is_finished_up_to_the_last_whole_row(bench: Any, tmp_path: Path) -> None:
    (tmp_path / ".rows-1.jsonl.part").write_text('{"n": 1}\n{"n"')
    (tmp_path / ".rows-2.jsonl.part").write_text('{"n"')
    part = ArrowPart(tmp_path / ".rows-3.parquet.part", pa.schema({"n": pa.int64()}))
    part.append([{"n": 2}])
    size = part.append([{"n": 3}])
    part.close()
    os.truncate(part.path, size - 8)

    bench.write(RollingFiles(folder=str(tmp_path)), bench.table({"n": int}, (9,)))
    bench.write(ParquetOutput(folder=str(tmp_path)), bench.table({"n": int}, (9,)))

    assert lines(tmp_path) == [[{"n": 1}], [{"n": 9}]]
    found = [pq.read_table(file).to_pylist() for file in tmp_path.glob("*.parquet")]
    assert sorted(found, key=repr) == [[{"n": 2}], [{"n": 9}]]
    assert list(tmp_path.glob(".*")) == []


def test_a_folder_that_cannot_be_fails_the_run_and_keeps_the_rows(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(RunFailed, match="file: File exists"):
        bench.write(RollingFiles(folder=str(tmp_path / "file")), bench.table({"n": int}, (1,)))

    assert [one["raw"] for one in bench.rejected] == ['{"n": 1}']


def test_a_log_needs_its_columns_free(bench: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the rows have a column 'diff' already"):
        bench.write(RollingFiles(folder=str(tmp_path), log=True), bench.table({"diff": int}, (1,)))
