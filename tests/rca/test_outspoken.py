"""Requests that always fail: counted beside a time that somebody named, and never surely new."""

import pytest

from tests.rca.made import START, call, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.fuse import Sign, rank
from workbench.rca.items import VisitTable, make_visits
from workbench.rca.outspoken import ENOUGH, outspoken, outspoken_evidence, with_outspoken
from workbench.rca.windows import from_time, seconds
from workbench.semconv import Table

ONSET_S = 100


def visits(failing: set[int], *, callee: str = "cart", requests: int = 40) -> VisitTable:
    """A request every five seconds; in those of `failing` the callee's span has an error."""
    rows = []
    for turn in range(requests):
        made = call(turn, "web", callee, 5.0 * turn)
        made[-1]["status_code"] = "ERROR" if turn in failing else "UNSET"
        rows += made
    return make_visits(frame(Table.SPANS, rows), frame(Table.LOGS, []))


def found(failing: set[int]) -> list[tuple[str, str, float]]:
    since = START + seconds(ONSET_S)
    return [(one.service, one.operation, round(one.ratio, 2)) for one in outspoken(visits(failing), since)]


def test_a_request_that_fails_every_time_is_outspoken() -> None:
    assert found(set(range(40))) == [("cart", "do", 1.0)]


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param(set(), id="no-error"),
        pytest.param(set(range(0, 40, 2)), id="every-other-one"),
        pytest.param(set(range(20)), id="before-the-time-only"),
        pytest.param(set(range(20, 40)), id="healthy-ones-were-seen"),
    ],
)
def test_requests_that_sometimes_succeed_are_not(failing: set[int]) -> None:
    assert found(failing) == []


def test_a_caller_is_explained_by_the_error_of_its_callee() -> None:
    rows = []
    for turn in range(40):
        made = call(turn, "web", "cart", 5.0 * turn)
        rows += [row | {"status_code": "ERROR"} for row in made]
    table = make_visits(frame(Table.SPANS, rows), frame(Table.LOGS, []))

    assert [one.service for one in outspoken(table, START + seconds(ONSET_S))] == ["cart"]


def test_few_requests_count_in_part() -> None:
    few = outspoken(visits(set(range(30)), requests=30), START + seconds(ONSET_S))[0]

    assert few.ratio == pytest.approx(few.failed / ENOUGH)
    assert few.failed < ENOUGH


def test_it_reaches_the_edge_of_what_is_healthy_and_no_further() -> None:
    loud = outspoken(visits(set(range(40))), START + seconds(ONSET_S))

    fused = with_outspoken(rank({"web": dict.fromkeys(Sign, 0.0)}, Sign), loud)

    assert (fused.lead, fused.strength, fused.ranked()) == (Sign.ERRORS, 1.0, ["cart"])


def test_it_says_that_nobody_knows_whether_it_is_new() -> None:
    window = from_time(START + seconds(ONSET_S))
    said = outspoken_evidence(outspoken(visits(set(range(40))), window.since or 0)[0], window)

    assert said.summary.startswith("20 of 20 requests to do see an error in cart.")
    assert "not known" in said.summary
    assert said.selection is not None
    assert said.selection.equals == {"service_name": "cart", "span_name": "do"}


def kept_traces(failing: set[int], *, minutes: float) -> Telemetry:
    """Twenty minutes of calm metrics, and traces of some minutes in the middle of them."""
    rows, first = [], 600 - 30 * minutes
    for turn in range(round(minutes * 20)):
        made = call(turn, "web", "cart", first + 3.0 * turn)
        made[-1]["status_code"] = "ERROR" if turn in failing else "UNSET"
        rows += made
    calm = metric("cpu", "web", [0.2 + 0.01 * (row % 3) for row in range(120)], step_s=10)
    return Telemetry(spans=frame(Table.SPANS, rows), metrics=frame(Table.METRICS, calm))


@pytest.mark.parametrize(
    ("failing", "minutes", "verdict"),
    [
        pytest.param(set(range(60)), 3, Verdict.INCIDENT, id="all-of-the-traces-that-somebody-kept-fail"),
        pytest.param(set(), 3, Verdict.HEALTHY, id="none-fails"),
        pytest.param(set(range(400)), 20, Verdict.HEALTHY, id="nobody-chose-these-traces-so-it-may-be-a-habit"),
    ],
)
def test_traces_of_a_few_minutes_were_called_healthy_though_all_requests_in_them_failed(
    failing: set[int], minutes: float, verdict: Verdict
) -> None:
    found = diagnose(Case("case", kept_traces(failing, minutes=minutes)))

    assert found.verdict is verdict
    if verdict is Verdict.INCIDENT:
        assert found.causes[0].service_name == "cart"
        assert "whether it is new is not known" in found.reason
