"""Traces are found by what one of their spans is like."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.store.explore.conftest import T0, span
from workbench.semconv import Table
from workbench.store import telemetry
from workbench.store.db import Store
from workbench.store.explore import calls, traces
from workbench.store.explore.calls import Call
from workbench.store.explore.traces import SpanFilter

MS = 1_000_000


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({}, ["t3", "t2", "t1"], id="all-newest-first"),
        pytest.param({"services": ["web"]}, ["t2", "t1"], id="service"),
        pytest.param({"operation": "SELECT"}, ["t1"], id="operation"),
        pytest.param({"errors_only": True}, ["t2"], id="errors"),
        pytest.param({"least_ns": 500 * MS}, ["t2"], id="slow"),
        pytest.param({"most_ns": 35 * MS}, ["t3"], id="fast"),
        pytest.param({"roots_only": True}, ["t2", "t1"], id="roots"),
        pytest.param({"text": "duration>55ms service:cart"}, ["t2", "t1"], id="language"),
        pytest.param({"text": "duration>=0.85s"}, ["t2"], id="other-unit"),
        pytest.param({"text": "peer:db"}, ["t1"], id="peer"),
        pytest.param({"text": "@http.route:/cart select"}, ["t1"], id="attribute-and-word"),
        pytest.param({"start_unix_nano": T0 + 1500 * MS}, ["t3"], id="time"),
        pytest.param({"scope": "shop", "text": "status:ERROR"}, ["t2"], id="scope"),
    ],
)
def test_what_a_search_finds(store: Store, spans: int, wanted: dict[str, object], expected: list[str]) -> None:
    assert [one.trace_id for one in traces.search(store, SpanFilter.model_validate(wanted))] == expected


def test_slowest_first(store: Store, spans: int) -> None:
    assert [one.trace_id for one in traces.search(store, SpanFilter(), order="slowest")] == ["t2", "t1", "t3"]


def test_a_trace_is_summed_up_whole_also_when_one_span_matched(store: Store, spans: int) -> None:
    (found,) = traces.search(store, SpanFilter(errors_only=True))

    assert (found.service_name, found.span_name, found.spans, found.errors) == ("web", "GET /cart", 2, 1)
    assert (found.duration_ns, found.services, found.matched) == (900 * MS, ["cart", "web"], 1)


def test_many_spans_of_few_traces_do_not_hide_the_others(store: Store, source_id: int) -> None:
    rows = [span("old", "o", "", "web", "GET", 0, 1)]
    rows += [span("big", f"s{place}", "", "web", "GET", 10 + place, 1) for place in range(100)]
    telemetry.append(store, Table.SPANS, pa.Table.from_pylist(rows), source_id=source_id)

    assert [one.trace_id for one in traces.search(store, SpanFilter(), limit=2)] == ["big", "old"]


def test_spans_over_time(store: Store, spans: int) -> None:
    found = traces.count(store, SpanFilter(start_unix_nano=T0, end_unix_nano=T0 + 3000 * MS), buckets=5)

    assert (found.total, found.step_ns, found.counts, found.errors) == (6, 1000 * MS, [3, 2, 1], [0, 1, 0])
    assert found.p50_ms == [60.0, 850.0, 30.0]


def test_a_bucket_that_was_asked_for_in_part_has_the_rate_of_that_part(store: Store, source_id: int) -> None:
    rows = [span("t", f"s{place}", "", "web", "GET", 100 * place, 1) for place in range(35)]
    telemetry.append(store, Table.SPANS, pa.Table.from_pylist(rows), source_id=source_id)

    half = traces.count(store, SpanFilter(start_unix_nano=T0, end_unix_nano=T0 + 3500 * MS), buckets=5)
    sliver = traces.count(store, SpanFilter(start_unix_nano=T0, end_unix_nano=T0 + 3100 * MS), buckets=5)

    assert (half.counts, half.per_s) == ([10, 10, 10, 5], [10.0, 10.0, 10.0, 10.0])
    assert (sliver.counts, sliver.per_s) == ([10, 10, 10, 1], [10.0, 10.0, 10.0, None])


def test_calls_are_told_from_parents_peers_and_known_edges(store: Store, spans: int, source_id: int) -> None:
    edges = {"caller_service_name": ["web", "web"], "callee_service_name": ["cart", "mail"]}
    telemetry.append(store, Table.EDGES, pa.table(edges), source_id=source_id)

    found = calls.calls(store, T0, T0 + 2 * 1_000 * MS)

    assert found.share == 1.0
    assert found.calls == [
        Call(caller="cart", callee="db", calls=1, errors=0, p95_ms=40.0, per_s=0.5),
        Call(caller="web", callee="cart", calls=2, errors=1, p95_ms=850.0, per_s=1.0),
        Call(caller="web", callee="mail", calls=0, errors=0, p95_ms=None, per_s=0.0),
    ]
    assert [(one.service_name, one.requests, one.errors) for one in found.services] == [("cart", 2, 1), ("web", 2, 0)]


def test_many_spans_are_counted_in_a_share_of_the_traces(
    store: Store, source_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        one
        for place in range(400)
        for one in (span(f"t{place}", "a", "", "web", "GET", 0, 9), span(f"t{place}", "b", "a", "cart", "load", 1, 5))
    ]
    telemetry.append(store, Table.SPANS, pa.Table.from_pylist(rows), source_id=source_id)
    monkeypatch.setattr(calls, "MOST_SPANS", 200)

    found = calls.calls(store, T0, T0 + 1000 * MS)

    assert found.share == 0.25
    (call,) = found.calls
    assert 200 <= call.calls <= 600
