"""OTLP files read by a flow give the rows that an import gives."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.otlp_files import OtlpFiles
from workbench.facts.telemetry import Telemetry
from workbench.flow.telemetry.columns import columns_of
from workbench.ingest.importer import import_paths
from workbench.semconv import ORIGIN, Table
from workbench.simulate.files import write_files
from workbench.simulate.world import simulate
from workbench.store import telemetry
from workbench.store.db import Store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_files(simulate([], 3, minutes=0.2), folder, "otlp")
    (folder / "truth.json").unlink()
    return folder


@pytest.fixture(scope="module")
def imported(folder: Path) -> Telemetry:
    with Store.open(None) as store:
        import_paths(store, [folder])
        return telemetry.read(store)


def comparable(columns: dict[str, type], row: tuple[Any, ...]) -> str:
    values = dict(zip(columns, row, strict=True))
    values["attributes"] = json.loads(values["attributes"])
    return json.dumps({name: round(v, 9) if isinstance(v, float) else v for name, v in values.items()}, sort_keys=True)


@pytest.mark.slow
@pytest.mark.parametrize(("signal", "file"), [("logs", "logs"), ("spans", "traces"), ("metrics", "metrics")])
def test_the_rows_are_those_of_an_import(bench: Any, folder: Path, imported: Telemetry, signal: str, file: str) -> None:
    found = bench.rows(OtlpFiles(path=str(folder / f"{file}.jsonl"), signal=signal))
    if signal == "logs":
        found = [row[:-1] for row in found if not row[-1]]

    columns = columns_of(Table(signal))
    frame = imported.frame(Table(signal)).drop(columns=list(ORIGIN))
    if signal == "spans":
        # A field that is left out holds its default; an import says that nothing was said.
        frame["status_code"] = frame["status_code"].replace("", "UNSET")
    expected = [comparable(columns, row) for row in frame[list(columns)].itertuples(index=False, name=None)]
    assert len(found) > 20
    assert sorted(comparable(columns, row) for row in found) == sorted(expected)
    assert bench.rejected == []


def test_lines_that_are_no_otlp_are_rejected(bench: Any, tmp_path: Path) -> None:
    record = {"timeUnixNano": "1700000000000000000", "eventName": "deploy", "body": {"stringValue": "v2"}}
    good = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    bad_id = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record | {"traceId": "xyz"}]}]}]}
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([json.dumps(good), "{", '{"a": 1}', "7", json.dumps(bad_id), '{"resourceSpans": []}']))

    found = bench.rows(OtlpFiles(path=str(path)))

    assert [(row[6], row[-1]) for row in found] == [("v2", "deploy")]
    assert sorted((fault["line"], fault["reason"].split(":")[0]) for fault in bench.rejected) == [
        (2, "not JSON"),
        (3, "no OTLP"),
        (4, "no OTLP"),
        (5, "id 'xyz' is not hexadecimal"),
    ]


def test_a_document_over_several_lines(bench: Any, tmp_path: Path) -> None:
    point = {"timeUnixNano": "1700000000000000000", "asDouble": "NaN"}
    gauge = {"name": "heat", "gauge": {"dataPoints": [point, point | {"asDouble": 2.5}]}}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [gauge]}]}]}, indent=2))

    found = bench.rows(OtlpFiles(path=str(path), signal="metrics"))

    assert [row[7] for row in found] == [2.5]
    assert [(fault["line"], fault["reason"]) for fault in bench.rejected] == [(1, "the point has no finite value")]
    assert not any(math.isnan(row[7]) for row in found)
