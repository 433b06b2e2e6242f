"""Looks at rows of a node while it runs: a sample that the engine picks by row key, so that little reaches Python."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import pathway as pw
from pathway.internals.api import unsafe_make_pointer

from workbench.engine.events import Tapped
from workbench.flow.outside import as_json, outward
from workbench.flow.rows import Rows

KEPT_ROWS = 50
EVERY_S = 0.5


class Taps:
    """Keeps the last sampled rows of some nodes and sends them twice a second, when there are new ones."""

    def __init__(self, send: Callable[[Tapped], None], share: float) -> None:
        self._send, self._share = send, share
        self._rows: dict[str, deque[str]] = {}
        self._seen: dict[str, int] = {}
        self._changed: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()

    def add(self, node: str, rows: Rows) -> None:
        """Sample the rows of a node."""
        self._rows[node], self._seen[node] = deque(maxlen=KEPT_ROWS), 0
        # The same keys are always picked, so a row that goes is seen if it was seen when it came.
        picked = rows if self._share >= 1 else rows.filter(rows.id < unsafe_make_pointer(int(2**128 * self._share)))

        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
            plain = {name: outward(value) for name, value in row.items()}
            with self._lock:
                self._rows[node].append(as_json(plain if is_addition else plain | {"diff": -1}))
                self._seen[node] += 1
                self._changed.add(node)

        pw.io.subscribe(picked, on_change=on_change, name=f"{node}:tap")

    def start(self) -> None:
        """Begin to send."""
        if self._rows:
            threading.Thread(target=self._send_on, daemon=True, name="taps").start()

    def finish(self) -> None:
        """Send what is new."""
        self._over.set()
        self._tell()

    def _send_on(self) -> None:
        while not self._over.wait(EVERY_S):
            try:
                self._tell()
            except OSError:
                return

    def _tell(self) -> None:
        with self._lock:
            frames = [
                Tapped(node=node, rows=list(self._rows[node]), seen=self._seen[node], share=self._share)
                for node in sorted(self._changed)
            ]
            self._changed.clear()
        for frame in frames:
            self._send(frame)
