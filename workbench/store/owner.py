"""The one process that holds a workspace: it answers the calls of all others over a Unix socket.

DuckDB lets one process write a file and shuts out every other, even for reading. A call goes on to its end when its
caller hangs up, as nobody can tell how much of it was done; one without an end asks the progress it was given, which
has `is_gone`. Its client may also give a call a name, and cancel it by another call.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import struct
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.errors import CausewayError, StoreError
from workbench.store import lock
from workbench.store.frames import PROTOCOL, encode, error_frame, receive, receive_bytes, send

Progress = Callable[[float, float | None, str], None]
Handle = Callable[[str, dict[str, Any], Progress], Any]
"""Answers a call: name, arguments, progress -> something JSON can carry."""
Append = Callable[[str, int, bytes, str], int]
"""Stores a batch: table, source id, Arrow IPC stream, batch id -> rows; `telemetry.append_ipc` is one."""

_log = logging.getLogger(__name__)
_WORKERS = 32
# A wait that is longer than this is told, so that nobody thinks the program hangs.
_SILENT_S = 1.0


class Owner:
    """Holds a workspace from `acquire` to `close`, or until the process dies, however it dies."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor = descriptor
        old = lock.read(folder)
        for stale in {folder / lock.SOCKET_NAME, *([Path(old.socket)] if old else [])}:
            lock.remove_socket(stale)
        self.socket = lock.socket_path(folder)
        """Where it listens."""
        self._listener = _listen(self.socket)
        holder = lock.Holder(
            pid=os.getpid(), version=__version__, socket=str(self.socket), since_unix_nano=time.time_ns()
        )
        lock.write(descriptor, holder)
        self._handle: Handle | None = None
        self._append: Append | None = None
        self._links: set[socket.socket] = set()
        self._running = 0
        self._closing = False
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="causeway-call")
        # A forked child must not answer in our place nor keep the lock when we are gone.
        os.register_at_fork(after_in_child=partial(_forget, weakref.ref(self)))

    @classmethod
    def acquire(cls, path: Path) -> Owner | None:
        """Become the owner of a workspace folder, or return None when another process is.

        Callers that come before `serve` wait for it. A socket that a dead owner left behind is removed.

        Raises:
            BadInput: the folder cannot be used.
        """
        descriptor = lock.take(path)
        if descriptor is None:
            return None
        try:
            return cls(path, descriptor)
        except OSError as error:
            os.close(descriptor)
            raise StoreError(f"{path}: cannot listen for other processes: {error}") from error

    def serve(self, handle: Handle, *, append: Append | None = None) -> None:
        """Start to answer, each client in a thread of its own; returns at once.

        Args:
            handle: Answers calls. Several may run at the same time.
            append: Stores batches of rows; without it they are refused.
        """
        self._handle, self._append = handle, append
        threading.Thread(target=self._accept, name="causeway-owner", daemon=True).start()

    def drain(self, longest_s: float = 600.0) -> bool:
        """Take no new calls and wait until the running ones are answered; True when all are."""
        with self._changed:
            self._closing = True
            _close(self._listener)
            lock.remove_socket(self.socket)
            if not self._changed.wait_for(lambda: self._running == 0, min(_SILENT_S, longest_s)):
                _log.warning("Closing %s waits for calls of other processes: %d", self.folder, self._running)
            return self._changed.wait_for(lambda: self._running == 0, longest_s)

    def close(self) -> None:
        """Answer the calls that run, hang up, and let the next process have the workspace. Twice is fine."""
        if self._descriptor < 0:
            return
        self.drain()
        with self._changed:
            links = list(self._links)
        for link in links:
            _close(link)
        self._pool.shutdown(wait=False, cancel_futures=True)
        lock.write(self._descriptor, None)
        self._forget()

    def _forget(self) -> None:
        if self._descriptor >= 0:
            for link in (self._listener, *self._links):
                link.close()
            os.close(self._descriptor)
            self._descriptor = -1

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                # The listener was closed: that is how serving ends.
                return
            if not _same_user(link):
                _log.warning("A process of another user tried to reach the workspace %s", self.folder)
                link.close()
                continue
            threading.Thread(target=self._converse, args=(link,), name="causeway-client", daemon=True).start()

    def _converse(self, link: socket.socket) -> None:
        with self._changed:
            self._links.add(link)
        # The other side may hang up at any moment; its call goes on, there is only nobody to tell.
        with link, contextlib.suppress(OSError, StoreError):
            send(link, {"hello": {"protocol": PROTOCOL, "version": __version__, "pid": os.getpid()}})
            while (request := receive(link)) is not None:
                if not self._begin():
                    send(link, {"closing": True})
                    break
                try:
                    self._answer(link, request)
                finally:
                    self._end()
        with self._changed:
            self._links.discard(link)

    def _answer(self, link: socket.socket, request: dict[str, Any]) -> None:
        if "append" in request:
            payload = receive_bytes(link)
            if payload is None:
                return
            future = self._pool.submit(self._store, request, payload)
        else:
            future = self._pool.submit(self._call, link, request)
        # `exception()` waits, and gives back whatever went wrong, so that one bad call cannot end the thread.
        error = future.exception()
        if error is None:
            link.sendall(future.result())
            return
        if not isinstance(error, CausewayError):
            _log.error("A call failed: %s", request.get("call", "append"), exc_info=error)
        send(link, error_frame(error))

    def _call(self, link: socket.socket, request: dict[str, Any]) -> bytes:
        if self._handle is None:
            raise StoreError("the workspace is not served")

        caller = _Caller(link, str(request.get("as_call", "")))
        return encode({"result": self._handle(str(request["call"]), request.get("arguments", {}), caller)})

    def _store(self, request: dict[str, Any], payload: bytes) -> bytes:
        if self._append is None:
            raise StoreError("this owner takes no batches of rows")
        table, source_id, batch_id = str(request["append"]), int(request["source_id"]), str(request["batch_id"])
        return encode({"stored": self._append(table, source_id, payload, batch_id)})

    def _begin(self) -> bool:
        with self._changed:
            if self._closing:
                return False
            self._running += 1
            return True

    def _end(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()


class _Caller:
    """Who waits for the answer to one call: is told how far it is, and may have hung up."""

    def __init__(self, link: socket.socket, as_call: str) -> None:
        self._link = link
        self.as_call = as_call
        """What the client calls this call, to cancel it by; empty when it has no name for it."""
        self._talking = threading.Lock()

    def __call__(self, done: float, total: float | None = None, text: str = "") -> None:
        """Tell the progress; a client that does not listen misses it, as it must not hold up the work."""
        with self._talking, contextlib.suppress(OSError, ValueError):
            if select.select([], [self._link], [], 0)[1]:
                send(self._link, {"progress": [done, total, text]})

    def is_gone(self) -> bool:
        """Tell whether the client has hung up; one that waits for an answer says nothing else."""
        try:
            readable = bool(select.select([self._link], [], [], 0)[0])
            return readable and not self._link.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True


def _forget(owner: weakref.ref[Owner]) -> None:
    there = owner()
    if there is not None:
        there._forget()


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # On Linux a socket's file takes the mode of its descriptor, so it is private from its first moment.
        with contextlib.suppress(OSError):
            os.fchmod(listener.fileno(), 0o600)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _close(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # Closing alone does not wake a thread that waits in accept or recv.
        link.shutdown(socket.SHUT_RDWR)
    link.close()


def _same_user(link: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # The socket's mode keeps others out.
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(uid) == os.getuid()
