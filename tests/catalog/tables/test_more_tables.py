"""Table nodes where rows come later and go again, where values are missing, and where settings do not fit."""

from __future__ import annotations

from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G
from pydantic import ValidationError

from node_catalog.tables.asof_join import AsofJoin
from node_catalog.tables.cast import Cast
from node_catalog.tables.deduplicate import Deduplicate
from node_catalog.tables.difference import Difference
from node_catalog.tables.drop_missing import DropMissing
from node_catalog.tables.fill_missing import FillMissing
from node_catalog.tables.flatten import Flatten
from node_catalog.tables.group import Group
from node_catalog.tables.intersect import Intersect
from node_catalog.tables.json_extract import JsonExtract
from node_catalog.tables.limit import Limit
from node_catalog.tables.pivot import Pivot
from node_catalog.tables.sample import Sample
from node_catalog.tables.sort import Sort
from node_catalog.tables.union import Union
from node_catalog.tables.unpivot import Unpivot
from node_catalog.tables.update_cells import UpdateCells
from node_catalog.tables.update_rows import UpdateRows
from workbench.errors import BadInput
from workbench.flow.aggregates import Aggregate
from workbench.flow.types import column_type

KNOWN = {"service": str, "n": int}


def changing(columns: dict[str, Any], *rows: tuple[Any, ...]) -> Any:
    """Return a table of (values..., minibatch, 1 or -1)."""
    # A row that is taken back is found by its id, which is made of all of its values.
    defined = {name: pw.column_definition(primary_key=True, dtype=kind) for name, kind in columns.items()}
    schema = pw.schema_builder(defined)
    return pw.debug.table_from_rows(schema, [(*row[:-2], 2 * row[-2], row[-1]) for row in rows], is_stream=True)


def test_partners_may_come_and_go(bench: Any) -> None:
    def tables() -> tuple[Any, Any]:
        rows = bench.table(KNOWN, ("cart", 1), ("pay", 2), ("mail", 3))
        other = changing({"name": str}, ("cart", 1, 1), ("pay", 1, 1), ("pay", 2, 1), ("cart", 3, -1), ("pay", 3, -1))
        return rows, other

    assert bench.rows(Intersect(on={"service": "name"}), *tables()) == [("pay", 2)]
    assert bench.rows(Difference(on={"service": "name"}), *tables()) == [("cart", 1), ("mail", 3)]


def test_a_table_without_itself_is_empty(bench: Any) -> None:
    table = bench.table(KNOWN, ("cart", 1))

    assert bench.rows(Difference(on={"service": "service"}), table, table) == []


def test_updates_may_be_taken_back(bench: Any) -> None:
    def updates() -> Any:
        return changing(KNOWN, ("cart", 9, 1, 1), ("new", 5, 1, 1), ("cart", 9, 3, -1), ("pay", 7, 3, 1))

    def rows() -> Any:
        return bench.table(KNOWN, ("cart", 1), ("pay", 2))

    assert bench.rows(UpdateRows(key=["service"]), rows(), updates()) == [("cart", 1), ("new", 5), ("pay", 7)]
    assert bench.rows(UpdateCells(key=["service"]), rows(), updates()) == [("cart", 1), ("pay", 7)]


def test_updates_with_other_columns_are_refused(bench: Any) -> None:
    rows, updates = bench.table(KNOWN, ("cart", 1)), bench.table({"service": str, "m": int}, ("cart", 1))

    with pytest.raises(BadInput, match="not both inputs have m, n"):
        UpdateRows(key=["service"]).build(rows, updates)
    with pytest.raises(BadInput, match="the rows have no column 'm'"):
        UpdateCells(key=["service"]).build(rows, updates)


def test_positions_move_when_rows_come_and_go(bench: Any) -> None:
    def table() -> Any:
        return changing(
            {"s": str, "ms": int | None},
            ("a", 5, 1, 1), ("b", 9, 1, 1), ("c", None, 1, 1), ("d", 7, 2, 1), ("b", 9, 3, -1),
        )  # fmt: skip

    assert bench.rows(Sort(order=["ms"]), table()) == [("a", 5, 1), ("c", None, 3), ("d", 7, 2)]
    assert bench.rows(Sort(order=["ms"], descending=True), table()) == [("a", 5, 2), ("c", None, 3), ("d", 7, 1)]
    assert bench.rows(Limit(order=["ms"], rows_kept=2, descending=True), table()) == [("a", 5), ("d", 7)]


def test_positions_by_group_and_several_columns(bench: Any) -> None:
    rows = [("x", "b", 1), ("x", "a", 1), ("x", "a", 0), ("y", "z", 9)]

    found = bench.rows(Sort(order=["name", "n"], by=["g"]), bench.table({"g": str, "name": str, "n": int}, *rows))

    assert found == [("x", "a", 0, 1), ("x", "a", 1, 2), ("x", "b", 1, 3), ("y", "z", 9, 1)]


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        ({"function": "sum"}, [1, None, 4], 5),
        ({"function": "avg"}, [1, None, 4], 2.5),
        ({"function": "avg"}, [None], None),
        ({"function": "count"}, [1, None, 4], 2),
        ({"function": "count", "column": None}, [1, None, 4], 3),
        ({"function": "min"}, [3, None, 1], 1),
        ({"function": "max"}, [3, None, 1], 3),
        ({"function": "count_distinct"}, [3, None, 3], 1),
        ({"function": "unique"}, [3, 3], 3),
        ({"function": "unique"}, [3, 4], None),
        ({"function": "sorted_list"}, [3, None, 1], (1, 3)),
        ({"function": "median"}, [1, 2, 10, 11], 6.0),
        ({"function": "percentile", "percent": 100}, [1, 2, 10], 10.0),
        ({"function": "percentile", "percent": 25}, [1, 3, 5], 2.0),
        ({"function": "median"}, [None], None),
        ({"function": "stddev"}, [1, 3], 2**0.5),
        ({"function": "stddev"}, [1], None),
        ({"function": "sum", "where": "v > 1"}, [1, None, 4], 4),
        ({"function": "avg", "where": "v > 1"}, [1, 3, 5], 4.0),
    ],
)
def test_aggregates(bench: Any, settings: dict[str, Any], values: list[int | None], expected: Any) -> None:
    node = Group(aggregates={"r": Aggregate.model_validate({"column": "v", **settings})})
    nullable = None in values or settings["function"] == "unique"

    table = bench.table({"v": int | None if nullable else int}, *((value,) for value in values))

    assert bench.rows(node, table) == [(expected,)]


def test_extremes_follow_rows_that_are_taken_back(bench: Any) -> None:
    node = Group(
        aggregates={
            "slowest": Aggregate(function="argmax", column="path", by="ms"),
            "p50": Aggregate(function="median", column="ms"),
            "few": Aggregate(function="count_distinct", column="path"),
        }
    )
    table = changing({"path": str, "ms": int}, ("/a", 9, 1, 1), ("/b", 5, 1, 1), ("/a", 9, 2, -1))

    assert bench.rows(node, table) == [("/b", 5.0, 1)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"function": "argmax", "column": "x"}, "argmax needs `by`"),
        ({"function": "sum", "column": "x", "by": "y"}, "by goes with argmin and argmax only"),
    ],
)
def test_aggregates_that_do_not_fit(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Aggregate.model_validate(settings)


@pytest.mark.parametrize("function", ["earliest", "latest", "count_distinct_approximate"])
def test_aggregates_that_cannot_forget_a_row_say_so(bench: Any, function: Any) -> None:
    node = Group(aggregates={"r": Aggregate(function=function, column="n")})

    revised = Group(by=["service"], aggregates={"n": Aggregate()}).build(bench.table(KNOWN, ("cart", 1)))
    with pytest.raises(BadInput, match=f"{function} needs rows that are never taken back"):
        node.build(revised)
    G.clear()
    assert bench.rows(node, bench.table(KNOWN, ("cart", 1)).assert_append_only()) == [(1,)]


def test_of_rows_with_one_key_the_newest_counts(bench: Any) -> None:
    columns = {"s": str, "at": int, "v": str}
    node = UpdateRows(key=["s"], newest_by="at")
    updates = changing(
        columns, ("a", 5, "new", 1, 1), ("a", 3, "old", 2, 1), ("a", 9, "gone", 2, 1), ("a", 9, "gone", 3, -1)
    )

    assert bench.rows(node, bench.table(columns, ("a", 1, "first")), updates) == [("a", 5, "new")]


def test_an_aggregate_of_text_that_needs_numbers(bench: Any) -> None:
    node = Group(aggregates={"r": Aggregate(function="sum", column="service")})

    with pytest.raises(BadInput, match="sum needs numbers, but service is text"):
        node.build(bench.table(KNOWN, ("cart", 1)))


@pytest.mark.parametrize(
    ("keep", "expected"),
    [("largest", [("cart", 9)]), ("smallest", [("cart", 1)]), ("changes", [("cart", 5)])],
)
def test_deduplicate_by_a_column(bench: Any, keep: str, expected: list[Any]) -> None:
    numbers = [9, 1, 1, 5]
    table = bench.table(KNOWN, *(("cart", number) for number in numbers), times=[1, 2, 3, 4])

    assert bench.rows(Deduplicate(by=["service"], keep=keep, of=["n"]), table) == expected


def test_deduplicate_needs_to_know_by_what() -> None:
    with pytest.raises(ValidationError, match="largest needs `of`"):
        Deduplicate(by=["service"], keep="largest")


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("backward", [(50, "a"), (95, "a")]), ("forward", [(50, "b"), (95, "b")]), ("nearest", [(50, "a"), (95, "b")])],
)
def test_directions_of_an_asof_join(bench: Any, direction: str, expected: list[Any]) -> None:
    node = AsofJoin(left_time="t", right_time="at", time_unit="s", direction=direction, how="inner")
    left = bench.table({"t": int}, (50,), (95,))
    right = bench.table({"at": int, "name": str}, (40, "a"), (100, "b"))

    assert [(row[0], row[2]) for row in bench.rows(node, left, right)] == expected


def test_a_better_partner_may_come_later(bench: Any) -> None:
    node = AsofJoin(left_time="t", right_time="t", time_unit="s", tolerance_s=20, how="inner")
    left = bench.table({"t": int}, (50,), (500,))
    right = bench.table({"t": int, "name": str}, (40, "a"), (49, "b"), times=[1, 2])

    assert bench.rows(node, left, right) == [(50, 49, "b")]


def test_a_time_column_has_to_tell_times(bench: Any) -> None:
    node = AsofJoin(left_time="service", right_time="service")

    with pytest.raises(BadInput, match="service is text, which is no time"):
        node.build(bench.table(KNOWN, ("cart", 1)), bench.table(KNOWN, ("cart", 1)))


def test_union_aligns_types_and_may_drop_equal_rows(bench: Any) -> None:
    def tables() -> list[Any]:
        return [bench.table({"a": int, "b": int}, (1, 2), (1, 2)), bench.table({"a": float, "b": int}, (1.0, 2))]

    assert bench.rows(Union(), *tables()) == [(1.0, 2)] * 3
    assert bench.rows(Union(distinct=True), *tables()) == [(1.0, 2)]
    with pytest.raises(BadInput, match="column 'a' has different types: integer, text"):
        Union().build(bench.table({"a": int}, (1,)), bench.table({"a": str}, ("x",)))


def test_cast_keeps_what_is_missing(bench: Any) -> None:
    columns = {"a": int | None, "b": str | None, "c": str, "d": bool}
    node = Cast(columns={"a": "text", "b": "duration", "c": "json", "d": "number"})

    found = bench.rows(node, bench.table(columns, (None, None, '{"x": 1}', True), (5, "1m", "[2]", False)))

    assert found == sorted(
        [(None, None, pw.Json({"x": 1}), 1.0), ("5", pw.Duration(60, unit="s"), pw.Json([2]), 0.0)], key=repr
    )


def test_missing_values_of_json_may_be_none(bench: Any) -> None:
    fields = {"a": {"path": "a"}, "n": {"path": 'x["y.z"][-1]', "type": "integer"}}
    node = JsonExtract(column="j", fields=fields, missing="none")
    table = bench.table({"j": pw.Json}, (pw.Json({"x": {"y.z": [1, 2]}}),), (pw.Json("text"),))

    assert {row[1:] for row in bench.rows(node, table)} == {(None, 2), (None, None)}


def test_a_path_is_checked() -> None:
    with pytest.raises(ValidationError, match=r"'a\.\.b' is not a path"):
        JsonExtract(column="j", fields={"a": {"path": "a..b"}})


def test_flatten_lists_and_json(bench: Any) -> None:
    lists = bench.table({"s": str, "l": list[int]}, ("a", (1, 2)), ("b", ()))
    assert bench.rows(Flatten(column="l"), lists) == [("a", 1), ("a", 2)]

    jsons = bench.table({"j": pw.Json | None}, (pw.Json([1, "x"]),), (pw.Json({"k": 1}),), (None,))
    assert bench.rows(Flatten(column="j"), jsons) == sorted(
        [(pw.Json(1),), (pw.Json("x"),), (pw.Json({"k": 1}),)], key=repr
    )


def test_only_lists_are_flattened(bench: Any) -> None:
    with pytest.raises(BadInput, match=r'service is text, not a list. Make one with split\(text, ","\)'):
        Flatten(column="service").build(bench.table(KNOWN, ("cart", 1)))


def test_pivot_and_back(bench: Any) -> None:
    table = bench.table({"s": str, "k": str, "v": int}, ("a", "x", 1), ("a", "y", 2), ("a", "x", 3), ("a", "z", 9))
    wide = Pivot(by=["s"], name="k", values={"x": "x", "y": "y"}, sum="v").build(table)

    assert bench.rows(Unpivot(columns=["x", "y"]), wide) == [("a", "x", 4), ("a", "y", 2)]


def test_unpivot_needs_one_type(bench: Any) -> None:
    with pytest.raises(BadInput, match="different types: service is text, n is integer"):
        Unpivot(columns=["service", "n"]).build(bench.table(KNOWN, ("cart", 1)))


def test_a_sample_is_the_same_when_rows_go(bench: Any) -> None:
    rows = [(f"t{number}", 1, 1) for number in range(100)]
    gone = [(f"t{number}", 2, -1) for number in range(0, 100, 2)]

    kept = bench.rows(Sample(share=0.3, by=["s"]), changing({"s": str}, *rows))
    left = bench.rows(Sample(share=0.3, by=["s"]), changing({"s": str}, *rows, *gone))

    assert 15 <= len(kept) <= 45
    assert left == [row for row in kept if int(row[0][1:]) % 2]


def test_missing_values_are_filled_or_dropped(bench: Any) -> None:
    columns, rows = {"a": int | None, "b": int}, [(None, 1), (2, 3)]

    filled = FillMissing(columns={"a": "b * 10"}).build(bench.table(columns, *rows))
    assert not column_type(filled, "a").nullable
    assert bench.run(filled) == [(10, 1), (2, 3)]
    dropped = DropMissing().build(bench.table(columns, *rows))
    assert not column_type(dropped, "a").nullable
    assert bench.run(dropped) == [(2, 3)]
