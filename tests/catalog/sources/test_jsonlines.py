import gzip
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.jsonlines import Jsonlines

COLUMNS = {"n": "integer", "who": "text", "cost": "number", "good": "boolean"}


def test_reads_fields_with_their_types(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": 1, "who": "a", "cost": 2, "good": true, "more": 9}\n\n')
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"n": "2", "who": {"x": 1}, "cost": "2.5", "good": "no"}\n'))

    rows = bench.rows(Jsonlines(path=str(tmp_path), columns=COLUMNS))

    assert rows == [(1, "a", 2.0, True), (2, '{"x": 1}', 2.5, False)]
    assert bench.rejected == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("{", "not JSON: Expecting property name enclosed in double quotes at column 2", id="not-json"),
        pytest.param("[1]", "not a JSON object", id="not-an-object"),
        pytest.param('{"n": 1.5, "who": ""}', "field 'n': 1.5 is not a whole number of 64 bits", id="fraction"),
        pytest.param(
            '{"n": 9223372036854775808, "who": ""}',
            "field 'n': 9223372036854775808 is not a whole number of 64 bits",
            id="too-large",
        ),
        pytest.param('{"n": 1}', "no field 'who'", id="missing"),
    ],
)
def test_keeps_lines_that_do_not_fit(bench: Any, tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"n": 1, "who": "a"}\n' + line + "\n")

    rows = bench.rows(Jsonlines(path=str(path), columns={"n": "integer", "who": "text"}))

    assert rows == [(1, "a")]
    assert bench.rejected == [{"uri": str(path), "line": 2, "reason": reason, "raw": line}]


def test_missing_fields_may_be_empty(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": null}\n')

    rows = bench.rows(Jsonlines(path=str(tmp_path / "*.jsonl"), columns=COLUMNS, missing="empty"))

    assert rows == [(0, "", 0.0, False)]


def test_nan_is_no_number(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"cost": NaN}\n')

    assert bench.rows(Jsonlines(path=str(tmp_path / "a.jsonl"), columns={"cost": "number"})) == []
    assert bench.rejected[0]["reason"] == "field 'cost': NaN is not a number"
