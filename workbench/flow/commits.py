"""When the rows of a connector become visible: said between its messages, never inside what belongs together.

Pathway takes an offset as reached with its own message, before the rows behind it have come. Its autocommit, which is
bound to the clock, can fall between the two: what is kept then begins behind rows that are not kept. One kill in a
hundred lost a batch that way (measured).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

COMMIT_S = 0.1
"""How often rows become visible to the graph; the mean latency of a row is half of it."""


class Commits:
    """Commits of one connector, regular also while no rows come: other sources' results wait for its time."""

    def __init__(self, commit: Callable[[], None]) -> None:
        """Prepare.

        Args:
            commit: Puts a commit behind the messages that were sent.
        """
        self._commit = commit
        self._ended = threading.Event()
        self.whole = threading.Lock()
        """Held while messages are sent that have to become visible together, an offset and its rows."""

    def begin(self) -> None:
        """Commit from now on."""
        threading.Thread(target=self._go_on, name="commits", daemon=True).start()

    def end(self) -> None:
        """Commit no more; the engine does it at the end of the source."""
        self._ended.set()

    def _go_on(self) -> None:
        while not self._ended.wait(COMMIT_S):
            with self.whole:
                if not self._ended.is_set():
                    self._commit()
