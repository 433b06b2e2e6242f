"""The three kinds of windows on times in nanoseconds."""

from typing import Any

import pytest

from node_catalog.windows.session import Session
from node_catalog.windows.sliding import Sliding
from node_catalog.windows.tumbling import Tumbling
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
