"""Which nodes are looked at for rows that fail, and which rows are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G

from workbench.engine.failing import failing_rows

pytestmark = pytest.mark.filterwarnings("ignore:terminate_on_error")
Build = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def _clear() -> Iterator[None]:
    G.clear()
    yield
    G.clear()


def table() -> Any:
    schema = pw.schema_from_types(number=int, by=int, text=str | None)
    return pw.debug.table_from_rows(schema, [(1, 0, "x"), (4, 2, None), (6, 3, "z")])


@pw.udf
def no_fours(number: int) -> int:
    if number == 4:
        raise ValueError("no fours")
    return number


@pytest.mark.parametrize(
    ("build", "numbers"),
    [
        pytest.param(lambda t: t.select(pw.this.text, x=pw.this.number // pw.this.by), [1], id="division"),
        pytest.param(lambda t: t.filter(pw.this.number // pw.this.by > 1), [1], id="condition"),
        pytest.param(lambda t: t.select(x=no_fours(pw.this.number)), [4], id="function"),
        pytest.param(lambda t: t.select(x=no_fours(pw.this.number)).select(y=pw.this.x + 1), [4], id="two-steps"),
        pytest.param(lambda t: t.select(x=pw.unwrap(pw.this.text)), [4], id="a-missing-value"),
    ],
)
def test_rows_that_fail_are_found(build: Build, numbers: list[int]) -> None:
    rows = table()
    found: list[int] = []

    failing = failing_rows([rows], build(rows))
    assert failing is not None
    pw.io.subscribe(failing, on_change=lambda key, row, time, is_addition: found.append(row["number"]))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE, terminate_on_error=False)

    assert found == numbers


def test_what_failed_before_a_node_is_not_looked_at_in_it() -> None:
    rows = table().select(x=pw.this.number // pw.this.by).select(*pw.this)

    assert failing_rows([rows], rows.select(y=pw.this.x + 1)) is None
    assert failing_rows([rows], rows.filter(pw.this.x > 1)) is None


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda t: t.rename(other=pw.this.number), id="another-name"),
        pytest.param(lambda t: t.filter((pw.this.number >= 2) & (pw.this.by != 1)), id="comparison"),
        pytest.param(lambda t: t.select(x=pw.this.number / 1000 + 1, y=pw.this.text.is_none()), id="by-a-number"),
        pytest.param(lambda t: t.select(x=pw.if_else(pw.this.by > 0, pw.this.number, -1)), id="choice"),
        pytest.param(
            lambda t: t.select(x=pw.cast(float, pw.this.number) / pw.declare_type(int, 1000)), id="a-wider-number"
        ),
        pytest.param(lambda t: t.select(x=pw.coalesce(pw.this.text, pw.declare_type(str, "-"))), id="a-default"),
        pytest.param(lambda t: t.groupby(pw.this.by).reduce(pw.this.by, n=pw.reducers.count()), id="groups"),
    ],
)
def test_nodes_whose_rows_cannot_fail_cost_nothing(build: Build) -> None:
    rows = table()

    assert failing_rows([rows], build(rows)) is None
