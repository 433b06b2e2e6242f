"""How a run ended, in words: by what its process said, its exit code, the signals it was sent, and its log."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.events import Ended
from workbench.engine.outcome import outcome
from workbench.facts.run import RunStatus

FAILED, CANCELLED = RunStatus.FAILED, RunStatus.CANCELLED


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param({"ended": Ended(reason="done"), "code": 0}, (RunStatus.SUCCEEDED, "done", ""), id="by-itself"),
        pytest.param({"ended": Ended(reason="stopped"), "code": 0}, (RunStatus.STOPPED, "stopped", ""), id="in-order"),
        pytest.param(
            {"ended": Ended(reason="failed", node="read", message="no such file"), "code": 3},
            (FAILED, "failed: no such file", "read"),
            id="error-at-a-node",
        ),
        pytest.param(
            {"ended": Ended(reason="failed", message="MemoryError: "), "code": 3},
            (FAILED, "failed: out of memory: MemoryError: ", ""),
            id="python-has-no-memory",
        ),
        pytest.param({"code": 7}, (FAILED, "failed: the process ended with code 7 and said nothing", ""), id="code"),
        pytest.param({"code": -signal.SIGSEGV}, (FAILED, "killed by signal 11", ""), id="crash"),
        pytest.param({"code": -signal.SIGKILL}, (FAILED, "killed", ""), id="killed-by-others"),
        pytest.param(
            {"code": -signal.SIGKILL, "kernel_killed": True},
            (FAILED, "out of memory: killed by the system", ""),
            id="killed-because-memory-ran-out",
        ),
        pytest.param(
            {"code": -signal.SIGKILL, "signals": [signal.SIGTERM, signal.SIGKILL]},
            (CANCELLED, "killed", ""),
            id="killed-by-us",
        ),
        pytest.param(
            {"code": 143, "signals": [signal.SIGTERM]}, (CANCELLED, "stopped without draining", ""), id="not-drained"
        ),
    ],
)
def test_reasons(arguments: dict[str, Any], expected: tuple[RunStatus, str, str]) -> None:
    assert outcome(**{"ended": None, "signals": [], "log": None} | arguments) == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(
            "starting\nmemory allocation of 17179869184 bytes failed\n",
            "out of memory (memory allocation of 17179869184 bytes failed)",
            id="the-engine-has-no-memory",
        ),
        pytest.param(
            "thread 'worker-0' panicked at src/engine.rs:4: no\nnote: run with a backtrace\n",
            "panic (thread 'worker-0' panicked at src/engine.rs:4: no)",
            id="panic",
        ),
    ],
)
def test_the_log_tells_why_a_process_gave_up(said: str, reason: str, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text(said)

    assert outcome(None, -signal.SIGABRT, [], log) == (FAILED, reason, "")


def test_a_process_that_got_no_more_memory_is_told_as_such(tmp_path: Path) -> None:
    # More than any machine has: the process asks for it and is refused.
    greedy = "bytearray(2**60)"
    log = tmp_path / "run.log"
    with log.open("w") as stream:
        code = subprocess.run([sys.executable, "-c", greedy], stderr=stream, check=False).returncode

    assert outcome(None, code, [], log) == (FAILED, "out of memory (MemoryError)", "")
