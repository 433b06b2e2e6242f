"""A statement of a person runs for a while, can be cancelled, and is kept under a name."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from workbench.errors import BadInput, Cancelled, NotFound
from workbench.store.db import Store
from workbench.store.explore import console
from workbench.store.explore.console import Column, SavedQuery

ENDLESS = "SELECT count(*) FROM range(1000000000000) a, range(1000000000) b WHERE a.range + b.range = 7"


def run(store: Store, statement: str, limit: int = 10, timeout_s: float = 60, query_id: str = "") -> console.Answer:
    return console.run(store, statement, limit=limit, timeout_s=timeout_s, query_id=query_id)


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        pytest.param("SELECT 1 AS a", [1], id="select"),
        pytest.param("DESCRIBE logs", ["row_id", "BIGINT", "YES", None, None, None], id="describe"),
        pytest.param("SHOW TABLES", ["anomalies"], id="show"),
        pytest.param("VALUES (1, 'a')", [1, "a"], id="values"),
        pytest.param("SELECT 1::DECIMAL(9,2), 'nan'::DOUBLE", ["1.00", "nan"], id="values-that-json-lacks"),
        pytest.param("SELECT {'a': [1, 2]}, '\\x01'::BLOB", [{"a": [1, 2]}, "01"], id="nested"),
        pytest.param("SELECT make_timestamp_ns(0)", ["1970-01-01 00:00:00"], id="time"),
    ],
)
def test_reading_statements_run(store: Store, statement: str, first: list[object]) -> None:
    assert run(store, statement).rows[0] == first


def test_explain_of_a_select_runs_and_of_anything_else_does_not(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n", encoding="utf-8")

    assert "logs" in str(run(store, "EXPLAIN ANALYZE SELECT * FROM logs").rows)
    for statement in ("EXPLAIN DELETE FROM logs", f"EXPLAIN FROM '{tmp_path}/x.csv'", f"DESCRIBE '{tmp_path}/x.csv'"):
        with pytest.raises(BadInput, match=r"this is DELETE|no table"):
            run(store, statement)


def test_rows_beyond_the_limit_are_told_and_not_made(store: Store) -> None:
    found = run(store, "SELECT * FROM range(1000000000000)", limit=3)

    assert (found.columns, found.rows, found.more) == ([Column(name="range", type="BIGINT")], [[0], [1], [2]], True)
    assert not run(store, "SELECT * FROM range(3)", limit=3).more


def test_a_statement_that_takes_too_long_is_stopped(store: Store) -> None:
    with pytest.raises(BadInput, match=r"stopped after 0\.3 s. Narrow it"):
        run(store, ENDLESS, timeout_s=0.3)

    assert run(store, "SELECT 2").rows == [[2]]


def test_a_statement_can_be_cancelled_by_its_id(store: Store) -> None:
    said: list[str] = []

    def work() -> None:
        try:
            run(store, ENDLESS, query_id="q1")
        except Cancelled as error:
            said.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        try:
            console.cancel(store, "q1")
        except NotFound:
            continue
        thread.join(0.2)

    assert said == ["the statement was cancelled"]
    with pytest.raises(NotFound, match=r"running query 'q1'"):
        console.cancel(store, "q1")


def test_a_column_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(BadInput, match=r"SQL: Binder Error.*servce"):
        run(store, "SELECT servce FROM logs")


def test_the_tables_are_listed_with_their_columns(store: Store, lines: int) -> None:
    tables = {one.name: one for one in console.schema(store)}

    assert tables["logs"].rows == 10
    assert tables["logs"].columns[0] == Column(name="row_id", type="BIGINT")
    assert {"spans", "metrics", "incidents"} <= set(tables)


def test_queries_are_kept_changed_and_forgotten(store: Store) -> None:
    console.save(store, SavedQuery(name="b", statement="SELECT 1"))
    console.save(store, SavedQuery(name=" a  query ", statement="SELECT 2", description="two"))
    console.save(store, SavedQuery(name="b", statement="SELECT 3"))

    kept = console.saved(store)
    assert [(one.name, one.statement, one.description) for one in kept] == [
        ("a query", "SELECT 2", "two"), ("b", "SELECT 3", ""),
    ]  # fmt: skip
    console.forget(store, "b")
    assert [one.name for one in console.saved(store)] == ["a query"]
    with pytest.raises(NotFound, match=r"saved query 'b'. There are: a query"):
        console.forget(store, "b")


@pytest.mark.parametrize(
    ("name", "statement", "words"),
    [("", "SELECT 1", "the query has no name"), ("x", "DROP TABLE logs", "this is DROP")],
)
def test_what_may_not_run_is_not_kept(store: Store, name: str, statement: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        console.save(store, SavedQuery(name=name, statement=statement))

    assert console.saved(store) == []
