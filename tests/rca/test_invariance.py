"""What must change nothing: order, names, units, rows that come twice, and the hour of the day."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rca.made import START, call, frame, metric, renamed, scaled, shuffled
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.windows import seconds
from workbench.semconv import TIME_COLUMN, Table

CALLS = (("web", "cart"), ("web", "stock"), ("web", "mail"))
SERVICES = ("web", "cart", "stock", "mail")
CPU = "process.cpu.utilization"
ONSET_S = 60
FAULTS = {"late": "mail", "short": "cart", "busy": "stock"}


def telemetry(fault: str = "", length_s: int = 120) -> Telemetry:
    """A request a second over all edges, and CPU of all services; the fault begins after a minute."""
    rows = []
    for second in range(length_s):
        bad = fault if second >= ONSET_S else ""
        for number, (caller, callee) in enumerate(CALLS):
            gap = 2.0 + second % 5 / 10 + (60.0 if bad == "late" and callee == "mail" else 0.0)
            own = 10.0 + second % 7 / 10 - (8.0 if bad == "short" and callee == "cart" else 0.0)
            rows += call(second * 10 + number, caller, callee, second + number / 10, gap_ms=gap, own_ms=own)
    cpu = []
    for service in SERVICES:
        busy = fault == "busy" and service == FAULTS["busy"]
        usual = [0.2 + second % 3 / 100 for second in range(0, length_s, 10)]
        cpu += metric(CPU, service, [0.9 if busy and 10 * n >= ONSET_S else value for n, value in enumerate(usual)])
    return Telemetry(spans=frame(Table.SPANS, rows), metrics=frame(Table.METRICS, cpu))


def diagnosed(case: Telemetry, reference: Telemetry) -> Diagnosis:
    return diagnose(Case("case", case, {"healthy": reference}))


def ranking(found: Diagnosis) -> list[tuple[str, str | None]]:
    return [(cause.service_name, cause.fault_type) for cause in found.causes[:1]]


def shifted(given: Telemetry, hours: int) -> Telemetry:
    """The same telemetry at another hour."""
    frames = {}
    for table in (Table.SPANS, Table.METRICS):
        rows = given.frame(table)
        columns = [name for name in (TIME_COLUMN[table], "end_time_unix_nano") if name in rows]
        frames[table.value] = rows.assign(**{str(name): rows[name] + seconds(3600 * hours) for name in columns})
    return replace(given, **frames)


def doubled(given: Telemetry) -> Telemetry:
    """Every row twice."""
    return replace(
        given,
        spans=pd.concat([given.spans, given.spans], ignore_index=True),
        metrics=pd.concat([given.metrics, given.metrics], ignore_index=True),
    )


@pytest.fixture(scope="module")
def reference() -> Telemetry:
    return telemetry()


@pytest.fixture(scope="module", params=list(FAULTS))
def broken(request: pytest.FixtureRequest, reference: Telemetry) -> tuple[Telemetry, Diagnosis]:
    case = telemetry(request.param)
    found = diagnosed(case, reference)
    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, FAULTS[request.param])
    return case, found


def test_health_is_called_healthy(reference: Telemetry) -> None:
    assert diagnosed(telemetry(), reference).verdict is Verdict.HEALTHY


def test_onset_is_dated_within_a_minute_and_not_late(broken: tuple[Telemetry, Diagnosis]) -> None:
    onset = broken[1].onset_unix_nano

    assert onset is not None
    assert START + seconds(ONSET_S - 60) <= onset <= START + seconds(ONSET_S + 10)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda given: scaled(given, CPU, 100.0), id="per-cent"),
        pytest.param(doubled, id="rows-twice"),
    ],
)
def test_units_and_repeated_rows_change_nothing(
    changed: Callable[[Telemetry], Telemetry], broken: tuple[Telemetry, Diagnosis], reference: Telemetry
) -> None:
    case, found = broken

    assert ranking(diagnosed(changed(case), changed(reference))) == ranking(found)


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(SERVICES), hours=st.integers(-12, 12))
def test_order_names_and_hour_change_nothing(
    broken: tuple[Telemetry, Diagnosis], reference: Telemetry, seed: int, order: list[str], hours: int
) -> None:
    case, found = broken
    names = {name: f"service-{number}" for number, name in enumerate(order)}
    sides = [shifted(shuffled(renamed(side, names), seed), hours) for side in (case, reference)]

    other = diagnosed(*sides)

    assert ranking(other) == [(names[service], kind) for service, kind in ranking(found)]
    assert found.onset_unix_nano is not None
    assert other.onset_unix_nano == found.onset_unix_nano + seconds(3600 * hours)
