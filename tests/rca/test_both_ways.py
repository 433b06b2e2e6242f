"""Two faults at once, and ends, of cases that have a fault-free reference."""

import pytest

from tests.rca.made import START, call, frame
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.both_ways import with_own_past
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose
from workbench.rca.report import Finding
from workbench.rca.windows import seconds
from workbench.semconv import Table
from workbench.simulate import parse_fault, simulate

ONSET_S, CASE_S = 600, 1200


def slow_calls(until_s: int = CASE_S) -> Telemetry:
    """Calls of web to cart, one a second, whose network is slow from the onset until a time."""
    rows = []
    for turn in range(CASE_S):
        slow = ONSET_S <= turn < until_s
        rows += call(turn, "web", "cart", float(turn), gap_ms=80.0 if slow else 2.0 + 0.1 * (turn % 5))
    return Telemetry(spans=frame(Table.SPANS, rows))


def finding(onset_s: int, first: str = "cart") -> Finding:
    return Finding(
        incident=True, reason="", scores={first: 100.0, "web": 50.0}, strength=4.0,
        onset_unix_nano=START + seconds(onset_s),
    )  # fmt: skip


def seen_both_ways(found: Finding, telemetry: Telemetry) -> Finding:
    return with_own_past(found, Case("case", telemetry, {"healthy": telemetry}), ReferenceCache())


def test_an_incident_that_is_over_got_no_end_when_there_was_a_reference() -> None:
    found = seen_both_ways(finding(ONSET_S + 40), slow_calls(until_s=900))

    assert found.ended_unix_nano == pytest.approx(START + seconds(900), abs=seconds(60))
    assert found.onset_unix_nano == pytest.approx(START + seconds(ONSET_S), abs=seconds(30))


def test_a_past_of_two_minutes_is_no_second_witness() -> None:
    found = finding(120)

    assert seen_both_ways(found, slow_calls(until_s=900)) is found


def test_what_the_own_past_names_instead_of_the_first_cause_is_the_next_suspect() -> None:
    found = seen_both_ways(finding(ONSET_S, "mail"), slow_calls(until_s=900))

    assert list(found.scores) == ["mail", "cart", "web"]
    assert found.evidence["cart"]
    assert (found.ended_unix_nano, found.apart) == (None, {})


@pytest.mark.slow
def test_of_two_faults_at_once_only_one_was_named_when_there_was_a_reference() -> None:
    faults = [parse_fault("cpu@cart"), parse_fault("bad_deploy@payments+400")]
    case, healthy = simulate(faults, 3, 12).telemetry, simulate([], 4, 12).telemetry

    found = diagnose(Case("two", case, {"healthy": healthy}))

    assert found.verdict is Verdict.INCIDENT
    assert {cause.service_name for cause in found.causes[:2]} == {"cart", "payments"}
    assert all(cause.independent for cause in found.causes[:2])
