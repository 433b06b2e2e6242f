import numpy as np
import pandas as pd
import pytest

from tests.rca.made import call, frame
from workbench.facts.telemetry import empty_frame
from workbench.rca.items import VisitTable, make_visits
from workbench.rca.joined import Part
from workbench.rca.structure import HABITS_HOLD, broken_rules
from workbench.semconv import Table

NO_LOGS = empty_frame(Table.LOGS)


def visits(first: int, count: int, *, broken: int = 0) -> VisitTable:
    """Requests web -> cart -> stock; the first `broken` traces stop in cart before stock is called."""
    rows = []
    for trace in range(first, first + count):
        outer = call(trace, "web", "cart", trace)
        inner = call(trace, "cart", "stock", trace)
        inner[1]["parent_span_id"] = outer[2]["span_id"]
        rows += outer + ([] if trace - first < broken else inner[1:])
    return make_visits(frame(Table.SPANS, rows), NO_LOGS)


def whole(table: VisitTable) -> Part:
    return Part(table, np.ones(len(table), dtype=np.bool_))


def test_service_that_stops_calling_is_blamed() -> None:
    found = broken_rules([whole(visits(0, 60))], whole(visits(100, 20, broken=10)))

    assert max(found.scores, key=lambda name: found.scores[name]) == "cart"
    assert {rule.then for rule in found.rules if not rule.novel} >= {"call:stock|do"}
    assert found.traces["cart"] == [f"t{trace}" for trace in range(100, 110)]


def test_same_habits_break_no_rule() -> None:
    found = broken_rules([whole(visits(0, 60))], whole(visits(100, 20)))

    assert (found.scores, found.rules) == ({}, [])


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [(12, 48, True), (12, 20, False), (30, 58, False)],
    ids=["mostly-and-now-rarely", "mostly-and-still-more-often-than-not", "half-of-the-time-is-no-habit"],
)
def test_what_most_visits_did_and_few_do_now_is_a_broken_habit(before: int, after: int, broken: bool) -> None:
    base, test = [whole(visits(0, 60, broken=before))], whole(visits(100, 60, broken=after))

    found = broken_rules(base, test, doubt=HABITS_HOLD._replace(mostly=True))

    assert broken_rules(base, test).rules == []
    assert any(rule.then == "call:stock|do" for rule in found.rules) is broken


def test_caller_of_a_broken_visit_is_not_blamed_for_its_own_broken_visit() -> None:
    usual, late = visits(0, 60), visits(100, 20, broken=10)
    lines = [
        {"trace_id": f"t{trace}", "span_id": f"{trace}acart", "service_name": "web", "body": "ERROR Web#12 cart is odd"}
        for trace in range(100, 110)
    ]
    with_line = make_visits(_spans_of(late), frame(Table.LOGS, lines))

    found = broken_rules([whole(usual)], whole(with_line))

    assert found.scores["cart"] > 0
    assert found.scores["web"] == 0
    assert any(rule.then == "log:ERROR Web#12" for rule in found.rules)


def _spans_of(table: VisitTable) -> pd.DataFrame:
    spans = table.spans
    return frame(
        Table.SPANS,
        [
            {
                "trace_id": spans.trace[i],
                "span_id": spans.span_id[i],
                "parent_span_id": spans.span_id[spans.parent[i]] if spans.parent[i] >= 0 else "",
                "service_name": spans.service[i],
                "span_name": spans.operation[i],
                "span_kind": spans.kind[i],
                "start_time_unix_nano": spans.start[i],
                "end_time_unix_nano": spans.end[i],
            }
            for i in range(len(spans))
        ],
    )


def test_short_visits_count_only_where_they_are_asked_for() -> None:
    usual = make_visits(frame(Table.SPANS, [row for t in range(60) for row in call(t, "web", "cart", t)]), NO_LOGS)
    rows = [row for t in range(100, 120) for row in call(t, "web", "cart", t, own_ms=2.0)]
    test = make_visits(frame(Table.SPANS, rows), NO_LOGS)

    unasked = broken_rules([whole(usual)], whole(test))
    counted = broken_rules([whole(usual)], whole(test), {})
    noisy = broken_rules([whole(usual)], whole(test), {"cart": 0.25})

    assert unasked.scores == {}
    assert max(counted.scores, key=lambda name: counted.scores[name]) == "cart"
    assert noisy.scores["cart"] == pytest.approx(counted.scores["cart"] / 4)
