"""What speaks against a suspect is said, with the rows that bear it out, and only where it is true."""

import pytest

from tests.rca.made import START, call, frame, metric
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.evidence import Evidence
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.windows import seconds
from workbench.semconv import Table

ONSET_S, END_S = 300, 600
CALLEES = ("cart", "stock", "mail")


def telemetry(hot: str = "", late_from: int = ONSET_S) -> Telemetry:
    """Requests to `web`, which calls three services; `stock` answers late from a turn on. `hot` burns processor."""
    rows = []
    for turn in range(END_S):
        late = turn >= late_from
        for number, callee in enumerate(CALLEES):
            gap = 300.0 + turn % 7 if late and callee == "stock" else 2.0 + 0.1 * (turn % 5)
            rows += call(3 * turn + number, "web", callee, turn + 0.1 * number, gap_ms=gap)
    series = []
    for name in ("web", *CALLEES):
        level = [0.2 + 0.01 * ((7 * step + len(name)) % 5) for step in range(END_S // 10)]
        burn = [0.7 if name == hot and step >= ONSET_S // 10 else 0.0 for step in range(len(level))]
        series += metric("cpu.utilization", name, [a + b for a, b in zip(level, burn, strict=True)], step_s=10)
    return Telemetry(spans=frame(Table.SPANS, rows), metrics=frame(Table.METRICS, series))


def against(found: Diagnosis, service: str) -> list[Evidence]:
    cause = next((cause for cause in found.causes if cause.service_name == service), None)
    return [] if cause is None else [one for one in cause.evidence if not one.supports]


@pytest.mark.parametrize("known", [False, True], ids=["own-past", "reference"])
def test_a_caller_whose_other_calls_are_well_is_told_so(known: bool) -> None:
    found = diagnose(Case("late", telemetry(), {"calm": telemetry(late_from=END_S)} if known else {}))

    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, "stock")
    said = against(found, "web")
    assert any(one.summary.startswith("Calls of web that do not go to stock (to ") for one in said)
    assert all(one.selection for one in said)


def test_a_calm_processor_speaks_against_a_suspect_and_a_busy_one_does_not() -> None:
    calm, hot = (diagnose(Case("late", telemetry(name))) for name in ("", "web"))

    assert any("cpu.utilization of web stayed within what is healthy" in one.summary for one in against(calm, "web"))
    assert not any("cpu.utilization of web" in one.summary for one in against(hot, "web"))


def test_few_statements_are_made_and_none_when_all_is_well() -> None:
    late = diagnose(Case("late", telemetry()))
    calm = diagnose(Case("calm", Telemetry(metrics=telemetry().metrics)))

    assert max(len(against(late, cause.service_name)) for cause in late.causes) <= 2
    assert not [one for cause in calm.causes for one in cause.evidence if not one.supports]
    assert START + seconds(ONSET_S - 60) <= (late.onset_unix_nano or 0) <= START + seconds(ONSET_S + 30)
