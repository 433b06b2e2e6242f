"""Whatever happens, the command ends with one sentence and an exit code that scripts can use."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import BadInput, NotFound, OwnerGone, StoreError
from workbench.faces.cli.endings import run_to_the_end

CLI = "from workbench.faces.cli.main import main; main()"
WAIT = """
import time
from workbench.faces.cli.endings import end_in_order, run_to_the_end
end_in_order()
def wait():
    print("waiting", flush=True)
    time.sleep(60)
run_to_the_end(wait)
"""
FAULT = """
from workbench.faces.cli.endings import keep_faults_short
keep_faults_short()
raise ZeroDivisionError("by nothing")
"""


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        pytest.param(BadInput("x"), 2, "causeway: x", id="bad-input"),
        pytest.param(NotFound("incident", "INC-9"), 2, "causeway: no incident 'INC-9'", id="unknown-id"),
        pytest.param(StoreError("full"), 1, "causeway: full", id="failed"),
        pytest.param(
            OwnerGone(), 1, "causeway: the process that held the workspace went away. Call it again", id="again"
        ),
        pytest.param(FileNotFoundError(2, "No such file", "/a/b"), 1, "causeway: /a/b: No such file", id="system"),
        pytest.param(KeyboardInterrupt(), 130, "Stopped.", id="ctrl-c"),
        pytest.param(RuntimeError("Query interrupted"), 130, "Stopped.", id="ctrl-c-in-a-query-showed-a-traceback"),
    ],
)
def test_errors_become_one_sentence_and_a_code(
    error: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run_to_the_end(raising(error))

    assert (stop.value.code, capsys.readouterr().err.strip()) == (code, sentence)


def test_a_reader_that_went_away_made_the_command_fail(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("".join(f"user {number} came in\n" for number in range(5000)))
    command = [sys.executable, "-c", CLI, "templates", "--jsonl", str(tmp_path / "a.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith('{"file"')
        process.stdout.close()

        assert (process.wait(30), process.stderr.read()) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_request_to_end_killed_the_command_without_closing_anything(number: signal.Signals) -> None:
    command = [sys.executable, "-c", WAIT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (128 + number, "Stopped.\n")


def test_a_fault_of_ours_showed_its_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", FAULT], capture_output=True, text=True, check=False)
    file = Path(re.findall(r"\S+\.txt", done.stderr)[0])

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "ZeroDivisionError: by nothing" in done.stderr
    assert "Traceback" in file.read_text()
    file.unlink()
