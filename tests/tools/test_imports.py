"""`causeway import`: what it prints and what it writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core import Workbench
from workbench.errors import BadInput
from workbench.ingest import load_profile
from workbench.settings import Settings
from workbench.store import telemetry
from workbench.store.db import Store


@pytest.fixture
def workbench() -> Iterator[Workbench]:
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "logs.csv").write_text("time,service,message\n1700000000,web,ok\nnever,web,bad\n")
    (folder / "truth.json").write_text("{}")
    (folder / "empty.csv").write_text("")
    return folder


def test_counts_refusals_and_the_next_command_are_shown(workbench: Workbench, folder: Path) -> None:
    text = workbench.call("import_telemetry", path=[folder]).text()

    assert text.splitlines() == [
        "checkout: 1 logs; 1 rejected, 0 files already there",
        "  logs.csv  1 logs, 1 rejected",
        "`causeway rejected checkout` shows what was rejected, and why.",
        "  left truth.json: it names the cause; answers are never read",
        "  REFUSED empty.csv: the file is empty. There is nothing to import; leave it out",
        "",
        "Next:  causeway investigate checkout",
    ]


def test_a_second_time_it_says_so(workbench: Workbench, folder: Path) -> None:
    workbench.call("import_telemetry", path=[folder])
    again = workbench.call("import_telemetry", path=[folder])

    assert again.report.skipped == 1
    assert "logs.csv  already there, nothing added" in again.text()


def test_explain_imports_nothing(workbench: Workbench, folder: Path) -> None:
    found = workbench.call("import_telemetry", path=[folder / "logs.csv"], explain=True)

    assert found.report is None
    assert "format   csv -> logs" in found.text()
    assert telemetry.count(workbench.store)["logs"] == 0


def test_a_profile_can_be_saved_and_used(workbench: Workbench, folder: Path, tmp_path: Path) -> None:
    profile = tmp_path / "mine.yaml"
    shown = workbench.call("import_telemetry", path=[folder], save_profile=profile).text()
    report = workbench.call("import_telemetry", path=[folder], profile=str(profile), scope="other").report

    assert f"Next:  causeway import --profile {profile} PATH" in shown
    assert load_profile(profile).name == "mine"
    assert (report.scope, report.rows, report.sources[0].profile) == ("other", {"logs": 1}, "mine")


def test_progress_is_told(workbench: Workbench, folder: Path) -> None:
    seen: list[float] = []
    workbench.call("import_telemetry", path=[folder], on_progress=lambda done, total, text: seen.append(done))

    assert seen[0] == 0
    assert seen[-1] == (folder / "logs.csv").stat().st_size


def test_a_reference_was_sent_to_be_investigated_by_itself(workbench: Workbench, folder: Path) -> None:
    text = workbench.call("import_telemetry", path=[folder], role="reference").text()

    assert text.splitlines()[-1] == f"Next:  causeway analyze FOLDER --reference {folder}"


def test_a_profile_that_cannot_be_written_was_a_fault(workbench: Workbench, folder: Path) -> None:
    with pytest.raises(BadInput, match=r"no-such-folder.*cannot be written: No such file or directory"):
        workbench.call("import_telemetry", path=[folder], save_profile=folder / "no-such-folder" / "p.yaml")


@pytest.mark.parametrize("tool", ["import_telemetry", "analyze"])
def test_a_pipe_hung_for_ever(workbench: Workbench, folder: Path, tool: str) -> None:
    os.mkfifo(folder / "pipe")

    with pytest.raises(BadInput, match="neither a file nor a folder"):
        workbench.call(tool, path=[folder / "pipe"])


def test_a_reference_that_is_not_there_was_a_fault(workbench: Workbench, folder: Path) -> None:
    with pytest.raises(BadInput, match="nowhere: no such file or folder"):
        workbench.call("analyze", path=[folder], reference=[folder / "nowhere"])
