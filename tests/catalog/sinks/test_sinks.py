"""Nodes that write."""

import json
from pathlib import Path
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.csv_file import CsvOutput
from node_catalog.sinks.jsonlines import JsonlinesFile
from node_catalog.sinks.workspace_table import WorkspaceTable
from workbench.errors import BadInput


def test_jsonlines_has_columns_and_diff(bench: Any, tmp_path: Path) -> None:
    JsonlinesFile(path=str(tmp_path / "out.jsonl")).build(bench.table({"a": int, "b": str}, (1, "x")))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    (line,) = (json.loads(text) for text in (tmp_path / "out.jsonl").read_text().splitlines())
    assert {key: line[key] for key in ("a", "b", "diff")} == {"a": 1, "b": "x", "diff": 1}


def test_csv_has_a_header(bench: Any, tmp_path: Path) -> None:
    CsvOutput(path=str(tmp_path / "out.csv")).build(bench.table({"a": int, "b": str}, (1, 'x "y"')))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    header, line = (tmp_path / "out.csv").read_text().splitlines()
    assert header == '"a","b","time","diff"'
    assert line.startswith('"1","x ""y""",')


def test_workspace_table_delivers_the_columns_of_the_table(bench: Any) -> None:
    delivered: list[Any] = []
    table = bench.table({"time_unix_nano": int, "more": int, "body": str}, (1, 2, "x"))

    WorkspaceTable(table="logs").build(table, deliver=lambda rows, name: delivered.append((rows, name)))

    ((rows, name),) = delivered
    assert (name, bench.run(rows)) == ("logs", [(1, "x")])


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [
        pytest.param(
            "logs", {"body": str}, "table 'logs' needs the column time_unix_nano; the rows have body", id="time"
        ),
        pytest.param(
            "logs",
            {"time_unix_nano": int, "body": int},
            "column 'body' of table 'logs' takes str, not <class 'int'>",
            id="type",
        ),
        pytest.param(
            "anomalies", {"time_unix_nano": int}, "table 'anomalies' needs the columns detector, kind", id="anomaly"
        ),
    ],
)
def test_workspace_table_says_what_is_missing(bench: Any, table: Any, columns: dict[str, type], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        WorkspaceTable(table=table).build(bench.table(columns), deliver=lambda rows, name: None)
