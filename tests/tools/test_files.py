"""Files are found, named and unpacked alike, however they are given."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from workbench.errors import BadInput
from workbench.tools.files import expand, read_lines


def test_files_are_named_below_what_they_share(tmp_path: Path) -> None:
    for name in ("x/a.csv", "y/b.csv.gz"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")

    names = [name for name, _ in expand([tmp_path / "x/a.csv", tmp_path / "y/b.csv.gz"], (".csv",))]

    assert names == ["x/a.csv", "y/b.csv.gz"]
    assert [name for name, _ in expand([tmp_path], (".csv",))] == names
    assert [name for name, _ in expand([tmp_path / "x/a.csv"], (".csv",))] == [str(tmp_path / "x/a.csv")]


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_lines_are_divided_by_newline_alone(tmp_path: Path, ending: str) -> None:
    data = "one\x0bstill one\r\ntwo\n\nfour \u2028 four\n".encode()
    path = tmp_path / f"a.log{ending}"
    if ending == ".zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(data)
    else:
        path.write_bytes(gzip.compress(data) if ending else data)

    assert read_lines(path) == ["one\x0bstill one", "two", "", "four \u2028 four"]


def test_a_broken_archive_is_one_clear_sentence(tmp_path: Path) -> None:
    whole = gzip.compress(b"line\n" * 1000)
    (tmp_path / "a.log.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(BadInput, match="cannot be read"):
        read_lines(tmp_path / "a.log.gz")


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        expand([tmp_path / "nowhere"], (".csv",))
    with pytest.raises(BadInput, match="no file to read"):
        expand([tmp_path], (".csv",))
