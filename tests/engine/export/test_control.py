"""The control server as it goes into an image: one file, a process of its own, asked over HTTP."""

from __future__ import annotations

import ast
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.export.served import PROGRAM, TOKEN, Control, Start
from workbench.engine.export.control_text import control_text


def test_it_needs_nothing_but_python() -> None:
    imported = {
        (name.name if isinstance(node, ast.Import) else str(node.module)).split(".")[0]
        for node in ast.walk(ast.parse(control_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert imported <= set(sys.stdlib_module_names)


def test_a_flow_runs_is_stopped_in_order_and_triggered_again(start: Start) -> None:
    control = start()

    running = control.wait_for("running")
    stopped = control.ask("/stop", "POST")
    ended = control.wait_for("stopped")
    again = control.ask("/trigger", "POST")
    twice = control.ask("/trigger", "POST")

    assert (running["rows"], ended["exit_code"], ended["stopped"]) == (
        [{"node": "read", "direction": "out", "rows": 3}], 0, 1,
    )  # fmt: skip
    assert (control.data / "drained").read_text() == "yes"
    assert [answer.code for answer in (stopped, again, twice)] == [202, 202, 409]
    assert "the flow is" in twice.json["error"]
    control.wait_for("running")


def test_the_container_is_stopped_in_order(start: Start) -> None:
    control = start()
    control.wait_for("running")

    control.process.send_signal(signal.SIGTERM)

    assert control.process.wait(30) == 0
    assert (control.data / "drained").exists()


def test_probes_need_no_token_and_all_else_does(start: Start) -> None:
    control = start()
    control.wait_for("running")

    assert [control.ask(path, token=None).code for path in ("/livez", "/readyz", "/startupz")] == [200, 200, 200]
    for token in (None, "wrong", TOKEN + "x"):
        codes = [control.ask(path, token=token).code for path in ("/status", "/metrics", "/nothing")]
        assert [*codes, control.ask("/stop", "POST", token=token).code] == [401] * 4
    assert control.ask("/stop", "POST", Origin="http://evil.example").code == 403
    assert control.ask("/nothing").code == 404
    assert control.ask("/status").json["state"] == "running"


def test_metrics_can_be_read_by_prometheus(start: Start) -> None:
    control = start()
    control.wait_for("running")

    lines = control.ask("/metrics").text.splitlines()

    assert "causeway_flow_up 1" in lines
    assert 'causeway_flow_state{state="running"} 1' in lines
    assert 'causeway_flow_rows{node="read",direction="out"} 3' in lines
    assert r'causeway_flow_rejected_rows{node="a\"b"} 1' in lines
    assert 'causeway_flow_runs_total{result="failed"} 0' in lines


def test_the_program_never_gets_the_token(start: Start) -> None:
    control = start()
    control.wait_for("running")

    log = control.ask("/status").json["log"]

    assert "it runs with []" in log


def test_a_program_that_fails_is_started_again_until_the_limit(start: Start) -> None:
    control = start("import sys; print('no luck'); sys.exit(7)", FLOW_RESTART_LIMIT="1")

    found = control.wait_for("failed")
    deadline = 100
    while "control: it failed 2 times in a row; POST /trigger starts it again" not in found["log"] and deadline:
        found, deadline = control.wait_for("failed"), deadline - 1
        time.sleep(0.1)

    assert (found["exit_code"], found["failed"], found["restarts"]) == (7, 2, 1)
    assert [control.ask(path).code for path in ("/livez", "/readyz", "/startupz")] == [200, 503, 503]
    assert found["log"].count("no luck") == 2


def test_a_program_that_does_not_end_is_killed(start: Start) -> None:
    stubborn = PROGRAM.replace("lambda *_: over.set()", "signal.SIG_IGN").replace(
        "over.wait(60)", "signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf', 'w'); over.wait(60)"
    )
    control = start(stubborn, FLOW_GRACE_S="0.2")
    control.wait_for("running")
    while not (control.data / "deaf").exists():
        time.sleep(0.05)

    control.ask("/stop", "POST")

    assert control.wait_for("failed")["exit_code"] == -9
    assert control.ask("/trigger", "POST").code == 202


def test_idle_connections_do_not_shut_others_out(start: Start) -> None:
    control = start(FLOW_AUTOSTART="false")
    idle = [socket.create_connection(("127.0.0.1", control.port)) for _ in range(40)]

    # The idle ones are hung up on; until then an answer may have to be asked for again.
    answers: list[int] = []
    deadline = time.monotonic() + 60
    while not answers and time.monotonic() < deadline:
        with suppress(OSError):
            answers.append(control.ask("/livez", token=None).code)
    for one in idle:
        one.close()

    assert answers == [200]


def test_without_autostart_it_waits_to_be_triggered(start: Start) -> None:
    control = start("import time; time.sleep(0.1)", FLOW_AUTOSTART="false")

    assert control.ask("/status").json["state"] == "idle"
    assert [control.ask(path).code for path in ("/livez", "/readyz", "/startupz")] == [200, 200, 200]

    control.ask("/trigger", "POST")
    assert control.wait_for("succeeded")["succeeded"] == 1


def test_files_of_the_flow_are_laid_once(start: Start, tmp_path: Path) -> None:
    (tmp_path / "files" / "deep").mkdir(parents=True)
    (tmp_path / "files" / "deep" / "mine.py").write_text("shipped")
    (tmp_path / "files" / "table.csv").write_text("shipped")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv").write_text("mine")

    control: Control = start()
    control.wait_for("running")

    assert (control.data / "deep" / "mine.py").read_text() == "shipped"
    assert (control.data / "table.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"CONTROL_TOKEN": "short"}, "there is no token of 16 characters or more; put one into"),
        ({"FLOW_RESTART": "maybe"}, "FLOW_RESTART = 'maybe' does not fit: never, on-failure or always"),
        ({"FLOW_GRACE_S": "soon"}, "FLOW_GRACE_S = 'soon' does not fit: a number"),
        ({"FLOW_PROCESSES": "3", "FLOW_THREADS": "3"}, "FLOW_PROCESSES times FLOW_THREADS has to be 1 to 8"),
    ],
)
def test_settings_that_do_not_fit_are_said(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    (tmp_path / "control.py").write_text(control_text())

    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "control.py")],
        env={"CONTROL_TOKEN": TOKEN, "FLOW_PORT": "0", **environment}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (2, True, 1)
