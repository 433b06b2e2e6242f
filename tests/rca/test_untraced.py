"""Metrics alone, and nobody knows who calls whom: the broken service comes before those that only pass failures on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose
from workbench.rca.metric_table import read_metrics
from workbench.rca.resources import step_of
from workbench.rca.untraced import without_requests
from workbench.semconv import NANOS_PER_SECOND, Table

ROWS, STEP = 120, 80
ONSET = START + STEP * 10 * NANOS_PER_SECOND
CALLS = {"web": (20.0, 90.0), "shop": (8.0, 60.0), "pay": (4.0, 15.0)}
"""Requests a second and milliseconds for an answer; `web` calls `shop`, which calls `pay`, as nobody is told."""


def telemetry(
    failing: Mapping[str, float] = {}, silent: Sequence[str] = (), per_second: float = 1.0, seed: int = 5
) -> Telemetry:
    """Metrics of three services of which a share of requests fails, or that count none, from the step on."""
    dice = np.random.default_rng(seed)
    rows = []
    for service, (rate, answer) in CALLS.items():
        requests = dice.poisson(rate * 10, ROWS)
        failed = np.zeros(ROWS)
        failed[STEP:] = dice.binomial(requests[STEP:], failing.get(service, 0.0))
        if service in silent:
            requests[STEP:] = 0
        times = answer * dice.normal(1.0, 0.05, ROWS)
        values = {"requests": requests * per_second, "errors": failed * per_second, "latency_ms": times}
        for name, series in values.items():
            rows += metric(name, service, [float(value) for value in series])
    return Telemetry(metrics=frame(Table.METRICS, rows))


@pytest.mark.parametrize("per_second", [1.0, 0.1], ids=["counts", "rates"])
def test_the_largest_share_of_failures_leads_though_others_fail_more_often(per_second: float) -> None:
    found = diagnose(Case("case", telemetry({"pay": 0.9, "shop": 0.5, "web": 0.2}, per_second=per_second)))

    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, "pay")
    assert found.causes[0].confidence <= 0.8
    assert any("nobody knows who calls whom" in one for one in found.not_known)


def test_of_services_that_always_fail_the_one_that_answers_soonest_leads() -> None:
    found = diagnose(Case("case", telemetry(dict.fromkeys(CALLS, 0.95))))

    assert [cause.service_name for cause in found.causes[:3]] == ["pay", "shop", "web"]


def test_a_service_that_counts_no_request_any_more_leads_before_those_that_fail_for_it() -> None:
    found = diagnose(Case("case", telemetry({"web": 0.4}, silent=("shop",))))

    assert (found.causes[0].service_name, found.causes[0].fault_type) == ("shop", "dependency_down")
    assert "requests are gone that shop counted" in found.causes[0].evidence[0].summary


def test_of_two_silent_services_the_caller_leads() -> None:
    metrics = read_metrics(telemetry(silent=("shop", "pay")), ReferenceCache())

    scores, silences = without_requests(metrics, ONSET, ONSET)

    assert scores["shop"] > scores["pay"] >= 1
    assert {one.service: one.by for one in silences} == {"shop": "requests", "pay": "requests"}


def test_a_service_whose_heart_beats_is_only_asked_nothing() -> None:
    quiet = telemetry(silent=("shop",))
    beats = frame(Table.METRICS, metric("up", "shop", [1.0] * ROWS))
    alive = Telemetry(metrics=pd.concat([quiet.metrics, beats], ignore_index=True))

    assert "shop" in without_requests(read_metrics(quiet, ReferenceCache()), ONSET, ONSET)[0]
    assert "shop" not in without_requests(read_metrics(alive, ReferenceCache()), ONSET, ONSET)[0]


def test_a_healthy_system_stays_healthy_at_many_seeds() -> None:
    verdicts = {diagnose(Case("case", telemetry(seed=seed, per_second=0.1))).verdict for seed in range(8)}

    assert verdicts == {Verdict.HEALTHY}


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([0.0, 0.1, 0.3, 0.2], 0.1),
        ([0.0, 0.033, 0.067, 0.1], 0.033),
        ([0.0, 3.0, 6.0], 3.0),
        ([0.31, 0.42, 0.57], 0.0),
        ([0.0, 0.0], 0.0),
    ],
)
def test_the_step_of_counts_in_other_units(values: list[float], step: float) -> None:
    assert step_of(np.array(values)) == pytest.approx(step)
