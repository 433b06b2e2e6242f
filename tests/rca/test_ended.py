import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose
from workbench.rca.ended import CLEARLY, cut, find_end, judged_until_end
from workbench.rca.report import Finding
from workbench.rca.timeline import timeline_of
from workbench.rca.windows import seconds
from workbench.semconv import Table

MINUTES = 40


def telemetry(bad: range) -> Telemetry:
    """Minutes of latency and processor use of two services; `bad` are those of an incident at one of them."""
    rows = []
    for number, (service, factor) in enumerate((("cart", 6.0), ("mail", 1.0))):
        for name, level in (("http.server.duration", 0.1), ("cpu.utilization", 0.2)):
            wave = [1 + 0.03 * ((7 * minute + number) % 5 - 2) for minute in range(MINUTES)]
            values = [level * wave[minute] * (factor if minute in bad else 1.0) for minute in range(MINUTES)]
            rows += metric(name, service, values, step_s=60)
    return Telemetry(metrics=frame(Table.METRICS, rows))


def test_an_incident_that_is_over_has_an_end() -> None:
    made = telemetry(range(15, 25))

    end = find_end(made, START + seconds(15 * 60), ReferenceCache())

    assert end == pytest.approx(START + seconds(25 * 60), abs=seconds(120))


def test_an_incident_that_goes_on_has_none() -> None:
    assert find_end(telemetry(range(15, MINUTES)), START + seconds(15 * 60), ReferenceCache()) is None


def test_idle_processors_behind_a_broken_service_are_no_recovery() -> None:
    rows = []
    for number in range(6):
        # The first is slow from the 15th minute on; ten minutes later nothing gets through to the others any more.
        wave = [1 + 0.03 * ((7 * minute + number) % 5 - 2) for minute in range(MINUTES)]
        busy = [0.4 * wave[minute] * (0.1 if number and minute >= 25 else 1.0) for minute in range(MINUTES)]
        slow = [0.1 * wave[minute] * (6.0 if not number and minute >= 15 else 1.0) for minute in range(MINUTES)]
        rows += metric("cpu.utilization", f"service{number}", busy, step_s=60)
        rows += metric("http.server.duration", f"service{number}", slow, step_s=60)

    assert find_end(Telemetry(metrics=frame(Table.METRICS, rows)), START + seconds(15 * 60), ReferenceCache()) is None


@pytest.mark.parametrize(
    ("whole", "strength", "ratio", "at", "incident"),
    [
        pytest.param(False, CLEARLY - 0.1, 0, None, False, id="nothing-in-the-whole-and-little-in-the-part"),
        pytest.param(False, CLEARLY, 0, None, True, id="clear-in-the-part"),
        pytest.param(False, 1.0, 16, None, True, id="clear-in-the-part-and-less-sure-without-traces"),
        pytest.param(True, CLEARLY - 0.1, 0, None, True, id="seen-in-the-whole-as-well"),
        pytest.param(False, CLEARLY - 0.1, 0, START + seconds(15 * 60), True, id="somebody-named-its-time"),
    ],
)
def test_one_more_look_has_to_show_more(
    whole: bool, strength: float, ratio: float, at: int | None, incident: bool
) -> None:
    made = Case("over", telemetry(range(15, 25)), at_unix_nano=at)

    def find(case: Case) -> Finding:
        part = case is not made
        return Finding(
            incident=part or whole,
            reason="r",
            scores={"cart": 1.0},
            strength=strength if part else 1.0,
            onset_unix_nano=START + seconds(15 * 60),
            lead="own latency",
            signs={"cart": {"own latency": ratio}},
        )

    found = judged_until_end(made, ReferenceCache(), find)

    assert isinstance(found, Finding)
    assert (found.incident, found.ended_unix_nano is not None) == (incident, incident)


def test_what_came_after_the_end_is_cut_off() -> None:
    made = Case("over", telemetry(range(15, 25)))

    left = cut(made, START + seconds(25 * 60)).telemetry.metrics

    assert left["time_unix_nano"].max() < START + seconds(25 * 60)
    assert len(left) < len(made.telemetry.metrics)


def test_the_timeline_says_when_it_was_over() -> None:
    logs = Telemetry().logs

    kinds = [entry.kind for entry in timeline_of(logs, START, [], [], START + seconds(60))]

    assert kinds == ["onset", "recovery"]


def test_with_a_reference_an_incident_that_is_over_is_found_as_well() -> None:
    found = diagnose(Case("over", telemetry(range(15, 22)), references={"day": telemetry(range(0))}))

    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, "cart")
    assert found.ended_unix_nano == pytest.approx(START + seconds(22 * 60), abs=seconds(120))


def test_with_a_reference_a_healthy_time_has_no_end() -> None:
    found = diagnose(Case("well", telemetry(range(0)), references={"day": telemetry(range(0))}))

    assert (found.verdict, found.ended_unix_nano) == (Verdict.HEALTHY, None)
