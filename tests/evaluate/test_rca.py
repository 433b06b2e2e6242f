"""The evaluation of root causes: true answers count, guesses are compared, fault-free windows are alarms or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.evaluate.answers import DETECTED, GIVEN, Answer, Run, answer, in_mode
from workbench.evaluate.baselines import rank_services
from workbench.evaluate.cases import simulated_cases
from workbench.evaluate.degrade import ABLATIONS, changes, fault_free_windows
from workbench.evaluate.labels import Labelled
from workbench.evaluate.rca import Evaluator, evaluate_cases
from workbench.evaluate.tables import wrong_cases
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case
from workbench.rca.cache import ReferenceCache


@pytest.fixture(scope="module")
def case() -> tuple[Case, Labelled]:
    return next(iter(simulated_cases([(3, "network_delay@payments")], 3)))


@pytest.fixture(scope="module")
def healthy() -> tuple[Case, Labelled]:
    return next(iter(simulated_cases([(4, "")], 3)))


def test_simulated_cases_carry_their_truth(case: tuple[Case, Labelled], healthy: tuple[Case, Labelled]) -> None:
    assert case[1].services == ["payments"]
    assert case[1].onset_known
    assert healthy[1].services == []
    assert healthy[1].at_unix_nano is None


@pytest.mark.slow
def test_a_whole_evaluation(case: tuple[Case, Labelled], healthy: tuple[Case, Labelled]) -> None:
    told: list[int] = []
    found = evaluate_cases(
        Evaluator("made", "causeway eval rca", ablate=True), [case, healthy], lambda done, name: told.append(done)
    )
    assert told == [1, 2]
    assert found.cases == 1
    text = found.text()
    assert "Fault-free windows" in text
    assert "random" in text
    assert "Again: causeway eval rca" in text
    ranking = found.tables[0]
    assert [row[0] for row in ranking.rows][:2] == [GIVEN, DETECTED]
    ablation = next(table for table in found.tables if "worth" in table.title)
    assert ("without spans", GIVEN) in {(row[0], row[1]) for row in ablation.rows}


def test_a_fault_called_healthy_is_a_miss_and_is_shown(case: tuple[Case, Labelled]) -> None:
    missed = Answer(case[1], Verdict.HEALTHY, {}, reason="Nothing stands out.")
    boast = Answer(case[1], Verdict.INCIDENT, {"cart": 0.9, "payments": 0.1})
    assert missed.rank is None
    assert boast.rank == 2
    wrong = wrong_cases([Run(GIVEN, [missed, boast])])
    assert [(one.answer, one.confidence) for one in wrong] == [("cart", 0.9), ("healthy", None)]
    assert "rank 2" in wrong[0].truth


def test_modes_hand_over_what_they_say(case: tuple[Case, Labelled]) -> None:
    telemetry, label = case
    assert in_mode(telemetry, label, "no reference, given") is None
    given = in_mode(telemetry, label, GIVEN)
    assert given is not None
    assert given.at_unix_nano == label.at_unix_nano
    found = answer(replace(telemetry, at_unix_nano=None), label, ReferenceCache())
    assert found.onset_error_s is not None
    assert abs(found.onset_error_s) < 120


def test_ablations_empty_the_references_too(case: tuple[Case, Labelled], healthy: tuple[Case, Labelled]) -> None:
    both = replace(case[0], references={"calm": healthy[0].telemetry})
    bare = ABLATIONS["without spans and logs"](both)
    assert not len(bare.telemetry.spans)
    assert not len(bare.references["calm"].logs)
    assert len(bare.telemetry.metrics)
    assert len(both.telemetry.spans)
    assert changes(both, "without references")
    assert not changes(bare, "without spans")


def test_fault_free_windows_do_not_hold_what_they_are_compared_with(healthy: tuple[Case, Labelled]) -> None:
    long = healthy[0].telemetry
    extent = long.extent()
    assert extent is not None
    half = (extent[0] + extent[1]) // 2
    short = replace(long, metrics=long.metrics[long.metrics["time_unix_nano"] > half],
                    spans=long.spans[:0], logs=long.logs[:0])  # fmt: skip
    windows = list(fault_free_windows(Case("c", short, {"calm": long})))
    assert windows
    for window in windows:
        inside = window.telemetry.metrics["time_unix_nano"]
        outside = window.references["calm"].metrics["time_unix_nano"]
        assert not set(inside) & set(outside)
        assert len(inside) + len(outside) == len(long.metrics)


def test_published_methods_are_handed_one_table_and_their_order_is_kept(case: tuple[Case, Labelled]) -> None:
    telemetry, label = case
    seen: list[list[str]] = []

    def last_column_first(data: object, inject_time: float, dataset: str) -> dict[str, list[str]]:
        columns = [str(name) for name in data.columns if name != "time"]
        seen.append(columns)
        return {"ranks": columns[::-1]}

    scores = rank_services(replace(telemetry, at_unix_nano=label.at_unix_nano), last_column_first)
    assert len(seen[0]) > 20
    assert not any(name in column for column in seen[0] for name in scores)
    assert set(scores) <= set(telemetry.telemetry.metrics["service_name"])
    assert len(set(scores.values())) == len(scores)
    with pytest.raises(ValueError, match="time of the fault"):
        rank_services(replace(telemetry, at_unix_nano=None), last_column_first)


@pytest.mark.slow
def test_a_folder_written_by_the_simulator_can_be_evaluated(tmp_path: Path) -> None:
    from workbench import open_workbench

    workbench = open_workbench(in_memory=True)
    try:
        out = tmp_path / "set" / "one"
        workbench.call("simulate", out=out, fault=["cpu@cart"], minutes=3, seed=2)
        found = workbench.call("evaluate_rca", folder=tmp_path / "set")
        assert found.cases == 1
        assert found.name == "set"
        assert [one.name for one in workbench.call("evaluations")] == ["set"]
        workbench.call("evaluate_rca", folder=tmp_path / "set")
        assert len(workbench.call("evaluations")) == 1
    finally:
        workbench.close()
