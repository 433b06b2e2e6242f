"""Nodes that shape tables, each on a few rows."""

from typing import Any

import pytest

from node_catalog.tables.cast import Cast
from node_catalog.tables.concat import Concat
from node_catalog.tables.deduplicate import Deduplicate
from node_catalog.tables.filter import Filter
from node_catalog.tables.group import Group
from node_catalog.tables.join import Join
from node_catalog.tables.json_extract import JsonExtract
from node_catalog.tables.rename import Rename
from node_catalog.tables.select import Select
from workbench.errors import BadInput
from workbench.flow.aggregates import Aggregate

LOGS = {"service": str, "level": int, "ms": float}
ROWS = [("cart", 17, 5.0), ("cart", 9, 1.0), ("pay", 17, 3.0)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("level >= 17", ["cart", "pay"], id="comparison"),
        pytest.param("level >= 17 and not service == 'pay'", ["cart"], id="and-not"),
        pytest.param("service in ['pay', 'x'] or ms < 2", ["cart", "pay"], id="in-or"),
        pytest.param("service not in ['pay']", ["cart", "cart"], id="not-in"),
    ],
)
def test_filter_keeps_rows_for_which_the_condition_holds(bench: Any, condition: str, expected: list[str]) -> None:
    rows = bench.rows(Filter(condition=condition), bench.table(LOGS, *ROWS))

    assert [row[0] for row in rows] == expected


def test_select_computes_keeps_and_drops(bench: Any) -> None:
    node = Select(columns={"s": "ms / 1000", "level": "level + 1"}, drop=["ms"])

    assert bench.rows(node, bench.table(LOGS, ROWS[0])) == [("cart", 0.005, 18)]


def test_select_may_keep_nothing_else(bench: Any) -> None:
    node = Select(columns={"name": "upper(service)"}, keep=False)

    assert bench.rows(node, bench.table(LOGS, ROWS[0])) == [("CART",)]


def test_rename(bench: Any) -> None:
    table = Rename(columns={"ms": "duration_ms"}).build(bench.table(LOGS, ROWS[0]))

    assert list(table.column_names()) == ["service", "level", "duration_ms"]
    assert bench.run(table) == [("cart", 17, 5.0)]


def test_rename_to_a_name_that_is_taken(bench: Any) -> None:
    with pytest.raises(BadInput, match="two columns would be called 'level'"):
        Rename(columns={"ms": "level"}).build(bench.table(LOGS, ROWS[0]))


def test_cast(bench: Any) -> None:
    node = Cast(columns={"service": "integer", "level": "text", "ms": "integer"})

    assert bench.rows(node, bench.table(LOGS, ("12", 17, 5.9))) == [(12, "17", 5)]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param("inner", [("cart", 1, 10)], id="inner"),
        pytest.param("left", [("cart", 1, 10), ("pay", 2, None)], id="left"),
        pytest.param("right", [("cart", 1, "cart", 10), (None, None, "x", 30)], id="right"),
        pytest.param("outer", [("cart", 1, "cart", 10), ("pay", 2, None, None), (None, None, "x", 30)], id="outer"),
    ],
)
def test_join(bench: Any, how: str, expected: list[tuple[Any, ...]]) -> None:
    left = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 2))
    right = bench.table({"service": str, "n": int}, ("cart", 10), ("x", 30))

    assert bench.rows(Join(on={"service": "service"}, how=how), left, right) == expected


def test_join_with_itself(bench: Any) -> None:
    table = bench.table({"a": int, "b": int}, (1, 2), (2, 3))

    assert bench.rows(Join(on={"b": "a"}), table, table) == [(1, 2, 2, 3)]


def test_group_with_aggregates(bench: Any) -> None:
    node = Group(
        by=["service"],
        aggregates={
            "rows": Aggregate(),
            "errors": Aggregate(where="level >= 17"),
            "slow_ms": Aggregate(function="sum", column="ms", where="ms > 2"),
            "mean": Aggregate(function="avg", column="ms"),
            "levels": Aggregate(function="count_distinct", column="level"),
        },
    )

    assert bench.rows(node, bench.table(LOGS, *ROWS)) == [("cart", 2, 1, 5.0, 3.0, 2), ("pay", 1, 1, 3.0, 3.0, 1)]


def test_group_of_all(bench: Any) -> None:
    assert bench.rows(Group(aggregates={"top": Aggregate(function="max", column="ms")}), bench.table(LOGS, *ROWS)) == [
        (5.0,)
    ]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"function": "sum"}, id="sum-of-nothing"),
        pytest.param({"function": "max", "column": "x", "where": "x > 1"}, id="where-with-max"),
    ],
)
def test_aggregates_that_make_no_sense(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"needs a column|where goes with"):
        Aggregate.model_validate(settings)


def test_concat_of_three(bench: Any) -> None:
    tables = [bench.table({"a": int}, (number,)) for number in (1, 2, 2)]

    assert bench.rows(Concat(), *tables) == [(1,), (2,), (2,)]


def test_concat_of_different_columns(bench: Any) -> None:
    one, two = bench.table({"a": int, "b": int}, (1, 2)), bench.table({"a": int, "c": int}, (3, 4))

    assert bench.rows(Concat(common_only=True), one, two) == [(1,), (3,)]
    with pytest.raises(BadInput, match="not all inputs have the columns b, c"):
        Concat().build(one, two)


@pytest.mark.parametrize(
    ("keep", "expected"), [("first", [("cart", 1), ("pay", 3)]), ("latest", [("cart", 4), ("pay", 3)])]
)
def test_deduplicate(bench: Any, keep: str, expected: list[tuple[Any, ...]]) -> None:
    table = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 3), ("cart", 4), times=[1, 2, 3])

    assert bench.rows(Deduplicate(by=["service"], keep=keep), table) == expected


def test_json_extract(bench: Any) -> None:
    node = JsonExtract(
        column="text",
        fields={
            "user": {"path": "user.name"},
            "first": {"path": "items.0", "type": "integer"},
            "all": {"path": "items"},
            "none": {"path": "items.7.x", "type": "number"},
        },
    )
    table = bench.table({"text": str}, ('{"user": {"name": "eve"}, "items": [3, 4]}',), ("",))

    rows = [row[1:] for row in bench.rows(node, table)]

    assert rows == [("", 0, "", 0.0), ("eve", 3, "[3, 4]", 0.0)]
