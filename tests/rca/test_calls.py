"""Gaps, failed calls and clocks: evidence that lies between two services."""

import pandas as pd

from tests.rca.made import call, frame
from workbench.rca.clocks import clock_gaps, wrong_clocks
from workbench.rca.failures import call_outcomes, failed_calls
from workbench.rca.network import slow_network, span_gaps
from workbench.rca.visits import SpanTable, read_spans
from workbench.semconv import Table

CALLS = (("web", "cart"), ("web", "stock"), ("cart", "stock"), ("web", "mail"))


def spans(first: int, count: int, **changes: dict[str, object]) -> SpanTable:
    """Calls over all edges; `changes` are by `caller_callee`."""
    rows = [
        row
        for trace in range(first, first + count)
        for number, (caller, callee) in enumerate(CALLS)
        for row in call(trace * 10 + number, caller, callee, trace + number / 10, **_of(changes, caller, callee, trace))
    ]
    return read_spans(frame(Table.SPANS, rows))


def _of(changes: dict[str, dict[str, object]], caller: str, callee: str, trace: int) -> dict[str, object]:
    return {"gap_ms": 2.0 + trace % 5 / 10} | changes.get(f"{caller}_{callee}", {})


def first(scores: dict[str, float]) -> str:
    return max(scores, key=lambda name: scores[name])


def test_gap_is_what_a_call_costs_outside_of_the_callee() -> None:
    gaps = span_gaps(spans(0, 1))

    assert gaps[["caller", "callee"]].apply(tuple, axis=1).tolist() == list(CALLS)
    assert gaps["gap_ms"].round(6).tolist() == [2.0] * 4


def test_service_whose_calls_are_all_late_is_blamed_not_those_it_talks_to() -> None:
    late = {"web_stock": {"gap_ms": 80.0}, "cart_stock": {"gap_ms": 90.0}}

    found = slow_network(span_gaps(spans(0, 30)), span_gaps(spans(30, 20, **late)))

    assert first(found.scores) == "stock"
    assert found.scores["stock"] > 3 * found.scores.get("web", 0.0)


def test_slow_callee_leaves_the_gaps_alone() -> None:
    found = slow_network(span_gaps(spans(0, 30)), span_gaps(spans(30, 20, web_cart={"own_ms": 500.0})))

    assert found.scores == {}


def test_callee_that_nobody_reaches_is_blamed() -> None:
    down = {"failed": True, "answered": False}
    found = failed_calls(call_outcomes(spans(0, 40)), call_outcomes(spans(40, 20, web_stock=down, cart_stock=down)))

    assert first(found.scores) == "stock"


def test_caller_that_does_not_wait_for_answers_is_blamed() -> None:
    gone = {"failed": True, "answered": True}
    found = failed_calls(call_outcomes(spans(0, 40)), call_outcomes(spans(40, 20, web_cart=gone)))

    assert first(found.scores) == "web"


def test_no_failed_call_is_no_evidence() -> None:
    assert failed_calls(call_outcomes(spans(0, 40)), call_outcomes(spans(40, 20))).scores == {}


def test_service_with_a_wrong_clock_is_blamed() -> None:
    skew = {"skew_ms": -4000.0}

    found = wrong_clocks(clock_gaps(spans(0, 30)), clock_gaps(spans(30, 20, web_stock=skew, cart_stock=skew)))

    assert first(found.scores) == "stock"


def test_error_of_clocks_that_was_always_there_is_no_evidence() -> None:
    skew = {"skew_ms": -4000.0}
    both = [clock_gaps(spans(start, 30, web_stock=skew, cart_stock=skew)) for start in (0, 30)]

    assert wrong_clocks(*both).scores == {}


def test_spans_given_in_another_order_are_the_same_table() -> None:
    rows = frame(Table.SPANS, [row for trace in range(5) for row in call(trace, "web", "cart", trace)])

    one, other = read_spans(rows), read_spans(rows.iloc[::-1])

    pd.testing.assert_frame_equal(span_gaps(one), span_gaps(other))
