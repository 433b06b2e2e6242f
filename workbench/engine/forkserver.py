"""One process that has imported Pathway and forks a child per run: 0.1 s instead of 4-8 s to a finished small run.

Python's own fork server would run the user's main script again in each child, so this is a small one of ours.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from queue import Empty, Queue

from workbench.errors import FlowError

_REPLY = struct.Struct("!Bii")
_STARTED, _EXITED = 1, 2
START_S = 120.0
"""Longest time to import Pathway on a cold and busy machine."""


class Forkserver:
    """The owner's side: starts children and tells when they are gone."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PATHWAY_")}
        # Row fingerprints are hashes; a fixed seed makes them equal in every child.
        environment["PYTHONHASHSEED"] = "0"
        command = [sys.executable, "-P", "-m", "workbench.engine.forkserver", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
                command,
                pass_fds=[theirs.fileno()],
                env=environment | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                stdin=subprocess.DEVNULL,
                # Of its own: Ctrl-C on the terminal is for the owner, who then stops the runs in order.
                start_new_session=True,
            )
        self._control = ours
        self._starting = threading.Lock()
        self._started: Queue[int] = Queue()
        self._unheard = 0
        """Answers that nobody waited for: Ctrl-C may come before one, and it must not be taken for the next one."""
        self._watching = threading.Lock()
        self._exits: dict[int, int] = {}
        self._on_exit: dict[int, Callable[[int], None]] = {}
        self.alive = True
        self._listener = threading.Thread(target=self._listen, daemon=True, name="forkserver")
        self._listener.start()

    def start(self, end: socket.socket, log: int, on_exit: Callable[[int], None]) -> int:
        """Fork a child that talks over `end` and writes its standard error to the file `log`.

        Args:
            end: The child's end of a socket pair; closed here.
            log: A file descriptor.
            on_exit: Called once with the exit code; negative for a signal.

        Returns:
            The child's process id.

        Raises:
            FlowError: the fork server is gone.
        """
        with self._starting, end:
            try:
                while self._unheard:
                    self._started.get(timeout=START_S)
                    self._unheard -= 1
                socket.send_fds(self._control, [b"f"], [end.fileno(), log])
                self._unheard = 1
                pid = self._started.get(timeout=START_S)
                self._unheard = 0
            except (OSError, Empty) as error:
                raise FlowError(f"no child process for the run could be started: {error or 'no answer'}") from error
        if pid < 0:
            raise FlowError("no child process for the run could be started: the machine has no room for one. Try again")
        with self._watching:
            if pid not in self._exits:
                self._on_exit[pid] = on_exit
                return pid
            code = self._exits.pop(pid)
        on_exit(code)
        return pid

    def close(self) -> None:
        """End the fork server and with it every child."""
        self._process.kill()
        self._listener.join()

    def _listen(self) -> None:
        while True:
            try:
                reply = self._control.recv(_REPLY.size, socket.MSG_WAITALL)
            except OSError:
                reply = b""
            if len(reply) < _REPLY.size:
                break
            kind, pid, code = _REPLY.unpack(reply)
            if kind == _STARTED:
                self._started.put(pid)
                continue
            with self._watching:
                told = self._on_exit.pop(pid, None)
                if told is None:
                    self._exits[pid] = code
            if told is not None:
                told(code)
        self.alive = False
        self._control.close()
        self._process.wait()
        self._started.put(-1)
        with self._watching:
            left, self._on_exit = self._on_exit, {}
        for told in left.values():
            told(-signal.SIGKILL)


def serve(control: socket.socket) -> None:
    """Fork a child for each message until the owner hangs up."""
    from workbench.engine import warm, worker
    from workbench.flow.catalog import load_catalog

    warm.up(load_catalog())
    here = os.getpid()
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wake)
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is control:
                    message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
                    if not message:
                        return
                    pid = _fork()
                    if pid == 0:
                        signal.set_wakeup_fd(-1)
                        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                        for descriptor in (control.fileno(), woken, wake):
                            os.close(descriptor)
                        os.dup2(descriptors[1], 1)
                        os.dup2(descriptors[1], 2)
                        code = worker.EXIT_FAILED
                        try:
                            code = worker.main(socket.socket(fileno=descriptors[0]), here)
                        finally:
                            # Whatever happens, a child must never come back into this loop and fork as well.
                            os._exit(code)
                    for descriptor in descriptors:
                        os.close(descriptor)
                    control.sendall(_REPLY.pack(_STARTED, pid, 0))
                else:
                    os.read(woken, 512)
                    _reap(control)


def _fork() -> int:
    """Fork; return -1 when the machine has no room for another process."""
    try:
        return os.fork()
    except OSError:
        return -1


def _reap(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        control.sendall(_REPLY.pack(_EXITED, pid, os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
