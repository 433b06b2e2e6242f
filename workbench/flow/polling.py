"""The loop of sources in other systems: ask, hand over, wait, ask again; reconnect with patience, stop in time."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.errors import GiveUp, RetryLater
from workbench.flow.node import Delivery, Node
from workbench.flow.patience import Patience
from workbench.flow.services import Source
from workbench.flow.source import RowSource, wait


class Polling(Node):
    """Settings of sources that ask another system for news."""

    delivery: ClassVar[Delivery | None] = "at-least-once"

    follow: bool = True
    """Go on with what comes, until the run is stopped; otherwise end when all that is there was read."""
    poll_s: float = Field(1.0, gt=0, le=3600)
    """How often to look for news, in seconds."""
    retry_s: float = Field(300.0, ge=0)
    """How long to try again when the other system does not answer, in seconds; then the run fails."""

    @property
    def endless(self) -> bool:
        """It goes on when it follows."""
        return self.follow


class Poller(RowSource):
    """Asks the other system of a `Polling` node: override `connect` and `poll`."""

    goes_on = True
    waits = False
    """Whether `poll` itself waits for news; otherwise there are `node.poll_s` between two polls."""

    def __init__(self, node: Polling, source: Source, session: Literal["native", "upsert"] = "native") -> None:
        """Prepare.

        Args:
            node: The settings.
            source: The node's service `source`.
            session: `upsert` when rows replace one another by their key.
        """
        super().__init__(source, session)
        self.node = node

    @abstractmethod
    def connect(self) -> AbstractContextManager[Any]:
        """Return a connection that is closed on leaving; raises `RetryLater` or `GiveUp`. Resolve secrets here."""

    @abstractmethod
    def poll(self, connection: Any) -> bool | None:
        """Take what came after `offset` (None: all that is there), oldest first, and return.

        Call `put` for each row and `reached` where one could go on; look at `stopping` between rows; wait for the
        other system no longer than `node.poll_s`. Return True when there is more, to be called again at once. Raises
        `RetryLater` or `GiveUp`.
        """

    def leave(self, connection: Any) -> None:
        """Say good-bye to the other system before the connection is closed in order."""

    @property
    def stopping(self) -> bool:
        """Whether the run shall end: read no more."""
        return self.source.stop.is_set()

    def read(self) -> None:
        """Poll until all is read or the run shall end; when the connection is lost, go on from the last offset."""
        patience = Patience(self.source.node, self.source.stop, self.node.retry_s)
        if self._begun and not self._may_begin_again:
            raise GiveUp("what was read before cannot be gone on with in the middle. Run the flow afresh")
        while True:
            try:
                with self.connect() as connection:
                    self._poll_on(connection, patience)
                return
            except RetryLater as error:
                if self._begun and not self._may_begin_again:
                    raise GiveUp(f"{error}. Some rows were handed over, and it cannot go on in the middle") from error
                # What was read behind the last offset is read again.
                del self._rows[self._covered :]
                self.flush()
                if not patience.wait(error):
                    return

    @property
    def _begun(self) -> bool:
        return self._count > 0

    @property
    def _may_begin_again(self) -> bool:
        """Whether rows that come a second time do no harm, or do not come."""
        return self.goes_on

    def _poll_on(self, connection: Any, patience: Patience) -> None:
        while not self.stopping:
            self.offset = self._reached
            again = self.poll(connection)
            patience.succeeded()
            self.flush()
            if again:
                continue
            if not self.node.follow or (not self.waits and wait(self.source, self.node.poll_s)):
                break
        self.leave(connection)
