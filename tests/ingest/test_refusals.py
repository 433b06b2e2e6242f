"""What cannot be read is refused with what, where and a hint; nothing of it stays."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.errors import BadInput
from workbench.ingest import import_paths
from workbench.ingest.importer import plans
from workbench.store.db import Store

GOOD = "time,message\n1700000000,ok\n"
ROWS = "time,message\n" + "".join(f"{1_700_000_000 + at},message {at * 7919 % 100_003}\n" for at in range(60_000))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("a.csv", b"", "the file is empty", id="empty"),
        pytest.param("a.csv", b"\n \n", "the file is empty", id="blank"),
        pytest.param("a.csv.gz", gzip.compress(b""), "the file is empty", id="empty-gzip"),
        pytest.param("a.csv", b"time,message\n", "there is a header and no row", id="header-only"),
        pytest.param(
            "a.csv", b"1700000000,ok\n1700000001,ok\n", "the first line is no header: it has the number", id="no-header"
        ),
        pytest.param("a.csv", b"PAR1\0\0\0", "the file is binary", id="binary"),
        pytest.param("a.csv.gz", GOOD.encode(), "cannot be read: Not a gzipped file", id="not-gzip"),
        pytest.param("a.csv.zst", GOOD.encode(), "cannot be read", id="not-zstandard"),
        pytest.param("a.parquet", GOOD.encode(), "not readable as Parquet", id="not-parquet"),
        pytest.param("a.json", b'{"a": {}}', "there is nothing in it that says", id="other-json"),
        pytest.param("a.json", b'"text"', "the file is not JSON", id="no-object"),
        pytest.param("a.csv.gz", gzip.compress(ROWS.encode())[:-2000], "cannot be read to its end", id="cut-gzip"),
        pytest.param(
            "a.csv", b"time,message\nnever,a\nnever,b\n", "its columns are those of no telemetry", id="no-time"
        ),
        pytest.param("a.json", b'{"resourceLogs": [{"scope', "JSON", id="cut-json"),
    ],
)
def test_each_broken_file_is_refused(
    store: Store, write: Write, rows: Rows, name: str, content: bytes, message: str
) -> None:
    path = write(name, content)

    with pytest.raises(BadInput, match=message) as caught:
        import_paths(store, [path])

    assert caught.value.where == str(path)
    assert caught.value.hint
    assert rows("SELECT count(*) FROM logs") == [(0,)]
    assert rows("SELECT count(*) FROM sources") == [(0,)]


def test_a_first_line_without_an_end_is_refused_without_reading_it(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b'{"resourceLogs": "' + b"x" * 300_000)
    os.truncate(path, 64 * 2**20)

    with pytest.raises(BadInput, match="the first line is longer than 16 MB"):
        import_paths(store, [path])


def test_a_long_line_further_on_is_rejected_alone(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("logs.csv", GOOD + "1700000001," + "x" * 2_500_000 + "\n1700000002,fine\n")])

    assert (report.rows, report.rejected) == ({"logs": 2}, 1)
    assert rows("SELECT line, reason LIKE 'line size over maximum%' FROM rejected") == [(3, True)]
    assert rows("SELECT source_line FROM logs ORDER BY 1") == [(2,), (4,)]


def test_a_path_that_is_not_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file or folder"):
        import_paths(store, [tmp_path / "nothing"])


def test_a_folder_without_telemetry_says_what_it_has(store: Store, write: Write) -> None:
    folder = write("readme.md", "# hello").parent

    with pytest.raises(BadInput, match=r"there is no telemetry in it; 1 other file\(s\) were left alone: readme\.md"):
        import_paths(store, [folder])


def test_one_broken_file_does_not_stop_the_others(store: Store, write: Write) -> None:
    write("b.csv", "")
    folder = write("a.csv", GOOD).parent

    report = import_paths(store, [folder])

    assert report.rows == {"logs": 1}
    assert [(Path(file.uri).name, file.reason) for file in report.refused] == [("b.csv", "the file is empty")]


@pytest.mark.parametrize("name", ["target.json", "labels.json", "truth.json"])
@pytest.mark.parametrize("profile", [None, "json_lines"])
def test_answers_are_never_read(store: Store, write: Write, rows: Rows, name: str, profile: str | None) -> None:
    line = '{"time": 1700000000, "message": "the cause is X"}'
    folder = write("a.jsonl", line.replace("X", "unknown")).parent
    answer = write(f"deep/{name}", line)

    report = import_paths(store, [folder, answer], profile=profile)
    _, left = plans([folder], profile)

    assert rows("SELECT body FROM logs") == [("the cause is unknown",)]
    assert {Path(file.uri).name for file in report.left} == {name}
    assert [file.reason for file in left] == ["it names the cause; answers are never read"]


@pytest.mark.parametrize("name", ["logs.csv", "logs.csv.gz"])
def test_a_line_beyond_the_reader_is_refused_with_its_place(store: Store, write: Write, rows: Rows, name: str) -> None:
    content = (GOOD + "1700000001," + "x" * (33 * 2**20) + "\n1700000002,fine\n").encode()
    path = write(name, gzip.compress(content, 1) if name.endswith("gz") else content)

    with pytest.raises(BadInput, match=r"the line that starts near byte 27 is longer than 16 MB"):
        import_paths(store, [path])

    assert rows("SELECT count(*) FROM logs") == [(0,)]
