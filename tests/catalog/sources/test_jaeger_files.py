"""Jaeger's JSON read by a flow gives the rows that an import gives."""

import json
from pathlib import Path
from typing import Any

from node_catalog.sources.jaeger_files import JaegerFiles
from workbench.flow.telemetry.columns import columns_of
from workbench.ingest.importer import import_paths
from workbench.semconv import ORIGIN, Table
from workbench.store import telemetry
from workbench.store.db import Store


def span(number: int, **more: Any) -> dict[str, Any]:
    return {
        "traceID": "AB01",
        "spanID": f"0{number}",
        "operationName": "GET /cart",
        "startTime": 1_773_135_000_000_000 + number,
        "duration": 1500,
        "processID": "p1",
        "tags": [],
        "references": [],
        **more,
    }


TRACE = {
    "traceID": "AB01",
    "spans": [
        span(
            1,
            tags=[{"key": "span.kind", "type": "string", "value": "server"}, {"key": "http.status_code", "value": 503}],
        ),
        span(2, references=[{"refType": "FOLLOWS_FROM", "spanID": "09"}, {"refType": "CHILD_OF", "spanID": "01"}]),
        span(3, parentSpanID="01", tags=[{"key": "error", "type": "bool", "value": True}]),
        span(
            4, references=[{"refType": "FOLLOWS_FROM", "spanID": "02"}], tags=[{"key": "peer.service", "value": "pay"}]
        ),
        span(5, processID="p2", tags=[{"key": "otel.status_code", "value": "OK"}]),
    ],
    "processes": {
        "p1": {"serviceName": "cart", "tags": [{"key": "hostname", "value": "n1"}]},
        "p2": {"serviceName": "pay", "tags": [{"key": "service.instance.id", "value": "pay-1"}]},
    },
}


def test_the_rows_are_those_of_an_import(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "traces.json").write_text(json.dumps({"data": [TRACE]}, indent=1))

    found = bench.rows(JaegerFiles(path=str(tmp_path / "traces.json")))

    columns = list(columns_of(Table.SPANS))
    with Store.open(None) as store:
        import_paths(store, [tmp_path])
        frame = telemetry.read(store).spans.drop(columns=list(ORIGIN))[columns]
    expected = [tuple(row) for row in frame.itertuples(index=False, name=None)]
    assert [(*row[:-1], json.loads(row[-1])) for row in sorted(found)] == [
        (*row[:-1], json.loads(row[-1])) for row in sorted(expected)
    ]


def test_spans_and_documents_that_cannot_be_used(bench: Any, tmp_path: Path) -> None:
    broken = {"spans": [span(1, traceID=""), span(2, startTime="soon"), span(3, startTime=0), span(4)]}
    (tmp_path / "a.json").write_text(json.dumps(broken) + '\n{"data": []}\n{"data": null}\n7\n')

    found = bench.rows(JaegerFiles(path=str(tmp_path / "a.json")))

    assert [row[3] for row in found] == ["04"]
    assert [(fault["line"], fault["reason"][:24]) for fault in bench.rejected] == [
        (1, "traceID or spanID is emp"),
        (1, "invalid literal for int("),
        (1, "time 0 is missing or lie"),
        (2, "there is no trace in it:"),
        (3, "there is no trace in it:"),
        (4, "there is no trace in it:"),
    ]
