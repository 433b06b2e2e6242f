"""Whole diagnoses of runs of the simulated shop."""

import pandas as pd
import pytest

from tests.rca.made import renamed, scaled, shuffled
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.evidence import Selection
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose
from workbench.semconv import TIME_COLUMN, Table
from workbench.simulate.faults import parse_fault
from workbench.simulate.world import Simulation, simulate


def run(fault: str = "", seed: int = 41) -> Simulation:
    return simulate([parse_fault(fault)] if fault else [], seed, minutes=6, rate_per_s=3)


@pytest.fixture(scope="module")
def broken() -> Simulation:
    return run("bad_deploy@catalog+200")


@pytest.fixture(scope="module")
def diagnosis(broken: Simulation) -> Diagnosis:
    return diagnose(Case("broken", broken.telemetry))


@pytest.mark.parametrize("fault", ["cpu@cart+200", "network_delay@inventory+200", "dependency_down@cart+200"])
def test_fault_is_found_without_reference_and_time(fault: str) -> None:
    found = diagnose(Case("case", run(fault).telemetry))

    assert found.verdict is Verdict.INCIDENT
    assert found.causes[0].service_name == fault.partition("@")[2].partition("+")[0]


def test_onset_is_dated_within_a_minute(broken: Simulation, diagnosis: Diagnosis) -> None:
    assert diagnosis.onset_unix_nano is not None
    assert abs(diagnosis.onset_unix_nano - (broken.start_unix_nano + 200 * 10**9)) <= 60 * 10**9


def test_a_service_that_is_down_is_dated_and_called_down_beside_a_reference() -> None:
    made = run("dependency_down@cart+200")

    found = diagnose(Case("down", made.telemetry, {"calm": run(seed=42).telemetry}))

    assert (found.causes[0].service_name, found.causes[0].fault_type) == ("cart", "dependency_down")
    assert abs((found.onset_unix_nano or 0) - (made.start_unix_nano + 200 * 10**9)) <= 60 * 10**9


@pytest.mark.parametrize("seed", [41, 42])
def test_healthy_run_is_called_healthy(seed: int) -> None:
    found = diagnose(Case("case", run(seed=seed).telemetry))

    assert (found.verdict, found.onset_unix_nano, found.actions) == (Verdict.HEALTHY, None, [])


def test_reference_of_the_same_system_serves_as_well(broken: Simulation) -> None:
    cache, reference = ReferenceCache(), run(seed=43).telemetry

    found = diagnose(Case("case", broken.telemetry, {"healthy": reference}), cache=cache)

    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, "catalog")
    assert len(cache) > 0


def test_confidence_falls_strictly_with_rank(diagnosis: Diagnosis) -> None:
    sure = [cause.confidence for cause in diagnosis.causes]

    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == len(sure)
    assert all(0 < value < 1 for value in sure)


def test_deployment_near_the_onset_is_named_and_can_be_undone(diagnosis: Diagnosis) -> None:
    assert diagnosis.causes[0].fault_type == "bad_deploy"
    assert any("catalog" in sentence for sentence in diagnosis.contributing)
    assert diagnosis.actions[0].title.startswith("Undo the change of catalog")
    assert "change" in {entry.kind for entry in diagnosis.timeline}
    assert any("failed" in sentence for sentence in diagnosis.impact)


def test_every_piece_of_evidence_selects_rows_that_are_there(broken: Simulation, diagnosis: Diagnosis) -> None:
    pieces = [piece for cause in diagnosis.causes for piece in cause.evidence]

    assert pieces
    for piece in pieces:
        assert piece.selection is not None
        assert len(_selected(broken.telemetry, piece.selection)), piece.summary


def _selected(telemetry: Telemetry, selection: Selection) -> pd.DataFrame:
    rows = telemetry.frame(selection.table)
    time = TIME_COLUMN[selection.table]
    if time and selection.start_unix_nano is not None:
        rows = rows[rows[time] >= selection.start_unix_nano]
    if time and selection.end_unix_nano is not None:
        rows = rows[rows[time] < selection.end_unix_nano]
    for column, value in selection.equals.items():
        rows = rows[rows[column] == value]
    for column, values in selection.one_of.items():
        rows = rows[rows[column].isin(values)]
    return rows


def test_names_order_and_units_change_nothing(broken: Simulation, diagnosis: Diagnosis) -> None:
    names = {name: f"s{number:02d}" for number, name in enumerate(reversed(diagnosis.services))}
    expected = [(cause.service_name, cause.fault_type) for cause in diagnosis.causes[:3]]

    other = [
        [(cause.service_name, cause.fault_type) for cause in diagnose(Case("case", telemetry)).causes[:3]]
        for telemetry in (
            renamed(broken.telemetry, names),
            shuffled(broken.telemetry, 5),
            scaled(broken.telemetry, "process.cpu.utilization", 100.0),
        )
    ]

    assert other == [[(names[name], kind) for name, kind in expected], expected, expected]


def test_time_that_was_given_is_kept(broken: Simulation) -> None:
    at = broken.start_unix_nano + 200 * 10**9

    found = diagnose(Case("case", broken.telemetry, at_unix_nano=at))

    assert (found.onset_unix_nano, found.onset_given) == (at, True)
    assert found.causes[0].service_name == "catalog"


@pytest.mark.parametrize("seconds", [20, 0])
def test_too_little_data_is_said_so(broken: Simulation, seconds: int) -> None:
    telemetry = broken.telemetry
    end = broken.start_unix_nano + seconds * 10**9
    short = Telemetry(spans=telemetry.spans[telemetry.spans["start_time_unix_nano"] < end])

    found = diagnose(Case("case", short))

    assert (found.verdict, found.causes) == (Verdict.UNKNOWN, [])
    assert found.reason
    assert Table.LOGS.value not in found.reason
