"""Services that only write log lines: steady lines that stop are a beat that stops."""

import numpy as np
import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose
from workbench.rca.quiet import stopped_lines, went_quiet
from workbench.rca.windows import seconds
from workbench.semconv import Table

WHOLE_S = 900.0


def lines(service, times_s):
    return [
        {
            "time_unix_nano": START + seconds(float(at)),
            "service_name": service,
            "body": f"done {number}",
            "severity_text": "INFO",
            "severity_number": 9,
        }
        for number, at in enumerate(times_s)
    ]


def at_random(service, mean_s, *, until_s=WHOLE_S, seed=1):
    """Lines that come at random, so many seconds apart in the mean."""
    times = np.cumsum(np.random.default_rng(seed).exponential(mean_s, 2000))
    return lines(service, times[times < until_s])


def others():
    return [*at_random("web", 1.0, seed=2), *at_random("cart", 2.0, seed=3), *at_random("pay", 3.0, seed=4)]


def quiet_ones(rows, **tables):
    found = stopped_lines(Telemetry(logs=frame(Table.LOGS, rows), **tables), ReferenceCache())
    return [one.service for one in found]


def test_a_service_that_stops_writing_is_the_cause_and_its_silence_the_evidence() -> None:
    logs = frame(Table.LOGS, [*others(), *at_random("worker", 2.0, until_s=500)])

    found = diagnose(Case("quiet", Telemetry(logs=logs)))

    first = found.causes[0]
    assert (found.verdict, first.service_name, first.fault_type) == (Verdict.INCIDENT, "worker", "dependency_down")
    assert "wrote log lines steadily" in first.evidence[0].summary
    assert abs((found.onset_unix_nano or 0) - START - seconds(500)) < seconds(30)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(at_random("worker", 40.0, until_s=700), id="few-lines"),
        pytest.param(lines("worker", [*np.linspace(0, 9, 60), *np.linspace(300, 309, 60)]), id="every-five-minutes"),
        pytest.param(at_random("worker", 2.0), id="goes-on"),
        pytest.param(lines("worker", np.linspace(400, 500, 80)), id="began-late"),
    ],
)
def test_a_service_that_is_seldom_heard_is_not_missed(rows) -> None:
    assert quiet_ones([*others(), *rows]) == []


def test_lines_of_a_start_are_no_steady_past() -> None:
    logs = frame(Table.LOGS, [*others(), *lines("worker", np.linspace(0, 9, 60))])

    assert diagnose(Case("started", Telemetry(logs=logs))).verdict is Verdict.HEALTHY


def test_a_collector_that_ends_silences_nobody() -> None:
    most = [
        row for name, seed in (("a", 5), ("b", 6), ("c", 7)) for row in at_random(name, 2.0, until_s=500, seed=seed)
    ]

    assert quiet_ones([*most, *at_random("web", 1.0, seed=2)]) == []


def test_who_shows_by_other_rows_that_it_lives_may_be_silent() -> None:
    beats = frame(Table.METRICS, metric("cpu.utilization", "worker", [0.1] * 90))

    assert quiet_ones([*others(), *at_random("worker", 2.0, until_s=500)], metrics=beats) == []


def test_the_first_to_fall_silent_dates_it() -> None:
    rows = [*others(), *at_random("worker", 2.0, until_s=500), *at_random("late", 2.0, until_s=700, seed=9)]

    at = went_quiet(Telemetry(logs=frame(Table.LOGS, rows)), ReferenceCache())

    assert at is not None
    assert abs(at - START - seconds(500)) < seconds(20)
