"""Keeps a session in step with other tabs, notebooks and programs: asks what changed, at most a tenth of the time."""

from __future__ import annotations

import asyncio
import time

from workbench.faces.panel.jobs import Caller
from workbench.tools.changes import Changes

TICK_MS = 2000
_SHARE, _LONGEST_S = 10.0, 60.0


class Feed:
    """Asks the tool `changes` and remembers what it said."""

    def __init__(self, wb: Caller) -> None:
        self._wb = wb
        self._seen: Changes = wb.call("changes")
        self._rest_until = 0.0

    def due(self) -> bool:
        """Tell whether it is time to look again."""
        return time.monotonic() >= self._rest_until

    async def changed(self) -> frozenset[str]:
        """Return the subjects that changed since the last call."""
        begun = time.monotonic()
        # While the answer is on its way, the next tick must not ask as well.
        self._rest_until = begun + _LONGEST_S
        try:
            found: Changes = await asyncio.to_thread(self._wb.call, "changes")
        finally:
            self.rest(time.monotonic() - begun)
        changed = found.since(self._seen)
        self._seen = found
        return changed

    def rest(self, busy_s: float) -> None:
        """Ask nothing for ten times as long as the last work took, in seconds."""
        self._rest_until = time.monotonic() + min(_SHARE * busy_s, _LONGEST_S)
