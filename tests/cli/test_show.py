"""Results without words of their own are shown readably, and arguments as they are taken."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from workbench.core import open_workbench
from workbench.errors import BadInput
from workbench.faces.cli.main import main
from workbench.faces.cli.show import fields_of as fields
from workbench.faces.cli.show import text_of
from workbench.facts.run import Run
from workbench.tools.flows import FlowEntry
from workbench.tools.simulate import SimulationSummary, SimulationTruth


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0), capsys.readouterr().out


def test_times_were_shown_as_nanoseconds() -> None:
    lines = text_of(Run(run_id="run-1", flow_name="f", started_unix_nano=1_769_852_100_000_000_000)).splitlines()

    assert [line.split() for line in lines if "ed" in line[:8]][:2] == [
        ["started", "2026-01-31T09:35:00Z"],
        ["ended", "-"],
    ]


def test_a_model_that_holds_models_was_one_endless_line() -> None:
    truth = SimulationTruth(faults=[], seed=1)
    nested = SimulationSummary.model_construct(folder=Path("x"), files=[], rows={}, truth=truth)

    assert json.loads(fields(nested))["truth"]["seed"] == 1
    assert text_of(FlowEntry(name="a", description="b", path=Path("c"))).splitlines()[0] == "name         a"


def test_what_was_simulated_was_shown_as_a_python_dict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("simulate", "--out", tmp_path / "two words", "--healthy", "--minutes", "0.2")

    lines = run(capsys, "-w", tmp_path / "w", *words)[1].splitlines()

    assert [line.split()[0] for line in lines if line] == ["Folder", "Files", "Rows", "Broke", "Next"]
    assert lines[-1] == f"Next    causeway -w {tmp_path / 'w'} analyze '{tmp_path / 'two words'}'"


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        pytest.param(["report"], "[OPTIONS] [INCIDENT_ID]", id="an-id-that-may-be-left-out-looked-required"),
        pytest.param(["import"], "[OPTIONS] PATH...", id="several-paths-looked-like-one"),
        pytest.param(["incident"], "[OPTIONS] INCIDENT_ID", id="required"),
    ],
)
def test_usage_says_what_may_be_left_out(words: list[str], usage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *words, "--help")[1].splitlines()[0] == f"Usage: causeway {words[0]} {usage}"


@pytest.mark.parametrize("tool", ["incidents", "reports", "runs", "sources", "overview"])
def test_a_negative_limit_was_an_error_of_the_database(tool: str) -> None:
    with (
        open_workbench(in_memory=True) as workbench,
        pytest.raises(BadInput, match=f"{tool}: limit = -1: Input should be greater than or equal to 1"),
    ):
        workbench.call(tool, limit=-1)


def test_the_parent_folder_gave_its_data_set_the_name_of_two_dots(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop/inner").mkdir(parents=True)
    (tmp_path / "shop/a.log").write_text("2026-01-01 10:00:00 INFO came\n2026-01-01 10:00:01 INFO came\n")
    monkeypatch.chdir(tmp_path / "shop/inner")

    found = json.loads(run(capsys, "-w", tmp_path / "w", "import", os.pardir, "--json")[1])

    assert found["report"]["scope"] == "shop"
    assert found["report"]["sources"][0]["uri"] == str(tmp_path / "shop/a.log")
