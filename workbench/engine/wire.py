"""Carries events between a run and its owner: frames of JSON over a socket, some with bytes behind them."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from workbench.engine.events import ADAPTER, Event

_HEAD = struct.Struct("!IQ")


class Wire:
    """One end of the socket between a run and its owner. Any thread may send; one thread receives."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._sending = threading.Lock()
        self.scrub: Callable[[str], str] | None = None
        """Takes secrets out of what an error says; of events that have such texts, the fields that `said` names."""
        self._reader = end.makefile("rb")

    def send(self, event: Event, blob: bytes | memoryview = b"") -> None:
        """Send a frame; waits while the other side does not read. Raises OSError when it is gone."""
        said = getattr(event, "said", ())
        if self.scrub is not None and said:
            event = event.model_copy(update={name: self.scrub(getattr(event, name)) for name in said})
        text = json.dumps(event.model_dump(mode="json")).encode()
        with self._sending:
            self._end.sendall(_HEAD.pack(len(text), len(blob)) + text)
            if len(blob):
                self._end.sendall(blob)

    def receive(self) -> tuple[Event, bytes] | None:
        """Return the next frame, or None when the other side is gone."""
        try:
            head = self._reader.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            size, extra = _HEAD.unpack(head)
            text, blob = self._reader.read(size), self._reader.read(extra)
        except OSError:
            return None
        if len(text) < size or len(blob) < extra:
            return None
        return ADAPTER.validate_json(text), blob

    def close(self) -> None:
        """Hang up; the other side receives None."""
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._reader.close()
        self._end.close()
