"""Of very many spans whole traces are read, the same ones each time, and what was left out is counted."""

from __future__ import annotations

import pyarrow as pa
import pytest

from workbench.semconv import Table
from workbench.store import sources, telemetry
from workbench.store.db import Store

TRACES, SPANS = 2000, 3


@pytest.fixture
def source(store: Store, source_id: int) -> int:
    """A data set of 2,000 traces of three spans each; every tenth trace has failed."""
    traces = [f"t{number:04d}" for number in range(TRACES) for _ in range(SPANS)]
    rows = pa.table(
        {
            "trace_id": traces,
            "span_id": [f"{place}" for place in range(len(traces))],
            "service_name": ["web"] * len(traces),
            "status_code": ["ERROR" if place // SPANS % 10 == 0 else "OK" for place in range(len(traces))],
            "start_time_unix_nano": list(range(1, len(traces) + 1)),
        }
    )
    telemetry.append(store, Table.SPANS, rows, source_id=source_id)
    return source_id


def test_few_spans_are_all_read(store: Store, source: int) -> None:
    whole = telemetry.read(store, scope="shop")
    bounded = telemetry.read(store, scope="shop", most_spans=TRACES * SPANS)

    assert (bounded.spans_in_all, whole.spans_in_all) == (0, 0)
    assert bounded.spans.equals(whole.spans)


def test_of_many_spans_whole_traces_are_read_and_the_share_of_failed_ones_stays(store: Store, source: int) -> None:
    found = telemetry.read(store, scope="shop", most_spans=1500)

    spans = found.spans
    assert found.spans_in_all == TRACES * SPANS
    assert set(spans.groupby("trace_id").size()) == {SPANS}
    assert 1200 <= len(spans) <= 1800
    assert 0.07 <= (spans["status_code"] == "ERROR").mean() <= 0.13
    assert spans["row_id"].is_monotonic_increasing
    assert telemetry.read(store, scope="shop", most_spans=1500).spans.equals(spans)


def test_of_a_stretch_of_time_with_many_spans_no_trace_is_cut(store: Store, source: int) -> None:
    found = telemetry.read(store, scope="shop", start_unix_nano=1, end_unix_nano=3001, most_spans=900)

    assert found.spans_in_all == 3000
    assert set(found.spans.groupby("trace_id").size()) == {SPANS}
    assert 700 <= len(found.spans) <= 1100


def test_spans_without_a_trace_are_chosen_one_by_one(store: Store, source_id: int) -> None:
    rows = pa.table({"trace_id": [""] * 4000, "service_name": ["proxy"] * 4000})
    telemetry.append(store, Table.SPANS, rows, source_id=source_id)

    assert 800 <= len(telemetry.read(store, most_spans=1000).spans) <= 1200


def test_other_data_sets_do_not_count(store: Store, source: int) -> None:
    other = sources.register(store, kind="file", uri="b", sha256="cd", scope="other").source_id
    telemetry.append(store, Table.SPANS, pa.table({"trace_id": ["t0001"]}), source_id=other)

    found = telemetry.read(store, scope="other", most_spans=100)

    assert (len(found.spans), found.spans_in_all) == (1, 0)
