"""Starts the child processes of one owner: each has a socket to its owner, a job, and perhaps a log."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from workbench.engine.events import Job
from workbench.engine.forkserver import Forkserver
from workbench.engine.wire import Wire
from workbench.errors import FlowError
from workbench.flow.graph import Flow
from workbench.guard.rules import current
from workbench.guard.secrets import SecretStore


class Children:
    """One fork server, started when it is first needed and again when it is gone."""

    def __init__(self, folder: Path | None, secrets: SecretStore) -> None:
        """Prepare.

        Args:
            folder: The workspace; logs of runs go to `runs/` in it.
            secrets: What flows may refer to.
        """
        self._folder, self._secrets = folder, secrets
        self._lock = threading.Lock()
        self._closed = False
        self.server: Forkserver | None = None

    def prepare(self) -> None:
        """Start the fork server now, so that the first run does not wait for it; it takes a core for some seconds."""
        with suppress(FlowError):
            self._forkserver()

    def job(self, task: Literal["run", "check", "probe", "peek"], flow: Flow, folder: Path | None, **more: Any) -> Job:
        """Return what a child is there for."""
        return Job(task=task, flow=flow, folder=self.base(folder), secrets=self._secrets.names(), pii=current(), **more)

    def base(self, folder: Path | None) -> str:
        """Return what relative paths are relative to; the workspace when nothing is said."""
        return str((folder or self._folder or Path()).resolve())

    def spawn(self, job: Job, on_exit: Callable[[int], None], name: str) -> tuple[Wire, int, Path | None]:
        """Start a child.

        Args:
            job: Its job.
            on_exit: Told its exit code.
            name: Of its log; `check` has none.

        Returns:
            The way to it, its process id, and its log.

        Raises:
            FlowError: it could not be started, or ended at once.
        """
        server = self._forkserver()
        ours, theirs = socket.socketpair()
        log = self._log_file(name)
        try:
            pid = server.start(theirs, log[0], on_exit)
        except BaseException:
            ours.close()
            raise
        finally:
            os.close(log[0])
        wire = Wire(ours)
        try:
            wire.send(job)
        except OSError as error:
            wire.close()
            raise FlowError(f"the child process of the run ended at once: {error}") from error
        return wire, pid, log[1]

    def refuse(self) -> None:
        """Start nothing any more."""
        self._closed = True

    def close(self) -> None:
        """End the fork server and with it every child."""
        with self._lock:
            server, self.server = self.server, None
        if server:
            server.close()

    def _forkserver(self) -> Forkserver:
        with self._lock:
            if self._closed:
                raise FlowError("the workspace is closing; nothing new is run")
            if self.server is None or not self.server.alive:
                self.server = Forkserver()
            return self.server

    def _log_file(self, name: str) -> tuple[int, Path | None]:
        if self._folder is None or name == "check":
            return os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC), None
        path = self._folder / "runs" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600), path
