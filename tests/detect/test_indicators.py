"""A request is counted once, also when the data stop before it has ended."""

from __future__ import annotations

import pytest

from tests.detect.made import span, telemetry_of
from workbench.detect.indicators import requests_by_service

CUT = {"parent_span_id": "not-recorded", "trace_id": "cut"}


def counts(rows: list[dict[str, object]]) -> dict[str, int]:
    return {one.service_name: len(one.time) for one in requests_by_service(telemetry_of(spans=rows))}


def whole(at: int) -> list[dict[str, object]]:
    """A request to `shop` with two steps inside and a call to `cart`."""
    root = {**span("shop", at, trace=f"t{at}"), "span_kind": "SERVER"}
    within = {"parent_span_id": root["span_id"], "trace_id": root["trace_id"]}
    steps = [{**span("shop", at - 0.1 * step, ms=5), **within, "span_kind": "INTERNAL"} for step in (1, 2)]
    return [root, *steps, {**span("cart", at - 0.3, ms=5), **within, "span_kind": "SERVER"}]


def test_a_request_under_way_when_the_data_stop_is_not_counted_by_its_steps() -> None:
    rows = [row for at in (1, 2, 3) for row in whole(at)]
    for step, kind in enumerate(("INTERNAL", "client", "PRODUCER")):
        rows.append({**span("shop", 4 + step / 10), **CUT, "span_kind": kind})

    assert counts(rows) == {"cart": 3, "shop": 3}


@pytest.mark.parametrize("kind", ["SERVER", "CONSUMER"])
def test_a_request_whose_caller_was_not_recorded_counts(kind: str) -> None:
    rows = [{**span("cart", at), "parent_span_id": "gone", "trace_id": "one", "span_kind": kind} for at in (1, 2)]

    assert counts(whole(9) + rows) == {"cart": 3, "shop": 1}


def test_steps_stand_for_the_requests_of_a_service_that_has_nothing_else() -> None:
    rows = [{**span("mobile", at), "parent_span_id": "gone", "span_kind": "CLIENT"} for at in (1, 2, 3)]

    assert counts(rows) == {"mobile": 3}


def test_spans_without_a_kind_below_one_unrecorded_parent_are_one_request() -> None:
    rows = [{**span("shop", at), **CUT} for at in (3.2, 3.1, 3.3)] + [{**span("cart", 3.0), **CUT}]

    assert counts(rows) == {"cart": 1, "shop": 1}
    (shop,) = (one for one in requests_by_service(telemetry_of(spans=rows)) if one.service_name == "shop")
    assert shop.time.tolist() == [rows[1]["end_time_unix_nano"]]
