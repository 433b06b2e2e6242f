"""Spans become a tree with self times, whatever is missing or broken in them."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.store.explore.traces import Span
from workbench.tools.trace_tree import Frame, flame, lay_out


def made(own: str, parent: str, start: int, took: int, **more: Any) -> Span:
    values: dict[str, Any] = {
        "row_id": len(own) * 1000 + sum(map(ord, own)), "trace_id": "t", "span_id": own, "parent_span_id": parent,
        "start_time_unix_nano": start, "end_time_unix_nano": start + took, "service_name": "s", "span_name": own,
        "service_instance_id": "", "host_name": "", "span_kind": "", "status_code": "", "status_message": "",
        "peer_service_name": "", "attributes": {},
    }  # fmt: skip
    return Span(**(values | more))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param(
            [made("a", "", 0, 100), made("c", "a", 50, 30), made("b", "a", 10, 20), made("d", "b", 12, 5)],
            [("a", 0, 50), ("b", 1, 15), ("d", 2, 5), ("c", 1, 30)],
            id="children-by-time",
        ),
        pytest.param(
            [made("a", "", 0, 100), made("b", "a", 10, 50), made("c", "a", 30, 50)],
            [("a", 0, 30), ("b", 1, 50), ("c", 1, 50)],
            id="concurrent-children-count-once",
        ),
        pytest.param(
            [made("a", "", 0, 100), made("b", "a", 90, 50)], [("a", 0, 90), ("b", 1, 50)], id="child-that-outlives"
        ),
        pytest.param([made("b", "gone", 5, 10)], [("b", 0, 10)], id="parent-missing"),
        pytest.param([made("a", "b", 0, 10), made("b", "a", 1, 5)], [("a", 0, 10), ("b", 0, 5)], id="circle"),
        pytest.param([made("a", "a", 0, 10)], [("a", 0, 10)], id="own-parent"),
    ],
)
def test_the_tree_of_a_trace(spans: list[Span], expected: list[tuple[str, int, int]]) -> None:
    assert [(one.span.span_id, one.depth, one.self_ns) for one in lay_out(spans)] == expected


def test_a_span_whose_parent_is_not_stored_is_marked() -> None:
    assert [one.orphan for one in lay_out([made("a", "", 0, 9), made("b", "gone", 1, 2)])] == [False, True]


def test_a_deep_trace_needs_no_deep_stack() -> None:
    spans = [made(f"s{place}", f"s{place - 1}" if place else "", place, 9, row_id=place) for place in range(3000)]

    assert lay_out(spans)[-1].depth == 2999


def test_the_same_way_down_is_one_frame_and_the_widest_stands_left() -> None:
    spans = [
        made("a", "", 0, 100, span_name="GET", trace_id=trace, row_id=place * 10)
        for place, trace in enumerate(("t1", "t2"))
    ]
    spans += [
        made("b", "a", 10, 20, span_name="cache", trace_id="t1", row_id=3),
        made("b", "a", 10, 60, span_name="db", trace_id="t2", row_id=4, status_code="ERROR"),
    ]

    def row(one: Frame) -> tuple[Any, ...]:
        return (one.path[-1], one.depth, one.start_ns, one.total_ns, one.self_ns, one.spans, one.errors)

    assert [row(one) for one in flame(spans)] == [
        ("s: GET", 0, 0, 200, 120, 2, 0),
        ("s: db", 1, 0, 60, 60, 1, 1),
        ("s: cache", 1, 60, 20, 20, 1, 0),
    ]  # fmt: skip
