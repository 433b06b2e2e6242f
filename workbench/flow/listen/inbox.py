"""Where rows wait between the threads of a server and the connector: bounded, so that a fast sender has to wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rejected:
    """A part of what was sent that cannot be used."""

    reason: str
    raw: str
    line: int = 0
    """Its number within what was sent, from 1; 0 when it has none."""
    uri: str = ""
    """Who sent it, or the file it stands in."""


LIMIT_BYTES = 64 << 20
"""Bytes of deliveries that may wait, as they came."""

Item = tuple[Any, ...] | Rejected
"""A row, or a part that is no row."""


class Inbox:
    """Takes what comes, whole deliveries only, and says no when there is no room for a while."""

    def __init__(self, limit: int) -> None:
        """Prepare.

        Args:
            limit: Rows that may wait. A single delivery may be larger; it waits until the inbox is empty.
        """
        self._limit, self._count, self._bytes, self._closed = limit, 0, 0, False
        self._deliveries: deque[tuple[Sequence[Item], int]] = deque()
        self._changed = threading.Condition()

    def offer(self, items: Sequence[Item], wait_s: float, size: int = 0) -> bool:
        """Put a delivery in; False when there was no room within `wait_s` seconds or nobody reads any more.

        Args:
            items: Rows and parts that are none.
            wait_s: How long to wait for room.
            size: Bytes that they came in.
        """
        if not items:
            return not self._closed
        until = time.monotonic() + wait_s
        with self._changed:
            while self._count and not self._fits(len(items), size) and not self._closed:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return False
            if self._closed:
                return False
            self._deliveries.append((items, size))
            self._count += len(items)
            self._bytes += size
            self._changed.notify_all()
            return True

    def take(self, wait_s: float) -> Sequence[Item]:
        """Return the oldest delivery; nothing when none came within `wait_s` seconds."""
        with self._changed:
            if not self._deliveries:
                self._changed.wait(wait_s)
            if not self._deliveries:
                return ()
            items, size = self._deliveries.popleft()
            self._count -= len(items)
            self._bytes -= size
            self._changed.notify_all()
            return items

    def _fits(self, count: int, size: int) -> bool:
        return self._count + count <= self._limit and self._bytes + size <= LIMIT_BYTES

    def close(self) -> None:
        """Take no more; what is in it can still be taken out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._closed

    @property
    def waiting(self) -> int:
        """Rows that wait."""
        return self._count
