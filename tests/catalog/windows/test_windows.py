"""The three kinds of windows on times in nanoseconds."""

from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G
from pydantic import ValidationError

from node_catalog.windows.interval_join import IntervalJoin
from node_catalog.windows.session import Session
from node_catalog.windows.sliding import Sliding
from node_catalog.windows.tumbling import Tumbling
from node_catalog.windows.window_join import WindowJoin
from workbench.errors import BadInput
from workbench.flow.aggregates import Aggregate
from workbench.flow.node import Node

S = 1_000_000_000
COLUMNS = {"time_unix_nano": int, "service": str, "ms": int}
ROWS = [(1 * S, "cart", 5), (2 * S, "cart", 7), (12 * S, "cart", 1), (13 * S, "pay", 2)]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param(
            Tumbling(size_s=10, by="service"),
            [("cart", 0, 10 * S, 2), ("cart", 10 * S, 20 * S, 1), ("pay", 10 * S, 20 * S, 1)],
            id="tumbling",
        ),
        pytest.param(
            Tumbling(size_s=10, aggregates={"ms": Aggregate(function="sum", column="ms")}),
            [(0, 10 * S, 12), (10 * S, 20 * S, 3)],
            id="tumbling-of-all",
        ),
        pytest.param(
            Sliding(size_s=10, step_s=5),
            [(-5 * S, 5 * S, 2), (0, 10 * S, 2), (10 * S, 20 * S, 2), (5 * S, 15 * S, 2)],
            id="sliding",
        ),
        pytest.param(
            Session(gap_s=5, by="service"),
            [("cart", 1 * S, 2 * S, 2), ("cart", 12 * S, 12 * S, 1), ("pay", 13 * S, 13 * S, 1)],
            id="session",
        ),
    ],
)
def test_windows(bench: Any, node: Node, expected: list[tuple[Any, ...]]) -> None:
    assert bench.rows(node, bench.table(COLUMNS, *ROWS)) == sorted(expected, key=repr)


def test_other_units_of_time(bench: Any) -> None:
    node = Tumbling(size_s=10, time_column="t", time_unit="ms")

    assert bench.rows(node, bench.table({"t": int}, (9_999,), (10_000,))) == [(0, 10_000, 1), (10_000, 20_000, 1)]


def test_rows_behind_the_cutoff_are_ignored(bench: Any) -> None:
    late = [(second * S, "a", 1) for second in (1, 40, 2, 80)]

    def counts(**settings: Any) -> list[tuple[Any, ...]]:
        table = bench.table(COLUMNS, *late, times=[1, 2, 3, 4])
        return [(row[0] // S, row[2]) for row in bench.rows(Tumbling(size_s=10, **settings), table)]

    assert counts() == [(0, 2), (40, 1), (80, 1)]
    assert counts(cutoff_s=5) == [(0, 1), (40, 1), (80, 1)]
    assert counts(cutoff_s=5, keep_results=False) == [(40, 1), (80, 1)]


def test_only_a_cutoff_lets_windows_be_forgotten() -> None:
    assert Tumbling(size_s=1).grows
    assert not Tumbling(size_s=1, cutoff_s=10).grows


def at(second: int) -> Any:
    return pw.DateTimeUtc(second * S, tz="UTC")


def test_windows_over_a_column_of_times_with_several_groups(bench: Any) -> None:
    node = Tumbling(time_column="at", size_s=60, origin_s=30, by=["service", "zone"])
    rows = [(at(29), "cart", "a"), (at(31), "cart", "a"), (at(32), "cart", "b")]

    found = bench.rows(node, bench.table({"at": pw.DateTimeUtc, "service": str, "zone": str}, *rows))

    assert found == sorted(
        [("cart", "a", at(-30), at(30), 1), ("cart", "a", at(30), at(90), 1), ("cart", "b", at(30), at(90), 1)],
        key=repr,
    )


def test_one_name_is_a_list_of_one() -> None:
    assert Tumbling(size_s=1, by="service") == Tumbling(size_s=1, by=["service"])
    assert Tumbling(size_s=1, by=None).by == []


def changes(table: Any) -> list[tuple[int, tuple[Any, ...], int]]:
    """Return minibatch, values and difference of every change."""
    found: list[tuple[int, tuple[Any, ...], int]] = []

    def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        found.append((time // 2, tuple(row.values()), 1 if is_addition else -1))

    pw.io.subscribe(table, on_change=on_change)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    G.clear()
    return sorted(found)


def test_a_window_may_be_put_out_once_when_it_is_over(bench: Any) -> None:
    def rows() -> Any:
        return bench.table({"t": int}, (1,), (5,), (12,), (3,), (25,), times=[1, 2, 3, 4, 5])

    revised = Tumbling(time_column="t", time_unit="s", size_s=10)
    once = Tumbling(time_column="t", time_unit="s", size_s=10, emit="once", delay_s=5)

    assert len([one for one in changes(revised.build(rows())) if one[1][0] == 0]) == 5
    assert [one[1:] for one in changes(once.build(rows())) if one[1][0] == 0] == [((0, 10, 3), 1)]
    assert not once.grows


def test_a_delay_spares_revisions(bench: Any) -> None:
    node = Tumbling(time_column="t", time_unit="s", size_s=10, delay_s=8)

    found = changes(node.build(bench.table({"t": int}, (1,), (5,), (9,), times=[1, 2, 3])))

    assert [one[1:] for one in found] == [((0, 10, 3), 1)]


def test_windows_follow_rows_that_are_taken_back(bench: Any) -> None:
    schema = pw.schema_from_types(t=int)
    table = pw.debug.table_from_rows(schema, [(1, 2, 1), (15, 2, 1), (1, 4, -1)], is_stream=True)

    assert bench.rows(Tumbling(time_column="t", time_unit="s", size_s=10), table) == [(10, 20, 1)]


def test_a_late_row_joins_sessions_unless_it_is_too_late(bench: Any) -> None:
    def found(**settings: Any) -> list[Any]:
        rows = bench.table({"t": int}, (0,), (15,), (8,), (40,), (50,), times=[1, 2, 3, 4, 5])
        return bench.rows(Session(time_column="t", time_unit="s", gap_s=10, **settings), rows)

    assert found() == [(0, 15, 3), (40, 40, 1), (50, 50, 1)]
    assert found(cutoff_s=5) == [(0, 0, 1), (15, 15, 1), (40, 40, 1), (50, 50, 1)]


@pytest.mark.parametrize("node", [Tumbling, Sliding, Session])
def test_windows_that_forget_cannot_tell_the_latest(bench: Any, node: Any) -> None:
    settings = {"gap_s": 5} if node is Session else {"size_s": 10, "cutoff_s": 5, "step_s": 5}
    settings = {name: value for name, value in settings.items() if name in node.model_fields}
    latest = Aggregate(function="latest", column="ms")

    with pytest.raises(BadInput, match="latest needs rows that are never taken back, but here some are"):
        node(aggregates={"last": latest}, **settings).build(bench.table(COLUMNS, *ROWS))


def test_sessions_always_grow() -> None:
    assert "kept" in Session(gap_s=1, cutoff_s=5).grows


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("inner", [(10, 12)]),
        ("left", [(10, 12), (50, None)]),
        ("right", [(10, 12), (None, 99)]),
        ("outer", [(10, 12), (50, None), (None, 99)]),
    ],
)
def test_interval_joins(bench: Any, how: str, expected: list[Any]) -> None:
    node = IntervalJoin(left_time="t", right_time="t", time_unit="s", from_s=-5, to_s=5, how=how)

    found = bench.rows(node, bench.table({"t": int}, (10,), (50,)), bench.table({"t": int}, (12,), (99,)))

    assert found == sorted(expected, key=repr)


def test_an_interval_join_forgets_behind_its_cutoff(bench: Any) -> None:
    def found(**settings: Any) -> list[Any]:
        node = IntervalJoin(left_time="t", right_time="t", time_unit="s", from_s=-5, to_s=5, **settings)
        left = bench.table({"t": int}, (10,), (100,), (11,), times=[1, 2, 3])
        return bench.rows(node, left, bench.table({"t": int}, (12,), (101,), times=[1, 2]))

    assert found() == [(10, 12), (100, 101), (11, 12)]
    assert found(cutoff_s=20) == [(10, 12), (100, 101)]


def test_an_interval_has_a_direction() -> None:
    with pytest.raises(ValidationError, match="the interval ends at 0 s before it begins at 5 s"):
        IntervalJoin(from_s=5, to_s=0)


def test_pairs_come_once_for_each_window_that_holds_both(bench: Any) -> None:
    def found(**settings: Any) -> list[Any]:
        node = WindowJoin(left_time="t", right_time="t", time_unit="s", size_s=10, **settings)
        return bench.rows(node, bench.table({"t": int}, (8,)), bench.table({"t": int}, (9,), (12,)))

    assert found() == [(8, 9)]
    assert found(step_s=5) == [(8, 12), (8, 9), (8, 9)]
