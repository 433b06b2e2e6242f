"""When the rows of a connector become visible: said between its messages, never inside what belongs together.

Pathway takes an offset as reached with its own message, before the rows behind it have come. Two of its ways to commit
can fall between the two: the clock's (autocommit) and the one of a full backlog. What is kept then begins behind rows
that are not kept; one kill in a hundred lost a batch that way (measured). So both are forbidden but for the moment
behind a commit of ours.
"""

from __future__ import annotations

import threading
from typing import Protocol

LATEST_MS = 2**43
"""Later than the number of any minibatch of a run that goes on: they are numbered by the clock, in ms, until 2248."""
COMMIT_S = 0.1
"""How often rows become visible to the graph; the mean latency of a row is half of it."""
WAKE_MS = 100
"""The `autocommit_duration_ms` of every connector: it commits nothing, but wakes the engine.

Without it the engine may sleep for ever while a connector reads what an earlier run has kept: nobody tells it that the
reading has ended (seen in most resumed runs of a quiet machine).
"""


class Committed(Protocol):
    """What commits: a `ConnectorSubject` of Pathway."""

    def commit(self) -> None:
        """Put a commit behind the messages that were sent; from it on the engine may commit by itself."""

    def _disable_commits(self) -> None:
        """Put a message behind it that forbids the engine to commit by itself."""


class Commits:
    """Commits of one connector, regular also while no rows come: other sources' results wait for its time."""

    def __init__(self, subject: Committed) -> None:
        """Prepare.

        Args:
            subject: Whose messages are committed.
        """
        self._subject = subject
        self._ended = threading.Event()
        self.whole = threading.Lock()
        """Held while messages are sent that have to become visible together, an offset and its rows."""

    def begin(self) -> None:
        """Commit from now on; called before the first message."""
        self._subject._disable_commits()
        threading.Thread(target=self._go_on, name="commits", daemon=True).start()

    def now(self) -> None:
        """Commit at once what was sent."""
        with self.whole:
            self._commit()

    def end(self) -> None:
        """Commit no more; the engine does it at the end of the source."""
        self._ended.set()

    def _go_on(self) -> None:
        while not self._ended.wait(COMMIT_S):
            with self.whole:
                if not self._ended.is_set():
                    self._commit()

    def _commit(self) -> None:
        self._subject.commit()
        self._subject._disable_commits()
