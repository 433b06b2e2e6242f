"""Resources, silence, changes of level, and the front's indicators."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.rca.made import START, call, frame, metric
from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.changepoint import step_gains
from workbench.rca.downtime import gone
from workbench.rca.metric_table import make_metrics
from workbench.rca.resources import MOST_WHILE_ROOMY, busy_resources
from workbench.rca.series import MetricTable, indicator_series
from workbench.rca.sli import worst_indicator
from workbench.rca.windows import seconds
from workbench.semconv import Table

ONSET = START + seconds(400)


def noisy(level: float, rows: int, seed: int = 0) -> list[float]:
    return (level * (1 + 0.05 * np.random.default_rng(seed).standard_normal(rows))).tolist()


def table(*series: list[dict[str, object]]) -> MetricTable:
    return make_metrics(frame(Table.METRICS, [row for one in series for row in one]))


@pytest.mark.parametrize("factor", [1.0, 0.01, 1000.0])
def test_service_that_uses_far_more_is_found_in_any_unit(factor: float) -> None:
    cpu = {name: noisy(0.2 * factor, 40, seed) + noisy(0.2 * factor, 20, seed + 9) for seed, name in enumerate("abc")}
    cpu["b"] = cpu["b"][:40] + noisy(0.8 * factor, 20)

    found = busy_resources(
        table(*(metric("cpu", name, values) for name, values in cpu.items())), [], since=ONSET, before=ONSET
    )

    assert max(found.scores, key=lambda name: found.scores[name]) == "b"
    assert found.scores["b"] > 3
    assert max(found.scores.get("a", 0.0), found.scores.get("c", 0.0)) < 1


def test_one_high_row_is_no_evidence() -> None:
    values = noisy(0.2, 60)
    values[50] = 0.9

    found = busy_resources(table(metric("cpu", "a", values)), [], since=ONSET, before=ONSET)

    assert found.scores.get("a", 0.0) < 1


def test_level_that_was_as_high_before_is_no_evidence() -> None:
    reference = table(metric("cpu", "a", noisy(0.2, 60)))

    found = busy_resources(table(metric("cpu", "a", noisy(0.8, 60))), [reference], since=ONSET, before=ONSET)

    assert found.scores.get("a", 0.0) < 1


@pytest.mark.parametrize(
    ("share", "beside_reference", "decides"),
    [
        pytest.param(0.05, True, False, id="nearly-empty"),
        pytest.param(0.9, True, True, id="nearly-full"),
        pytest.param(0.55, True, True, id="half-full-which-a-reference-never-was"),
        pytest.param(0.55, False, False, id="half-full-and-a-short-past"),
        pytest.param(0.65, False, True, id="two-thirds-full-and-a-short-past"),
    ],
)
def test_memory_far_below_its_limit_decides_nothing_alone(share: float, beside_reference: bool, decides: bool) -> None:
    used = [100.0] * 40 + [200.0] * 20
    full = [share / 2] * 40 + [share] * 20
    reference = table(metric("memory.usage", "a", [100.0] * 60), metric("memory.utilization", "a", [share / 2] * 60))

    found = busy_resources(
        table(metric("memory.usage", "a", used), metric("memory.utilization", "a", full)),
        [reference] * beside_reference, since=ONSET, before=ONSET,
    )  # fmt: skip

    assert (found.scores["a"] > MOST_WHILE_ROOMY) is decides


@pytest.mark.parametrize(("level", "decides"), [(0.35, False), (0.8, True)])
def test_processor_with_most_of_its_time_to_spare_explains_nothing(level: float, decides: bool) -> None:
    used = table(metric("cpu.utilization", "a", noisy(0.1, 40) + noisy(level, 20)))

    found = busy_resources(used, [], since=ONSET, before=ONSET)

    assert (found.scores["a"] >= 1) is decides


@pytest.mark.parametrize(
    ("instances", "before"),
    [
        ({"old": [0, 60, 100, 110, 120, 130], "new": range(120, 600, 60), "other": range(0, 600, 60)}, 240),
        # The last report before the onset belongs to a period that is not over.
        ({"old": [0, 45], "new": range(60, 600, 60)}, 190),
    ],
)
def test_rollout_under_slow_reports_is_no_downtime(instances: dict[str, Sequence[int]], before: int) -> None:
    rows = [
        {**one, "time_unix_nano": START + seconds(at), "service_instance_id": name}
        for name, times in instances.items()
        for at, one in zip(times, metric("cpu.utilization", "a", [0.2] * len(times)), strict=True)
    ]

    found = gone(table(rows), since=START + seconds(250), before=START + seconds(before), until=START + seconds(600))

    assert found.scores == {}


def test_service_without_heartbeats_is_down_and_the_others_are_not() -> None:
    beats = table(metric("up", "a", [1.0] * 40 + [0.0] * 20), metric("up", "b", [1.0] * 60))

    found = gone(beats, since=ONSET, before=ONSET, until=START + seconds(600))

    assert list(found.scores) == ["a"]
    assert found.scores["a"] == pytest.approx(4.0)


def test_restarts_count_when_there_were_none_before() -> None:
    found = gone(
        table(
            metric("container.restart.count", "a", [0.0] * 45 + [1.0] * 15),
            metric("container.restart.count", "b", [0.0] * 10 + [1.0] * 40 + [2.0] * 10),
        ),
        since=ONSET,
        before=ONSET,
        until=START + seconds(600),
    )

    assert found.restarts == {"a": 1.0}


def test_step_is_dated_and_only_for_the_worse() -> None:
    row = np.array(noisy(1.0, 40) + noisy(3.0, 20, 1))

    assert int(np.argmax(step_gains(row[None], worse=1))) == 40
    assert not step_gains(row[None], worse=-1).any()
    assert not step_gains(np.array([noisy(1.0, 60)])).any()


def test_front_that_fails_is_seen_and_its_usual_level_is_not() -> None:
    healthy = table(metric("success", "", [100.0 - number % 3 / 10 for number in range(60)]))
    bad = table(metric("success", "", [100.0] * 40 + [90.0] * 20))
    good = table(metric("success", "", [100.0] * 60))

    found = [worst_indicator(case, [healthy], since=ONSET, before=ONSET) for case in (bad, good)]

    assert found[0] is not None
    assert found[0].ratio > 1
    assert (found[0].value, found[0].median, found[0].since) == (90.0, 99.9, ONSET)
    assert found[1] is not None
    assert found[1].ratio < 1


def test_indicators_are_counted_per_bucket_and_service() -> None:
    rows = [row for trace in range(4) for row in call(trace, "web", "cart", trace * 5.0)]

    found = indicator_series(Telemetry(spans=frame(Table.SPANS, rows)), 10.0)

    web = found[found["service_name"] == "web"]
    assert web["requests"].sum() == 4
    assert web["latency_p50_ms"].dropna().round(3).unique().tolist() == [16.0]
    assert (np.diff(np.sort(web["time_unix_nano"].unique())) == seconds(10)).all()


def test_cache_gives_back_what_belongs_to_the_same_object_only() -> None:
    cache, one, other, made = ReferenceCache(), Telemetry(), Telemetry(), []

    for owner in (one, other, one):
        cache.get("x", [owner], lambda: made.append(1) or len(made))

    assert len(made) == 2
