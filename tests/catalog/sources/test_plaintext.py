from pathlib import Path
from typing import Any

from node_catalog.sources.plaintext import Plaintext


def test_reads_lines_with_their_place(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\n\ntwo \xff\nthree")

    rows = bench.rows(Plaintext(path=str(path)))

    assert rows == [("one", str(path), 1), ("three", str(path), 4), ("two �", str(path), 3)]
