import numpy as np
import pytest

from tests.rca.made import START, call, frame
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.apart import next_suspect, set_apart, with_second
from workbench.rca.cache import ReferenceCache
from workbench.rca.changes import Changed
from workbench.rca.diagnose import diagnose
from workbench.rca.failures import call_outcomes, failed_calls
from workbench.rca.fuse import Sign, rank
from workbench.rca.observe import Observation
from workbench.rca.report import Finding
from workbench.rca.statements import SlowStatement
from workbench.rca.topology import Topology
from workbench.rca.visits import read_spans
from workbench.semconv import NANOS_PER_SECOND as S
from workbench.semconv import Table
from workbench.simulate import parse_fault, simulate


def diagnosed(faults: list[str], seed: int) -> Diagnosis:
    return diagnose(Case("two", simulate([parse_fault(fault) for fault in faults], seed, 12).telemetry))


@pytest.mark.slow
def test_two_faults_at_once_are_both_named_as_causes_of_their_own() -> None:
    found = diagnosed(["cpu@cart", "bad_deploy@payments+400"], 3)

    assert found.verdict is Verdict.INCIDENT
    assert {cause.service_name for cause in found.causes if cause.independent} == {"cart", "payments"}
    assert [cause.rank for cause in found.causes if cause.independent] == [1, 2]
    assert min(cause.confidence for cause in found.causes[:2]) > 0.5
    assert all(cause.first_seen_unix_nano for cause in found.causes[:2])
    assert {cause.fault_type for cause in found.causes[:2]} == {"cpu_contention", "bad_deploy"}
    assert found.reason.startswith("Two faults at once")


@pytest.mark.slow
def test_one_fault_and_its_victims_are_not_two_faults() -> None:
    found = diagnosed(["network_delay@catalog"], 901)

    assert found.verdict is Verdict.INCIDENT
    assert not [cause for cause in found.causes if cause.independent]
    assert "Two faults" not in found.reason


def ratios(**services: dict[Sign, float]) -> dict[str, dict[Sign, float]]:
    return {name: dict.fromkeys(Sign, 0.0) | own for name, own in services.items()}


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param([("web", "slow"), ("web", "broken")], ["slow", "broken"], id="no-call-leads-to-the-first"),
        pytest.param([("web", "broken"), ("broken", "slow")], [], id="its-caller-is-its-victim"),
    ],
)
def test_a_caller_of_the_first_cause_is_no_cause_of_its_own(calls: list[tuple[str, str]], expected: list[str]) -> None:
    fused = rank(ratios(slow={Sign.NETWORK: 8.0}, broken={Sign.STRUCTURE: 4.0}, web={}), Sign)

    both = set_apart(Observation(), fused, Topology.of(calls), Telemetry(), ReferenceCache(), {})

    assert [one.service for one in both] == expected


@pytest.mark.parametrize(
    ("slow_itself", "expected"),
    [
        pytest.param(6.0, [], id="the-caller-waits-for-its-processor"),
        pytest.param(0.2, ["mail", "web"], id="its-own-work-is-as-fast-as-ever"),
    ],
)
def test_answers_are_read_late_by_a_caller_without_a_processor(slow_itself: float, expected: list[str]) -> None:
    busy = {Sign.RESOURCE: 3.0, Sign.LATENCY: slow_itself}
    fused = rank(ratios(web=busy, mail={Sign.NETWORK: 5.0}), Sign)

    both = set_apart(Observation(), fused, Topology.of([("web", "mail")]), Telemetry(), ReferenceCache(), {})

    assert sorted(one.service for one in both) == expected


def test_who_waits_for_the_store_that_the_first_cause_keeps_busy_is_no_cause_of_its_own() -> None:
    fused = rank(ratios(slow={Sign.NETWORK: 8.0}, broken={Sign.STRUCTURE: 4.0}, web={}), Sign)
    calls = Topology.of([("web", "slow"), ("web", "broken"), ("slow", "db"), ("broken", "db")])
    busy = Observation(statement=SlowStatement("db", "slow", "SELECT a"))

    alone, blamed = (set_apart(seen, fused, calls, Telemetry(), ReferenceCache(), {}) for seen in (busy, Observation()))

    assert alone == []
    assert [one.service for one in blamed] == ["slow", "broken"]


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        pytest.param(Sign.RETRIES, ["storm"], id="called-again-and-again"),
        pytest.param(Sign.CLOCK, ["storm", "cache"], id="called-as-ever"),
    ],
)
def test_who_is_kept_busy_by_repeated_calls_is_no_cause_of_its_own(lead: Sign, expected: list[str]) -> None:
    fused = rank(ratios(storm={lead: 20.0}, cache={Sign.RESOURCE: 11.0}), Sign)
    calls = Topology.of([("storm", "stock"), ("stock", "cache")])

    both = set_apart(Observation(), fused, calls, Telemetry(), ReferenceCache(), {})

    assert [one.service for one in both] == (expected if len(expected) > 1 else [])


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param({Sign.RESOURCE: 2.5, Sign.ABSENCE: 1.9}, ["skewed", "full"], id="two-kinds-confirm-each-other"),
        pytest.param({Sign.RESOURCE: 2.5}, [], id="one-kind-is-far-smaller-than-the-first"),
    ],
)
def test_a_second_fault_that_two_kinds_of_evidence_confirm_may_be_far_smaller(
    second: dict[Sign, float], expected: list[str]
) -> None:
    fused = rank(ratios(skewed={Sign.CLOCK: 30.0}, full=second, victim={Sign.CLOCK: 0.5}), Sign)

    both = set_apart(Observation(), fused, Topology.of([("web", "full")]), Telemetry(), ReferenceCache(), {})

    assert [one.service for one in both] == expected


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param([], "hot", id="nothing-brings-it-about"),
        pytest.param([("hot", "slow")], "", id="it-waits-for-the-first"),
    ],
)
def test_the_next_suspect_shows_what_the_first_cannot_have_brought_about(
    calls: list[tuple[str, str]], expected: str
) -> None:
    fused = rank(ratios(slow={Sign.NETWORK: 20.0}, victim={Sign.NETWORK: 0.9}, hot={Sign.RESOURCE: 1.3}), Sign)

    service = next_suspect(fused, Topology.of(calls))

    assert service == expected
    scores = {"slow": 100.0, "victim": 60.0, "hot": 20.0}
    finding = with_second(Finding(incident=True, reason="", scores=scores), service)
    assert list(finding.scores) == (["slow", "hot", "victim"] if expected else list(scores))


@pytest.mark.parametrize(
    ("also", "expected"),
    [
        pytest.param({}, "hollow", id="late-answers-change-nothing"),
        pytest.param({Sign.FAILURE: 0.6}, "", id="calls-fail"),
    ],
)
def test_a_caller_that_does_something_else_is_next_when_the_first_cause_is_only_late(
    also: dict[Sign, float], expected: str
) -> None:
    fused = rank(ratios(slow={Sign.NETWORK: 40.0} | also, hollow={Sign.STRUCTURE: 1.7}, web={}), Sign)

    assert next_suspect(fused, Topology.of([("web", "hollow"), ("hollow", "slow")])) == expected


@pytest.mark.parametrize(
    ("ratios_of_other", "filling", "changed", "expected"),
    [
        pytest.param({Sign.RESOURCE: 0.8}, ["other"], [], "other", id="a-disk-that-nothing-confirms"),
        pytest.param({Sign.RESOURCE: 0.8}, [], [], "", id="a-processor-that-nothing-confirms"),
        pytest.param({Sign.RESOURCE: 0.5}, ["other"], [], "", id="a-disk-a-little-fuller"),
        pytest.param({Sign.LATENCY: 5.0}, [], ["other"], "other", id="a-change-and-slow-since"),
        pytest.param({Sign.LATENCY: 5.0}, [], [], "", id="slow-and-waits-for-the-first"),
        pytest.param({Sign.LATENCY: 0.9}, [], ["other"], "", id="a-change-and-as-fast-as-ever"),
    ],
)
def test_a_disk_that_fills_or_a_change_is_next(
    ratios_of_other: dict[Sign, float], filling: list[str], changed: list[str], expected: str
) -> None:
    fused = rank(ratios(down={Sign.FAILURE: 4.0}, web={Sign.STRUCTURE: 3.0}, other=ratios_of_other), Sign)

    calls = Topology.of([("web", "down"), *([("other", "down")] if Sign.LATENCY in ratios_of_other else [])])

    assert next_suspect(fused, calls, filling, changed) == expected


@pytest.mark.parametrize(
    ("changed_s", "expected"),
    [
        pytest.param(380, ["front", "slow"], id="it-broke-with-its-change"),
        pytest.param(250, [], id="it-broke-long-after-its-change-and-calls-the-first"),
    ],
)
def test_a_harmless_change_of_a_caller_is_no_second_fault(changed_s: int, expected: list[str]) -> None:
    rows = [row for number in range(600) for row in call(number, "front", "slow", number, failed=number >= 400)]
    telemetry = Telemetry(spans=frame(Table.SPANS, rows))
    outcomes = call_outcomes(read_spans(telemetry.spans))
    late = outcomes["time"] >= START + 300 * S
    seen = Observation(failures=failed_calls(outcomes[~late], outcomes[late]))
    fused = rank(ratios(slow={Sign.STRUCTURE: 8.0}, front={Sign.FAILURE: 4.0}), [Sign.STRUCTURE, Sign.FAILURE])
    changes = {
        name: Changed(START + at_s * S, name, "deploy", f"{name} 1.2 rolled out", 5.0)
        for name, at_s in (("front", changed_s), ("slow", 405))
    }

    both = set_apart(seen, fused, Topology.of([("front", "slow")]), telemetry, ReferenceCache(), changes)

    assert [one.service for one in both] == expected


def test_a_proxy_whose_backend_writes_no_spans_only_suffers_from_it() -> None:
    dice = np.random.default_rng(5)
    rows, lines = [], []
    for number in range(1800):
        callee = "orders" if dice.random() < 0.5 else "stock"
        bad = number >= 1200 and callee == "orders" and dice.random() < 0.7
        made = call(number, "proxy", callee, number, answered=False, own_ms=3000.0 if bad else 5 + 25 * dice.random())
        status = "ERROR" if bad else "UNSET"
        rows += [{**row, "span_name": f"GET /{callee}", "status_code": status} for row in made]
        line = {"time_unix_nano": made[0]["end_time_unix_nano"], "service_name": "proxy", "body": f"GET /{callee}"}
        lines.append(line | {"severity_number": 17 if bad else 9})

    told = diagnose(Case("proxy", Telemetry(spans=frame(Table.SPANS, rows), logs=frame(Table.LOGS, lines))))

    assert told.verdict is Verdict.INCIDENT
    assert told.causes[0].service_name == "orders"
    assert all(one.confidence < 0.5 * told.causes[0].confidence for one in told.causes[1:])
