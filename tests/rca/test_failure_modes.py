"""An ordinary diagnosis says which known failure mode its first cause shows."""

from functools import cache

import pytest

from workbench.facts.diagnosis import Action, Cause, Diagnosis, FailureMode, Verdict
from workbench.facts.telemetry import Case
from workbench.rca.diagnose import diagnose
from workbench.rca.failure_modes import MOST_ACTIONS, actions_with_mode, with_failure_modes
from workbench.rca.signatures.load import load_signatures
from workbench.simulate.faults import parse_fault
from workbench.simulate.world import simulate


@cache
def run(fault: str = "", seed: int = 41) -> Case:
    faults = [parse_fault(fault)] if fault else []
    return Case("case", simulate(faults, seed, minutes=6, rate_per_s=3).telemetry)


@cache
def explained(fault: str = "") -> Diagnosis:
    return diagnose(run(fault))


@pytest.mark.parametrize(
    ("fault", "mode", "words"),
    [
        ("disk_full@checkout+200", "disk-full", "A disk of checkout is full"),
        ("memory_leak@checkout+200", "memory-leak", "is full"),
        ("slow_query@catalog+200", "slow-query", "too slow"),
    ],
)
def test_the_first_cause_shows_its_failure_mode(fault: str, mode: str, words: str) -> None:
    found = explained(fault)

    assert found.failure_modes[0].signature_id == mode
    assert words in found.causes[0].failure_mode
    assert all(evidence.selection for evidence in found.failure_modes[0].evidence)


def test_a_caller_that_repeats_what_the_cause_told_it_has_no_failure_mode_of_its_own() -> None:
    found = explained("disk_full@checkout+200")

    assert {mode.service_name for mode in found.failure_modes} == {"checkout"}


def test_what_changed_before_it_is_said_with_the_failure_mode() -> None:
    found = explained("bad_deploy@catalog+200")

    assert "rolled out" in found.causes[0].failure_mode


def test_signatures_decide_neither_verdict_nor_ranking_of_ordinary_telemetry() -> None:
    case = run("disk_full@checkout+200")

    with_them, without = explained("disk_full@checkout+200"), diagnose(case, signatures=[])

    assert [one.service_name for one in with_them.causes] == [one.service_name for one in without.causes]
    assert [one.confidence for one in with_them.causes] == [one.confidence for one in without.causes]
    assert without.failure_modes == []


def test_a_healthy_run_has_no_failure_mode() -> None:
    found = explained()

    assert (found.verdict, found.failure_modes) == (Verdict.HEALTHY, [])


def test_what_a_fault_free_reference_shows_as_well_is_habit() -> None:
    case, found = run("disk_full@checkout+200"), explained("disk_full@checkout+200")
    plain = found.model_copy(update={"failure_modes": []})
    noisy = Case("case", case.telemetry, {"noisy": case.telemetry})

    assert with_failure_modes(plain, case, load_signatures()).failure_modes == found.failure_modes
    assert with_failure_modes(plain, noisy, load_signatures()).failure_modes == []


def test_what_a_known_failure_mode_tells_to_do_comes_before_what_its_type_does() -> None:
    found = explained("disk_full@checkout+200")

    titles = [one.title for one in found.actions]
    steps = [one.title for one in found.failure_modes[0].steps]
    assert titles[: len(steps)] == steps
    assert len(titles) == len(set(titles)) <= MOST_ACTIONS


def test_a_mode_of_another_type_leaves_out_what_the_vague_type_tells_to_do() -> None:
    cause = Cause(rank=1, service_name="orders", fault_type="disk_full", confidence=0.9)
    roll_back = Action(title="Roll orders back to the version before", why="Code fails.")
    undo = Action(title="Undo the change of orders: 2.0", why="It came before.")
    mode = FailureMode(
        signature_id="redis-out-of-memory",
        title="Redis is full",
        category="resource_exhaustion",
        subject="orders",
        confidence=0.9,
        sentence="Redis is full.",
        fault_types=["memory_leak"],
        steps=[Action(title="Raise maxmemory", why="")],
    )

    assert [one.title for one in actions_with_mode([undo, roll_back], cause, mode)] == [undo.title, "Raise maxmemory"]
    assert actions_with_mode([undo, roll_back], cause, None) == [undo, roll_back]
