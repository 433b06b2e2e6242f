"""BigQuery's streaming API over its wire protocol: Google's own client, and a small server after the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.bigquery import Bigquery
from tests.services.http import Request, http_server
from workbench.errors import RunFailed, SystemUnfit

pytestmark = pytest.mark.service

TABLE = "/bigquery/v2/projects/acme/datasets/ops/tables/calls"


class Table:
    """Takes a batch whole or not at all, and each insertId once."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.busy = 0

    def answer(self, asked: Request) -> tuple[int, Any]:
        if self.busy:
            self.busy -= 1
            return 503, {"error": {"code": 503, "message": "backendError"}}
        if asked.path == TABLE:
            names = {"projectId": "acme", "datasetId": "ops", "tableId": "calls"}
            fields = [{"name": "n", "type": "INTEGER"}]
            return 200, {"tableReference": names, "schema": {"fields": fields}, "numRows": str(len(self.rows))}
        if asked.path != f"{TABLE}/insertAll":
            return 404, {"error": {"code": 404, "message": f"Not found: {asked.path}"}}
        rows = asked.json()["rows"]
        bad = [place for place, row in enumerate(rows) if int(row["json"]["n"]) < 0]
        if bad:
            refused = [{"reason": "invalid", "location": "n", "message": "Value out of range"}]
            stopped = [{"reason": "stopped", "location": "", "message": ""}]
            return 200, {
                "insertErrors": [{"index": n, "errors": refused if n in bad else stopped} for n in range(len(rows))]
            }
        self.rows |= {row["insertId"]: row["json"] for row in rows}
        return 200, {"kind": "bigquery#tableDataInsertAllResponse"}


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def node(table: Table) -> Iterator[Bigquery]:
    with http_server(table.answer) as url:
        yield Bigquery(project="acme", dataset="ops", table="calls", endpoint=url)


def test_rows_are_streamed_and_a_refused_one_is_rejected(bench: Any, table: Table, node: Bigquery) -> None:
    table.busy = 1
    at = pw.DateTimeUtc("2026-01-02T03:04:05+00:00")
    rows = bench.table({"n": int, "at": pw.DateTimeUtc, "j": pw.Json}, (1, at, pw.Json([1])), (-2, at, pw.Json({})))

    node.build(rows, sink=bench.sink(), secrets=lambda name: name)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert list(table.rows.values()) == [{"n": 1, "at": "2026-01-02T03:04:05+00:00", "j": "[1]"}]
    assert [row["reason"] for row in bench.rejected] == ["bigquery://acme/ops.calls: n Value out of range"]


def test_changes_are_logged(bench: Any, table: Table, node: Bigquery) -> None:
    rows = bench.table({"n": int}, (1,), (5,), times=[1, 2])

    node.model_copy(update={"log": True}).build(
        rows.reduce(n=pw.reducers.max(rows.n)), sink=bench.sink(), secrets=lambda name: name
    )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted((row["n"], row["diff"]) for row in table.rows.values()) == [(1, -1), (1, 1), (5, 1)]


def test_a_table_that_is_not_there_fails_the_run(bench: Any, node: Bigquery) -> None:
    node.model_copy(update={"table": "nothing"}).build(
        bench.table({"n": int}, (1,)), sink=bench.sink(), secrets=lambda name: name
    )

    with pytest.raises(RunFailed, match=r"bigquery://acme/ops.nothing: 404 POST"):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_broken_key_is_not_repeated(node: Bigquery) -> None:
    broken = node.model_copy(update={"service_account": "${secret:bigquery_ops_key}"})

    for key in ("not json 99", '{"private_key": "half-a-key-99", "client_email": "a", "token_uri": "b"}'):
        with pytest.raises(SystemUnfit, match="the secret is not a key of a service account") as failed:
            broken.probe(secrets=lambda name, key=key: key)
        assert "99" not in str(failed.value)
        assert failed.value.__cause__ is None


def test_a_probe_says_what_is_there(node: Bigquery) -> None:
    assert node.probe(secrets=lambda name: name) == "bigquery://acme/ops.calls: 1 columns, 0 rows"
