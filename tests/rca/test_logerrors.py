"""Cases that have nothing but log lines: bursts of errors, calm times, and a constant share of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.rca.made import START, frame
from workbench.facts.diagnosis import Diagnosis, IncidentKind, Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose
from workbench.rca.logerrors import Lines, error_bursts, healthy_limit, score
from workbench.rca.windows import from_time
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR, Table

ONSET_S = 600
LENGTH_S = 900
SERVICES = ("api", "billing", "mailer")
BURST = {"billing": (0.6, ONSET_S), "api": (0.3, ONSET_S)}


def lines(
    bursts: Mapping[str, tuple[float, float]] | None = None, *, usual: float = 0.0, seed: int = 5, per_s: float = 1.0
) -> Telemetry:
    """Lines of three services; `bursts` gives share of errors and begin (s), `usual` the share while all is well."""
    dice = np.random.default_rng(seed)
    rows = []
    for service in SERVICES:
        share, begin = (bursts or {}).get(service, (usual, 0.0))
        for at in np.sort(dice.uniform(0, LENGTH_S, int(LENGTH_S * per_s))):
            failed = dice.random() < (share if at >= begin else usual)
            rows.append(
                {
                    "time_unix_nano": START + int(at * NANOS_PER_SECOND),
                    "service_name": service,
                    "severity_text": "ERROR" if failed else "INFO",
                    "severity_number": SEVERITY_ERROR if failed else 9,
                    "body": "request failed" if failed else "request done",
                }
            )
    return Telemetry(logs=frame(Table.LOGS, rows))


@pytest.fixture(scope="module")
def burst() -> Telemetry:
    return lines(BURST)


def found(telemetry: Telemetry, *, reference: bool = False, at_s: float | None = None) -> Diagnosis:
    at = None if at_s is None else START + int(at_s * NANOS_PER_SECOND)
    references = {"calm": lines(seed=6)} if reference else {}
    return diagnose(Case("case", telemetry, references, at_unix_nano=at))


@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("at_s", [None, ONSET_S])
def test_burst_of_error_lines_is_an_incident_of_the_service_with_most_of_them(
    burst: Telemetry, reference: bool, at_s: float | None
) -> None:
    diagnosis = found(burst, reference=reference, at_s=at_s)

    assert (diagnosis.verdict, diagnosis.kind) == (Verdict.INCIDENT, IncidentKind.ERROR)
    assert [cause.service_name for cause in diagnosis.causes] == ["billing", "api"]
    assert diagnosis.causes[0].fault_type == "exception"
    assert diagnosis.onset_unix_nano is not None
    assert abs(diagnosis.onset_unix_nano - START - ONSET_S * NANOS_PER_SECOND) <= 10 * NANOS_PER_SECOND


def test_evidence_selects_the_error_lines_since_the_onset(burst: Telemetry) -> None:
    evidence = found(burst).causes[0].evidence[0]

    assert evidence.selection is not None
    assert evidence.selection.table is Table.LOGS
    assert evidence.selection.equals == {"service_name": "billing"}
    assert evidence.selection.at_least == {"severity_number": 17.0}
    errors = burst.logs[(burst.logs["severity_number"] >= 17) & (burst.logs["service_name"] == "billing")]
    assert evidence.selection.start_unix_nano == errors["time_unix_nano"].min()


def test_time_named_some_minutes_late_still_finds_the_burst(burst: Telemetry) -> None:
    diagnosis = found(burst, at_s=ONSET_S + 180)

    assert (diagnosis.verdict, diagnosis.causes[0].service_name) == (Verdict.INCIDENT, "billing")
    assert diagnosis.onset_unix_nano == START + (ONSET_S + 180) * NANOS_PER_SECOND


@pytest.mark.parametrize("begin_s", [400, 840])
def test_burst_is_found_at_whatever_time_it_begins(begin_s: int) -> None:
    diagnosis = found(lines({"mailer": (0.5, begin_s)}))

    assert (diagnosis.verdict, diagnosis.causes[0].service_name) == (Verdict.INCIDENT, "mailer")
    assert diagnosis.onset_unix_nano is not None
    assert abs(diagnosis.onset_unix_nano - START - begin_s * NANOS_PER_SECOND) <= 10 * NANOS_PER_SECOND


def test_burst_that_begins_first_goes_before_a_larger_one_that_follows() -> None:
    diagnosis = found(lines({"mailer": (0.4, ONSET_S), "api": (0.7, ONSET_S + 90)}))

    assert [cause.service_name for cause in diagnosis.causes] == ["mailer", "api"]


@pytest.mark.parametrize("usual", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("at_s", [None, ONSET_S])
def test_constant_share_of_errors_is_healthy(usual: float, reference: bool, at_s: float | None) -> None:
    at = None if at_s is None else START + ONSET_S * NANOS_PER_SECOND
    references = {"calm": lines(usual=usual, seed=8)} if reference else {}

    diagnosis = diagnose(Case("case", lines(usual=usual, seed=7), references, at_unix_nano=at))

    assert (diagnosis.verdict, diagnosis.actions) == (Verdict.HEALTHY, [])


def test_rise_over_a_constant_share_is_measured_against_it() -> None:
    diagnosis = diagnose(Case("case", lines({"api": (0.5, ONSET_S)}, usual=0.05)))

    assert diagnosis.causes[0].service_name == "api"
    assert diagnosis.causes[0].evidence[0].baseline == pytest.approx(0.05, abs=0.03)


def test_stack_trace_of_one_failure_is_no_burst() -> None:
    calm = lines()
    first = START + 700 * NANOS_PER_SECOND
    trace: list[dict[str, Any]] = [
        {"time_unix_nano": first + number, "service_name": "api", "severity_number": 17, "severity_text": "ERROR"}
        for number in range(60)
    ]
    logs = pd.concat([calm.logs, frame(Table.LOGS, trace)], ignore_index=True)

    assert found(Telemetry(logs=logs)).verdict is Verdict.HEALTHY


def test_service_whose_errors_come_in_bursts_while_healthy_has_a_higher_limit() -> None:
    time = np.arange(1000, dtype=np.int64) * NANOS_PER_SECOND
    calm = Lines(time, np.zeros(1000, dtype=np.bool_))
    bursty = Lines(time, (time // NANOS_PER_SECOND) % 500 < 60)

    limits = [healthy_limit([one], 200 * NANOS_PER_SECOND) for one in (calm, bursty)]

    assert limits[1] > 1.2 * limits[0] > 0


def test_score_grows_with_the_share_of_errors_and_ignores_a_fall() -> None:
    time = np.arange(100, dtype=np.int64) * NANOS_PER_SECOND
    tests = [Lines(time, np.arange(100) % 10 < tenths) for tenths in (0, 1, 3, 9)]

    scores = [score(test, 10, 200) for test in tests]

    assert scores[:2] == [0.0, 0.0]
    assert 0 < scores[2] < scores[3]


def test_lines_without_a_severity_are_not_counted(burst: Telemetry) -> None:
    bare = Telemetry(logs=burst.logs.assign(severity_number=0))
    window = from_time(START + ONSET_S * NANOS_PER_SECOND)

    assert error_bursts(bare, [], window, ReferenceCache()).bursts == {}
