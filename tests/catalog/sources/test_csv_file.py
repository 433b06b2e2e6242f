from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.csv_file import CsvFile
from workbench.errors import RunFailed

COLUMNS = {"service": "text", "ms": "number"}


def test_reads_named_columns_in_any_order(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('ms,more,service\n1.5,x,"a, ""b"""\n2,y,c\n', encoding="utf-8-sig")

    rows = bench.rows(CsvFile(path=str(tmp_path / "a.csv"), columns=COLUMNS))

    assert rows == [('a, "b"', 1.5), ("c", 2.0)]


def test_keeps_rows_that_do_not_fit(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('service;ms\na;1\nb\nc;x\nd;2;3\n"e"f;1\ng;7\n')

    rows = bench.rows(CsvFile(path=str(path), columns=COLUMNS, delimiter=";"))

    assert rows == [("a", 1.0), ("g", 7.0)]
    assert [(fault["line"], fault["reason"]) for fault in bench.rejected] == [
        (3, "1 values in a file of 2 columns"),
        (4, "column 'ms': 'x' is not a number"),
        (5, "3 values in a file of 2 columns"),
        (6, "not CSV: ';' expected after '\"'"),
    ]


def test_a_file_without_the_column_ends_the_run(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("service\na\n")

    with pytest.raises(RunFailed, match=r"node 'node': ValueError: .*a.csv has no column 'ms'; it has service"):
        bench.rows(CsvFile(path=str(tmp_path / "a.csv"), columns=COLUMNS))


def test_a_quote_that_is_not_closed_says_which_lines_it_took(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('service,ms\na,1\n"b,2\nc,3\nd,4\n')

    rows = bench.rows(CsvFile(path=str(tmp_path / "a.csv"), columns=COLUMNS))

    assert rows == [("a", 1.0)]
    assert [(fault["line"], fault["reason"], fault["raw"]) for fault in bench.rejected] == [
        (
            3,
            "not CSV: unexpected end of data; lines 3 to 5 went into one row, from a quote that is not closed on",
            '"b,2\nc,3\nd,4',
        )
    ]


@pytest.mark.parametrize(
    ("encoding", "rows", "reasons"),
    [
        ("utf-8", [("b", 2.0)], ["column 'service': byte 0xe9 is not utf-8; set encoding, such as cp1252"]),
        ("cp1252", [("caf\u00e9", 1.0), ("b", 2.0)], []),
    ],
)
def test_text_in_another_encoding_is_rejected_and_not_garbled(
    bench: Any, tmp_path: Path, encoding: str, rows: list[tuple[str, float]], reasons: list[str]
) -> None:
    # A byte in a column that is not read harms nobody.
    (tmp_path / "a.csv").write_bytes(b"service,ms,note\ncaf\xe9,1,x\nb,2,\xfc\n")

    found = bench.rows(CsvFile(path=str(tmp_path / "a.csv"), columns=COLUMNS, encoding=encoding))

    assert sorted(found) == sorted(rows)
    assert [fault["reason"] for fault in bench.rejected] == reasons
    assert [fault["raw"] for fault in bench.rejected] == ["caf\ufffd,1,x"] * len(reasons)


def test_names_of_columns_in_another_encoding_can_be_told(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"caf\xe9,ms\na,1\n")

    with pytest.raises(RunFailed, match="has no column 'service'; it has caf\ufffd, ms"):
        bench.rows(CsvFile(path=str(tmp_path / "a.csv"), columns=COLUMNS))


def test_a_file_of_nothing_says_so(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()

    with pytest.raises(RunFailed, match=r"a.csv is empty: its first line has to name the columns service, ms"):
        bench.rows(CsvFile(path=str(tmp_path / "a.csv"), columns=COLUMNS))
