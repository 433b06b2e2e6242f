"""A connector that speaks the Airbyte protocol: how it is started, and what it says on its standard output."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from workbench.errors import SystemUnfit, Unreachable

LOOK_S = 0.2
"""How often to look whether the run shall end while the connector says nothing."""
LONGEST_LINE = 64 << 20


class Program:
    """A connector's command; each call of `say` starts it once."""

    def __init__(self, command: Sequence[str], where: str, stopping: Callable[[], bool] = lambda: False) -> None:
        """Prepare.

        Args:
            command: What is started, before the protocol's own words.
            where: Its name for errors.
            stopping: Tells when to end it.
        """
        self._command, self.where, self._stopping = list(command), where, stopping

    def say(self, verb: str, **documents: Any) -> Iterator[dict[str, Any]]:
        """Start the connector and yield its messages.

        Args:
            verb: check, discover or read.
            documents: Content of `--config`, `--catalog` and `--state`; those that are None are left out.

        Raises:
            SystemUnfit: it cannot be started, or says that its configuration is wrong.
            Unreachable: it ended with another error.
        """
        with ExitStack() as kept:
            command, passed = [*self._command, verb], []
            for name, document in documents.items():
                if document is not None:
                    path, handle = kept.enter_context(_readable(json.dumps(document).encode()))
                    command += [f"--{name}", path]
                    passed += [handle] if handle is not None else []
            process = kept.enter_context(self._started(command, passed))
            for line in self._lines(process):
                message = _message(line)
                if message is not None:
                    self._fail_if_told(message)
                    yield message
            if not self._stopping() and process.wait():
                raise Unreachable(self.where, f"the connector ended with code {process.returncode}")

    @contextmanager
    def _started(self, command: list[str], passed: list[int]) -> Iterator[subprocess.Popen[bytes]]:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own command is the purpose of the node
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=passed
            )
        except OSError as error:
            raise SystemUnfit(self.where, f"cannot be started: {error.strerror}") from error
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(3)
                except subprocess.TimeoutExpired:
                    process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def _lines(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        handle = process.stdout.fileno() if process.stdout is not None else -1
        rest = b""
        while not self._stopping():
            if not select.select([handle], [], [], LOOK_S)[0]:
                continue
            came = os.read(handle, 1 << 16)
            if not came:
                break
            *lines, rest = (rest + came).split(b"\n")
            yield from lines
            if len(rest) > LONGEST_LINE:
                raise SystemUnfit(self.where, f"a message has more than {LONGEST_LINE >> 20} MB")
        if rest.strip() and not self._stopping():
            yield rest

    def _fail_if_told(self, message: Mapping[str, Any]) -> None:
        trace = message.get("trace") or {}
        if message.get("type") != "TRACE" or trace.get("type") != "ERROR":
            return
        error = trace.get("error") or {}
        said = str(error.get("message") or "an error without a message")[:400].rstrip(".")
        if error.get("failure_type") == "config_error":
            raise SystemUnfit(self.where, said)
        raise Unreachable(self.where, said)


def _message(line: bytes) -> dict[str, Any] | None:
    """Return a message; connectors also write lines that are none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("type"), str) else None


@contextmanager
def _readable(content: bytes) -> Iterator[tuple[str, int | None]]:
    """Yield a path that the connector can read, and the handle that it has to inherit for it.

    A configuration holds secrets, so it lies in memory where the system can do that.
    """
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("causeway")
        try:
            with open(handle, "wb", closefd=False) as file:
                file.write(content)
            yield f"/proc/self/fd/{handle}", handle
        finally:
            os.close(handle)
        return
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(content)
        file.flush()
        yield file.name, None
