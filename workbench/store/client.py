"""Calls the process that holds a workspace."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.errors import OwnerGone, StoreError
from workbench.store import lock
from workbench.store.frames import PROTOCOL, check_size, error_of, receive, send, send_bytes

Progress = Callable[[float, float | None, str], None]

_RETRY_S = 0.02


class Client:
    """Reaches the owner of a workspace. Any number of threads may call at once: each call has its own connection."""

    def __init__(self, path: Path, *, wait_s: float = 30.0) -> None:
        self.path = path
        self.wait_s = wait_s
        """How long an owner that is opening or closing the workspace is waited for, in seconds."""
        self._appending: socket.socket | None = None
        self._guard = threading.Lock()

    def call(
        self, name: str, arguments: dict[str, Any], on_progress: Progress | None = None, *, as_call: str = ""
    ) -> Any:
        """Call a tool and return its result as JSON gives it; `as_call` is a name by which it can be cancelled.

        Raises:
            OwnerGone: there is no owner, or it went before it answered; `sent` tells whether it may have the call.
            CausewayError: what the tool raised, of the same class and with the same message.
        """
        with self._connect() as link:
            self._send(link, {"call": name, "arguments": arguments, "as_call": as_call})
            while (answer := receive(link)) is not None:
                if "progress" in answer:
                    if on_progress:
                        done, total, text = answer["progress"]
                        on_progress(done, total, text)
                elif "closing" in answer:
                    raise OwnerGone(f"{self.path}: the process that holds the workspace is closing", sent=False)
                elif "error" in answer:
                    raise error_of(answer)
                else:
                    return answer.get("result")
        raise OwnerGone(f"{self.path}: the process that held the workspace went away during {name!r}", sent=True)

    def append(self, table: str, source_id: int, payload: bytes, batch_id: str) -> int:
        """Store an Arrow IPC stream; when this returns, its rows are on disk.

        After `OwnerGone` the same batch can be sent again to the next owner: a batch id is stored once.

        Raises:
            OwnerGone: there is no owner, or it went before it answered.
            CausewayError: the owner refused the batch.
        """
        check_size(payload)
        with self._guard:
            link = self._appending = self._appending or self._connect()
            try:
                self._send(link, {"append": table, "source_id": source_id, "batch_id": batch_id})
                send_bytes(link, payload)
                answer = receive(link)
            except OSError:
                answer = None
            if answer is None or "closing" in answer:
                self._hang_up()
                raise OwnerGone(f"{self.path}: the process that held the workspace went away", sent=True)
        if "error" in answer:
            raise error_of(answer)
        return int(answer["stored"])

    def close(self) -> None:
        """Hang up. Calls of other threads go on."""
        with self._guard:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._appending is not None:
            self._appending.close()
            self._appending = None

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + self.wait_s
        while True:
            link = self._try(deadline)
            if link is not None:
                return link
            if not lock.is_held(self.path):
                raise OwnerGone(f"{self.path}: no process holds the workspace")
            if time.monotonic() > deadline:
                holder = lock.read(self.path)
                who = f"process {holder.pid}" if holder else "another process"
                raise OwnerGone(f"{self.path}: {who} holds the workspace but does not answer. End it, then try again")
            time.sleep(_RETRY_S)

    def _try(self, deadline: float) -> socket.socket | None:
        holder = lock.read(self.path)
        if holder is None:
            return None
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            link.settimeout(max(0.1, deadline - time.monotonic()))
            link.connect(holder.socket)
            hello = receive(link)
        except OSError:
            hello = None
        if hello is None:
            link.close()
            return None
        link.settimeout(None)
        found = hello.get("hello", {})
        if found.get("protocol") != PROTOCOL:
            link.close()
            raise StoreError(
                f"{self.path} is held by Causeway {found.get('version')} (process {found.get('pid')}), which speaks "
                "another protocol. Close it, then try again"
            )
        return link

    def _send(self, link: socket.socket, message: dict[str, Any]) -> None:
        try:
            send(link, message)
        except OSError as error:
            with contextlib.suppress(OSError):
                link.close()
            raise OwnerGone(f"{self.path}: the process that held the workspace went away", sent=True) from error
