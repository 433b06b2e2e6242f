"""The SQL node: what it computes, that it follows its inputs, and where it says a fault is."""

from __future__ import annotations

import contextlib
from typing import Any

import pathway as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathway.internals.parse_graph import G

from node_catalog.tables.sql import Sql
from workbench.errors import BadExpression, BadInput
from workbench.flow.queries.query import run_query

LOGS = {"service": str, "ms": int | None, "level": str}
ROWS = [("cart", 5, "ERROR"), ("cart", 9, "INFO"), ("pay", None, "INFO"), ("mail", 1, "ERROR")]
TEAMS = {"name": str, "team": str}
OWNERS = [("cart", "red"), ("pay", "blue"), ("idle", "blue")]


def answer(bench: Any, query: str) -> list[tuple[Any, ...]]:
    return bench.rows(Sql(query=query), bench.table(LOGS, *ROWS), bench.table(TEAMS, *OWNERS))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT service FROM a WHERE ms > 4", [("cart",), ("cart",)]),
        ("SELECT service FROM a WHERE NOT ms > 4", [("mail",)]),
        ("SELECT service AS s, ms / 2 AS half FROM a WHERE ms IS NOT NULL AND level = 'INFO'", [("cart", 4.5)]),
        ("SELECT x.service FROM a AS x WHERE x.ms IS NULL", [("pay",)]),
        ("SELECT * FROM b WHERE name IN ('cart', 'idle')", [("cart", "red"), ("idle", "blue")]),
        ("SELECT name FROM b WHERE name LIKE '%a_'", [("pay",)]),
        ("SELECT name FROM b WHERE name NOT ILIKE 'C%'", [("idle",), ("pay",)]),
        ("SELECT coalesce(ms, 0) AS ms FROM a WHERE service = 'pay'", [(0,)]),
        ("SELECT CASE WHEN ms > 4 THEN 'slow' WHEN ms > 0 THEN 'fast' END AS s FROM a WHERE level = 'ERROR'",
         [("fast",), ("slow",)]),
        ("SELECT CASE service WHEN 'pay' THEN 1 ELSE 2 END AS n FROM a WHERE level = 'INFO'", [(1,), (2,)]),
        ("SELECT CAST(ms AS TEXT) || '!' AS t FROM a WHERE service = 'mail'", [("1!",)]),
        ("SELECT upper(substring(team, 1, 2)) AS t FROM b WHERE length(team) BETWEEN 4 AND 9", [("BL",), ("BL",)]),
        ("SELECT count(*) AS n, count(ms) AS known, sum(ms) AS total, avg(ms) AS mean FROM a", [(4, 3, 15, 5.0)]),
        ("SELECT service, count(*) AS n FROM a GROUP BY service", [("cart", 2), ("mail", 1), ("pay", 1)]),
        ("SELECT upper(service) AS s, max(ms) - min(ms) AS span FROM a GROUP BY 1",
         [("CART", 4), ("MAIL", 0), ("PAY", None)]),
        ("SELECT length(service) AS l, count(DISTINCT level) AS n FROM a GROUP BY l HAVING count(*) > 2", [(4, 2)]),
        ("SELECT service FROM a GROUP BY service HAVING sum(ms) > 10", [("cart",)]),
        ("SELECT sum(ms) FILTER (WHERE level = 'ERROR') AS e, count(*) FILTER (WHERE ms > 4) AS n FROM a", [(6, 2)]),
        ("SELECT arg_max(service, ms) AS slowest, median(ms) AS m, quantile(ms, 1.0) AS q FROM a WHERE ms > 0",
         [("cart", 5.0, 9.0)]),
        ("SELECT DISTINCT level FROM a", [("ERROR",), ("INFO",)]),
        ("SELECT team, ms FROM a JOIN b ON a.service = b.name AND ms > 4", [("red", 5), ("red", 9)]),
        ("SELECT service, team FROM a LEFT JOIN b ON name = service WHERE team IS NULL", [("mail", None)]),
        ("SELECT name, service FROM a RIGHT JOIN b ON name = service WHERE service IS NULL", [("idle", None)]),
        ("SELECT count(*) AS n FROM a FULL JOIN b ON name = service", [(5,)]),
        ("SELECT x.name, y.name AS other FROM b x JOIN b y USING (team) WHERE x.name < y.name", [("idle", "pay")]),
        ("SELECT service FROM a WHERE ms > 4 UNION SELECT name FROM b WHERE team = 'red'", [("cart",)]),
        ("SELECT ms FROM a WHERE ms > 4 UNION ALL SELECT 7 AS x FROM b WHERE team = 'red'", [(5,), (7,), (9,)]),
        ("WITH e AS (SELECT * FROM a WHERE level = 'ERROR') SELECT count(*) AS n FROM e", [(2,)]),
        ("SELECT n FROM (SELECT service, count(*) AS n FROM a GROUP BY service) AS g WHERE n > 1", [(2,)]),
        ("SELECT service, ms FROM a WHERE ms > 0 ORDER BY ms DESC LIMIT 2", [("cart", 5), ("cart", 9)]),
        ("SELECT json_text('{\"a\": \"x\"}', 'a') AS v FROM b WHERE team = 'red'", [("x",)]),
    ],
)  # fmt: skip
def test_answers(bench: Any, query: str, expected: list[Any]) -> None:
    assert answer(bench, query) == sorted(expected, key=repr)


def test_an_answer_follows_rows_that_come_and_go(bench: Any) -> None:
    columns = {"s": pw.column_definition(primary_key=True, dtype=str)}
    changes = [("a", 2, 1), ("b", 2, 1), ("a", 4, -1)]
    table = pw.debug.table_from_rows(pw.schema_builder(columns), changes, is_stream=True)

    assert bench.rows(Sql(query="SELECT count(*) AS n, max(s) AS m FROM a"), table) == [(1, "b")]


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ("SELECT servce FROM a", "servce",
         "there is no column 'servce'; there is service, ms, level. Did you mean 'service'?"),
        ("SELECT x.ms FROM a", "x.ms", "there is no table 'x' in FROM"),
        ("SELECT 1 FROM logs", "logs", "there is no table 'logs'. There is a, b"),
        ("SELECT ms FROM a WHERE level > 5", "level", "level is text, 5 is a number" ),
        ("SELECT ms FROM a WHERE (ms > ", ">", "not SQL: Required keyword: 'expression' missing"),
        ("SELECT a.name FROM b a JOIN b c ON a.name = c.name WHERE name > 'x'", "name",
         "name is in a and in c. Write a.name"),
        ("SELECT service, count(*) AS n FROM a", "service", "service is neither grouped by nor aggregated"),
        ("SELECT ms FROM a ORDER BY ms", "ms", "ORDER BY without LIMIT means nothing"),
        ("SELECT ms FROM a WHERE ms = NULL", "ms", "Write IS NULL or IS NOT NULL"),
        ("SELECT sum(level) AS n FROM a", "", "sum needs numbers"),
        ("SELECT row_number() OVER (ORDER BY ms) AS n FROM a", "", "is not supported"),
        ("SELECT a.ms FROM a JOIN b ON a.ms > 5", "", "a JOIN needs ON with at least one pair of equal columns"),
        ("SELECT frobnicate(ms) AS n FROM a", "ms", "there is no function frobnicate()"),
        ("SELECT ms, ms FROM a", "ms", "the column 'ms' is there twice"),
        ("DROP TABLE a", "", "there has to be one SELECT"),
        ("SELECT ms FROM a; SELECT ms FROM a", "", "there has to be one SELECT"),
        ("SELECT log(ms) AS l FROM a", "ms", "Write ln(x)"),
        ("SELECT ltrim(level) AS l FROM a", "level", "is not supported"),
        ("SELECT * FROM read_csv('x.csv')", "", "is not a table"),
    ],
)  # fmt: skip
def test_faults_point_at_their_place(bench: Any, query: str, place: str, said: str) -> None:
    with pytest.raises(BadExpression) as caught:
        Sql(query=query).build(bench.table(LOGS, *ROWS), bench.table(TEAMS, *OWNERS))

    assert said in str(caught.value)
    if place:
        assert place in query[caught.value.start : caught.value.end]
        assert (caught.value.start, caught.value.end) != (0, len(query))


WORDS = st.sampled_from(
    ["SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "JOIN", "ON", "UNION", "ORDER BY", "LIMIT", "a", "b", "service",
     "ms", "level", "name", ",", "(", ")", "*", "=", ">", "5", "'x'", "count(*)", "sum(", "AS", "CASE", "WHEN", "THEN",
     "END",
     "NULL", "IS", "NOT", "IN", "LEFT", "DISTINCT", ".", "+", "OVER", "WITH", "BETWEEN", "AND", "CAST(", "LIKE"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_query_or_bad_input(text: str) -> None:
    tables = {"a": pw.Table.empty(**LOGS), "b": pw.Table.empty(**TEAMS)}
    with contextlib.suppress(BadInput):
        run_query("SELECT " + text, tables)
    G.clear()


def test_only_what_keeps_rows_grows() -> None:
    assert Sql(query="SELECT a.ms FROM a JOIN b ON a.x = b.x").grows
    assert not Sql(query="SELECT ms FROM a WHERE ms > 5").grows
