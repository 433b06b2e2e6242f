"""A workspace is one folder; the first process owns it, all others call through it, and two workspaces never mix."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workbench import open_workbench
from workbench.core import RemoteWorkbench, Workbench, workspace_folder
from workbench.errors import BadInput, NotFound
from workbench.facts.run import Run, RunStatus
from workbench.store import runs

OWN = """
import sys, time
from workbench import open_workbench
workbench = open_workbench(sys.argv[1])
print(type(workbench).__name__, flush=True)
time.sleep(60)
"""


def other_process(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OWN, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline().strip() == "Workbench"
    return process


def end(process: subprocess.Popen[str], number: int) -> None:
    process.send_signal(number)
    process.communicate(timeout=10)


def test_a_new_folder_becomes_a_workspace(tmp_path: Path) -> None:
    with open_workbench(tmp_path / "w") as workbench:
        assert isinstance(workbench, Workbench)
        assert workbench.call("incidents") == []

    assert (tmp_path / "w/causeway.duckdb").exists()
    assert (tmp_path / "w/causeway.toml").exists()


def test_the_second_process_calls_through_the_first_and_takes_over_when_it_is_killed(tmp_path: Path) -> None:
    first = other_process(tmp_path)
    with open_workbench(tmp_path) as second:
        assert isinstance(second, RemoteWorkbench)
        assert second.call("incidents", limit=5) == []

        end(first, signal.SIGKILL)

        assert second.call("incidents") == []
        third = open_workbench(tmp_path)
        assert isinstance(third, RemoteWorkbench | Workbench)
        third.close()


def test_errors_keep_their_type_across_processes(tmp_path: Path) -> None:
    first = other_process(tmp_path)
    try:
        with open_workbench(tmp_path) as second, pytest.raises(NotFound, match="INC-99"):
            second.call("incident", incident_id="INC-99")
    finally:
        end(first, signal.SIGTERM)


def test_two_workspaces_never_mix(tmp_path: Path) -> None:
    with open_workbench(tmp_path / "a") as one, open_workbench(tmp_path / "b") as other:
        one.call("simulate", out=tmp_path / "data", healthy=True, minutes=1, seed=5)
        one.call("import_telemetry", path=[tmp_path / "data"])

        assert len(one.call("sources")) > 0
        assert other.call("sources") == []


def test_a_wrong_argument_says_what_is_taken(tmp_path: Path) -> None:
    with (
        open_workbench(in_memory=True) as workbench,
        pytest.raises(BadInput, match=r"incidents: limit = 'x'.*It takes: "),
    ):
        workbench.call("incidents", limit="x")


def test_an_unknown_tool_is_refused_with_the_known_ones() -> None:
    with (
        open_workbench(in_memory=True) as workbench,
        pytest.raises(NotFound, match=r"no tool .incident_list.*incidents"),
    ):
        workbench.call("incident_list")


def test_a_file_cannot_be_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match="cannot be used as a workspace"):
        open_workbench(tmp_path / "file")


def test_an_empty_name_made_the_current_folder_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(BadInput, match="empty name"):
        open_workbench("")

    assert list(tmp_path.iterdir()) == []


def test_which_folder_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CAUSEWAY_WORKSPACE", raising=False)
    assert workspace_folder() == Path.home() / "causeway"

    (tmp_path / "causeway.toml").write_text("")
    assert workspace_folder() == tmp_path

    monkeypatch.setenv("CAUSEWAY_WORKSPACE", str(tmp_path / "named"))
    assert workspace_folder() == tmp_path / "named"
    assert workspace_folder(tmp_path / "given") == tmp_path / "given"


def test_a_run_that_died_with_its_owner_is_said_to_have_failed(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as workbench:
        assert isinstance(workbench, Workbench)
        runs.create(workbench.store, Run(run_id="run-1", flow_name="f", started_unix_nano=1))
        runs.move(workbench.store, "run-1", RunStatus.STARTING)

    with open_workbench(tmp_path) as workbench:
        assert isinstance(workbench, Workbench)
        found = runs.get(workbench.store, "run-1")

    assert (found.status, found.exit_reason) == (RunStatus.FAILED, "failed: the process ended")
    assert found.ended_unix_nano
