"""Speaks with a container runtime of this machine: podman, or docker when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from workbench import cancel
from workbench.errors import FlowError, NoRuntime

LABEL = "causeway.flow"
RUNTIMES = ("podman", "docker")
_ASK_S = 20.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """One that answered."""

    name: str
    path: str

    def run(self, *arguments: str, timeout_s: float = 120.0) -> str:
        """Run one command and return what it says on standard output.

        Raises:
            FlowError: it failed; the message has the last line that it said.
        """
        try:
            done = subprocess.run(  # noqa: S603 - arguments are a list, no shell reads them
                [self.path, *arguments], capture_output=True, text=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise FlowError(f"{self.name} {arguments[0]} did not end within {timeout_s:.0f} s") from error
        if done.returncode:
            raise FlowError(f"{self.name} {arguments[0]} failed: {_last_line(done.stderr or done.stdout)}")
        return done.stdout

    def stream(self, *arguments: str, on_line: Callable[[str], None]) -> None:
        """Run one command and hand over each line that it says; raises `FlowError` when it fails."""
        lines: list[str] = []
        with subprocess.Popen(  # noqa: S603
            [self.path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            try:
                with cancel.woken(process.terminate):
                    for line in process.stdout:
                        lines = [*lines[-50:], line.rstrip()]
                        on_line(line.rstrip())
                cancel.check()
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise FlowError(f"{self.name} {arguments[0]} failed: {_last_line(chr(10).join(lines))}")


def find_runtime() -> Runtime:
    """Return the first runtime that answers.

    Raises:
        NoRuntime: none does; the message says why for each.
    """
    tried = []
    for name in RUNTIMES:
        path = shutil.which(name)
        if path is None:
            tried.append(f"{name} is not installed")
            continue
        try:
            # A docker without its daemon, and a podman without its machine, are installed and of no use.
            Runtime(name, path).run("info", timeout_s=_ASK_S)
        except FlowError as error:
            tried.append(str(error).rstrip("."))
            continue
        return Runtime(name, path)
    raise NoRuntime(tried)


def as_user(runtime: Runtime) -> list[str]:
    """Return the arguments that let the container's user read the files of whoever starts it."""
    if os.geteuid() == 0:
        return []
    user = f"{os.geteuid()}:{os.getegid()}"
    return ["--user", user, *(["--userns", "keep-id"] if runtime.name == "podman" else [])]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:500] if lines else "it said nothing"
