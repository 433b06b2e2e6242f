from pathlib import Path
from typing import Any

from node_catalog.sources.plaintext import Plaintext


def test_reads_lines_with_their_place(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\n\ntwo \xff\nthree")

    rows = bench.rows(Plaintext(path=str(path)))

    assert rows == [("one", str(path), 1), ("three", str(path), 4), ("two �", str(path), 3)]


def test_takes_off_what_was_put_before_the_lines(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "all.log"
    path.write_text("api-1  | taken\napi-1  | \nstray\n")

    rows = bench.rows(Plaintext(path=str(path), prefix="compose"))

    assert rows == [
        ("stray", str(path), 3, "", "", "", 0),
        ("taken", str(path), 1, "api", "api-1", "", 0),
    ]
