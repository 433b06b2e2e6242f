"""Moves a run's row from status to status, and remembers whether its end is wanted."""

from __future__ import annotations

import threading

from workbench.facts.run import RUN_MOVES, RunStatus
from workbench.store import runs
from workbench.store.db import Store


class Moves:
    """The moves of one run. Any thread may ask for one."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._lock = threading.Lock()
        self.asked = threading.Event()
        """Set once the end is wanted; the run then never seems to begin."""

    def to(self, status: RunStatus, **changes: object) -> None:
        """Move to a status, over those that were too short to be seen."""
        with self._lock:
            for between in (RunStatus.STARTING, RunStatus.RUNNING):
                current = runs.get(self._store, self._run_id).status
                if status is not current and status not in RUN_MOVES[current] and between in RUN_MOVES[current]:
                    runs.move(self._store, self._run_id, between)
            runs.move(self._store, self._run_id, status, **changes)

    def begin(self, status: RunStatus, **changes: object) -> None:
        """Move to a status of the beginning, unless the end is wanted."""
        with self._lock:
            if not self.asked.is_set():
                runs.move(self._store, self._run_id, status, **changes)

    def stop(self) -> None:
        """Remember that the end is wanted, and show it where that can be seen."""
        self.asked.set()
        with self._lock:
            if RunStatus.STOPPING in RUN_MOVES[runs.get(self._store, self._run_id).status]:
                runs.move(self._store, self._run_id, RunStatus.STOPPING)

    def note(self, **changes: object) -> None:
        """Write figures into the row while the run goes on."""
        with self._lock:
            status = runs.get(self._store, self._run_id).status
            if status in (RunStatus.RUNNING, RunStatus.STOPPING):
                runs.move(self._store, self._run_id, status, **changes)
