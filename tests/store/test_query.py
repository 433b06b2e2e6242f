"""A person's SQL may read the workspace's tables and nothing else."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from workbench.errors import BadInput
from workbench.semconv import Table
from workbench.store import telemetry
from workbench.store.db import Store


@pytest.fixture(autouse=True)
def rows(store: Store, source_id: int) -> None:
    names = pa.table({"service_name": ["web", "web", "db"], "body": ["a", "b", "c"]})
    telemetry.append(store, Table.LOGS, names, source_id=source_id)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("SELECT count(*) AS n FROM logs; -- all", [{"n": 3}], id="comment-and-semicolon"),
        pytest.param("WITH w AS (FROM logs) SELECT max(body) AS b FROM w", [{"b": "c"}], id="cte"),
        pytest.param("SELECT body FROM logs ORDER BY body DESC", [{"body": x} for x in "cba"], id="order"),
        pytest.param("SELECT body FROM logs WHERE service_name = ?", [{"body": "a"}, {"body": "b"}], id="parameter"),
        pytest.param("SELECT count(*) AS n FROM main.LOGS", [{"n": 3}], id="schema-and-case"),
        pytest.param(
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT max(i) AS i FROM n",
            [{"i": 3}],
            id="recursion",
        ),
        pytest.param("SELECT 'é' AS x ; /* é; */", [{"x": "é"}], id="not-ascii"),
        pytest.param("SELECT unnest(range(2)) AS i", [{"i": 0}, {"i": 1}], id="range"),
    ],
)
def test_a_select_gives_its_rows(store: Store, sql: str, expected: list[dict[str, object]]) -> None:
    found = telemetry.query(store, sql, ["web"] if "?" in sql else [])

    assert found.to_pylist() == expected


def test_no_more_rows_come_than_asked_for(store: Store) -> None:
    assert telemetry.query(store, "SELECT * FROM logs", limit=2).num_rows == 2


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        pytest.param("DELETE FROM logs", "this is DELETE", id="delete"),
        pytest.param("WITH x AS (SELECT 1) INSERT INTO logs SELECT * FROM logs", "this is INSERT", id="insert"),
        pytest.param("SELECT 1; DROP TABLE logs", "this is SELECT, DROP", id="two"),
        pytest.param("COPY logs TO '/tmp/x.csv'", "this is COPY", id="copy"),
        pytest.param("ATTACH '/tmp/x.duckdb'", "this is ATTACH", id="attach"),
        pytest.param("SET memory_limit = '1GB'", "this is SET", id="set"),
        pytest.param("", "this is nothing", id="empty"),
        pytest.param("SELECT * FROM read_text('/etc/hostname')", r"read_text\(\) reads outside", id="table-function"),
        pytest.param("SELECT (SELECT content FROM read_text('/x'))", r"read_text\(\) reads outside", id="subquery"),
        pytest.param("FROM logs, LATERAL (FROM glob('/*'))", r"glob\(\) reads outside", id="lateral"),
        pytest.param("FROM query('SELECT 1')", r"query\(\) reads outside", id="query-of-text"),
        pytest.param("FROM '/etc/passwd.csv'", "no table '/etc/passwd.csv'. There are anomalies,", id="file-as-table"),
        pytest.param("FROM passwd.csv", "no table 'passwd.csv'", id="file-as-table-of-a-schema"),
        pytest.param("SUMMARIZE 'passwd.csv'", "no table 'passwd.csv'", id="summary-of-a-file"),
        pytest.param("FROM (SHOW passwd.csv)", "passwd.csv|schema", id="show-of-a-file"),
        pytest.param("FROM information_schema.tables", "no table 'information_schema.tables'", id="other-schema"),
        pytest.param("SELECT * FROM ) (", "SQL: Parser Error", id="unreadable"),
        pytest.param("SELECT statuss FROM logs", "statuss", id="unknown-column"),
    ],
)
def test_anything_else_is_refused(store: Store, sql: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        telemetry.query(store, sql)

    assert telemetry.count(store)["logs"] == 3


def test_a_local_variable_is_no_table(store: Store) -> None:
    secrets = pa.table({"a": [1]})

    with pytest.raises(BadInput, match="secrets"):
        telemetry.query(store, "FROM secrets")
    assert secrets.num_rows == 1


def test_a_view_over_a_file_cannot_be_made_first(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="this is CREATE"):
        telemetry.query(store, f"CREATE VIEW v AS SELECT * FROM read_csv('{tmp_path}/x.csv')")
