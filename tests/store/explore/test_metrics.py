"""Many points become few buckets that keep the lowest and the highest value."""

from __future__ import annotations

import pyarrow as pa
import pytest

from workbench.errors import BadInput
from workbench.semconv import Table
from workbench.store import telemetry
from workbench.store.db import Store
from workbench.store.explore import metrics
from workbench.store.explore.metrics import MetricFilter

S = 1_000_000_000
T0 = 1_760_000_000 * S


@pytest.fixture(autouse=True)
def points(store: Store, source_id: int) -> None:
    seconds = [0, 1, 2, 3] * 2
    rows = pa.table(
        {
            "time_unix_nano": [T0 + second * S for second in seconds],
            "metric_name": ["cpu"] * 8,
            "service_name": ["web"] * 4 + ["cart"] * 4,
            "service_instance_id": ["w1", "w2"] * 2 + ["c1"] * 4,
            "statistic": ["gauge"] * 8,
            "unit": ["%"] * 8,
            "value": [1.0, 9.0, 2.0, 4.0, 20.0, 30.0, float("nan"), 10.0],
        }
    )
    telemetry.append(store, Table.METRICS, rows, source_id=source_id)
    other = {"time_unix_nano": [T0], "metric_name": ["queue.depth"], "service_name": ["cart"], "value": [3.0]}
    telemetry.append(store, Table.METRICS, pa.table(other), source_id=source_id)


def test_metrics_are_listed_with_what_they_have(store: Store) -> None:
    cpu, queue = metrics.names(store, MetricFilter())

    assert (cpu.metric_name, cpu.unit, cpu.series, cpu.points, cpu.services) == ("cpu", "%", 3, 8, ["cart", "web"])
    assert (cpu.start_unix_nano, cpu.end_unix_nano) == (T0, T0 + 3 * S)
    assert queue.metric_name == "queue.depth"
    assert [one.metric_name for one in metrics.names(store, MetricFilter(), text="QUEUE")] == ["queue.depth"]
    assert [one.metric_name for one in metrics.names(store, MetricFilter(services=["web"]))] == ["cpu"]


def test_buckets_keep_lowest_highest_and_mean(store: Store) -> None:
    wanted = MetricFilter(metric_name="cpu", start_unix_nano=T0, end_unix_nano=T0 + 4 * S)
    found = metrics.read(store, wanted, buckets=4)
    cart, web = found.series

    assert (found.unit, found.step_ns, found.points, found.left_out) == ("%", 2 * S, 7, 0)
    assert (web.name, web.labels) == ("web", {"service": "web"})
    assert web.times_unix_nano == [T0, T0 + 2 * S]
    assert (web.low, web.high, web.mean, web.points) == ([1.0, 2.0], [9.0, 4.0], [5.0, 3.0], [2, 2])
    assert (cart.low, cart.high, cart.points) == ([20.0, 10.0], [30.0, 10.0], [2, 1])


def test_series_are_told_apart_by_what_is_asked_for(store: Store) -> None:
    wanted = MetricFilter(metric_name="cpu", start_unix_nano=T0, end_unix_nano=T0 + 4 * S)

    names = [one.name for one in metrics.read(store, wanted, by=("service", "instance")).series]
    assert names == ["cart c1", "web w2", "web w1"]
    first = metrics.read(store, wanted, by=("instance",), most=1)
    assert ([one.name for one in first.series], first.left_out) == (["c1"], 2)


@pytest.mark.parametrize("by", [(), ("service", "service"), ("value",)])
def test_what_does_not_tell_series_apart_is_refused(store: Store, by: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="series cannot be told apart by"):
        metrics.read(store, MetricFilter(metric_name="cpu"), by=by)


def test_a_time_without_points_has_no_series(store: Store) -> None:
    wanted = MetricFilter(metric_name="cpu", start_unix_nano=T0 + 90 * S, end_unix_nano=T0 + 99 * S)

    assert metrics.read(store, wanted).series == []
