"""A control server in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.export.served import PROGRAM, TOKEN, Control, Start
from workbench.engine.export.control_text import control_text


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def begin(program: str = PROGRAM, **environment: str) -> Control:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (tmp_path / "control.py").write_text(control_text())
        (tmp_path / "flow.py").write_text(program)
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        told = {"FLOW_PROGRAM": str(tmp_path / "flow.py"), "FLOW_DATA": str(data), "FLOW_PORT": str(port),
                "FLOW_HOST": "127.0.0.1", "CONTROL_TOKEN": TOKEN, "FLOW_FILES": str(tmp_path / "files")}  # fmt: skip
        command = [sys.executable, "-I", str(tmp_path / "control.py")]
        process = subprocess.Popen(
            command, env=plain | told | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        begun.append(process)
        control = Control(process, port, data)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                control.ask("/livez")
                return control
            except OSError:
                time.sleep(0.05)
        assert process.stdout is not None
        raise AssertionError(f"exit code {process.poll()}: {process.stdout.read()}")

    yield begin
    for process in begun:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
