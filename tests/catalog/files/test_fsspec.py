"""File systems of fsspec: one in memory, an archive, and the disk."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.fsspec import FsspecFiles
from workbench.errors import SystemUnfit

pytestmark = pytest.mark.service


def test_files_in_memory_are_followed(bench: Any) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/inbox/a.txt", b"one")
    node = FsspecFiles(url="memory://inbox/*.txt", format="text", poll_s=0.02)
    table = node.build(source=bench.source(), secrets=lambda name: name)

    def steps(there: Any) -> None:
        there(lambda rows: [row[1] for row in rows] == ["one"])
        memory.pipe("/inbox/a.txt", b"changed")
        memory.pipe("/inbox/deep/b.txt", b"not asked for")
        memory.pipe("/inbox/c.txt", b"three")
        there(lambda rows: sorted(row[1] for row in rows) == ["changed", "three"])
        memory.rm("/inbox/a.txt")
        there(lambda rows: [row[1] for row in rows] == ["three"])

    assert [row[:3] for row in bench.follow(table, steps)] == [("/inbox/c.txt", "three", 5)]


def test_records_of_files_in_an_archive_are_read(bench: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/a.csv", "n,s\n1,x\n")
        archive.writestr("in/b.csv", "n,s\n2,y\nz,z\n")
    node = FsspecFiles(
        url=f"zip://in::{tmp_path}/all.zip", format="csv", columns={"n": "integer"}, path_column="file", follow=False
    )

    assert bench.rows(node) == [(1, "in/a.csv"), (2, "in/b.csv")]
    assert [(one["uri"], one["line"]) for one in bench.rejected] == [("in/b.csv", 2)]


def test_a_probe_says_what_is_there_or_which_package_lacks(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")

    assert FsspecFiles(url=f"file://{tmp_path}").probe(secrets=lambda name: name).endswith(": 1 files")
    with pytest.raises(SystemUnfit, match="Protocol not known: gopher"):
        FsspecFiles(url="gopher://x/y").probe(secrets=lambda name: name)
