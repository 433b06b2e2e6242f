"""Habits against the case's own past: what began counts, an error that went away does not."""

import numpy as np
import pytest

from tests.rca.made import START, call, frame
from workbench.rca.items import VisitTable, make_visits
from workbench.rca.observe import Observation
from workbench.rca.own_structure import largest, own_structures, saw_error
from workbench.rca.structure import Structure
from workbench.rca.windows import seconds
from workbench.semconv import Table

ONSET_S = 200


def visits(calls_stock: range, errors: range = range(0)) -> VisitTable:
    """A request to `web` every two seconds; it calls `cart`, and `stock` as well in those of `calls_stock`."""
    rows = []
    for turn in range(200):
        at_s = 2.0 * turn
        made = call(turn, "web", "cart", at_s)
        if turn in errors:
            made[-1]["status_code"] = "ERROR"
        if turn in calls_stock:
            _, client, server = call(turn, "web", "stock", at_s)
            made += [client | {"parent_span_id": made[0]["span_id"]}, server]
        rows += made
    return make_visits(frame(Table.SPANS, rows), frame(Table.LOGS, []))


def scores(
    table: VisitTable, *, around: bool = False, onset_s: float = ONSET_S, named: bool = True
) -> dict[str, float]:
    seen = Observation()
    own_structures(seen, table, START + seconds(onset_s), around=around, named=named)
    assert seen.structure == largest(seen.structures)
    return seen.structure


def test_a_call_that_is_left_out_from_the_onset_on_is_a_broken_habit() -> None:
    found = scores(visits(range(100)))

    assert max(found, key=lambda name: found[name]) == "web"
    assert found["web"] > 3


def test_a_habit_that_held_all_the_time_is_not_broken() -> None:
    assert not any(scores(visits(range(200))).values())


def test_errors_that_went_away_are_a_recovery_and_no_fault() -> None:
    ended, began = visits(range(0), errors=range(100)), visits(range(0), errors=range(100, 200))

    assert not any(scores(ended).values())
    assert scores(began)["cart"] > 3


def test_a_step_a_little_after_a_named_time_is_looked_for_where_asked() -> None:
    late = visits(range(85))

    exact = scores(late, onset_s=170)["web"]
    named, around = scores(late, onset_s=130)["web"], scores(late, around=True, onset_s=130)["web"]

    assert named < around == pytest.approx(exact)


@pytest.mark.parametrize(
    ("since", "counts"), [pytest.param(99, False, id="one-visit"), pytest.param(80, True, id="20")]
)
def test_what_a_visit_did_once_is_no_habit_where_nobody_named_the_time(since: int, counts: bool) -> None:
    """From turn `since` on, requests to `stock` are there; from turn 100 on it calls `cache`."""
    rows = []
    for turn in range(200):
        rows += call(turn, "web", "cart", 2.0 * turn)
        if turn >= since:
            asked = call(1000 + turn, "shop", "stock", 2.0 * turn)
            _, client, server = call(1000 + turn, "stock", "cache", 2.0 * turn)
            rows += asked + ([client | {"parent_span_id": asked[-1]["span_id"]}, server] if turn >= 100 else [])
    table = make_visits(frame(Table.SPANS, rows), frame(Table.LOGS, []))

    assert scores(table)["stock"] > 3
    assert (scores(table, named=False).get("stock", 0.0) > 3) is counts


def test_a_visit_saw_an_error_when_one_of_its_spans_has_it() -> None:
    table = visits(range(0), errors=range(3))

    flags = saw_error(table)

    assert int(flags.sum()) == 3
    assert set(table.service[flags]) == {"cart"}
    assert np.array_equal(
        np.flatnonzero(flags), np.flatnonzero((table.service == "cart") & (table.start < START + seconds(6)))
    )


def test_the_largest_score_of_each_service_counts() -> None:
    assert largest([Structure({"a": 1.0, "b": 3.0}), Structure({"a": 2.0})]) == {"a": 2.0, "b": 3.0}
