"""The connector behind every receiver: what servers put into its inbox becomes rows; a stop drains it."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from http import HTTPStatus

from workbench.flow.listen.http import shared
from workbench.flow.listen.inbox import Inbox, Item, Rejected
from workbench.flow.listen.request import Reply, Request, Route, Unfit
from workbench.flow.listen.settings import Listening
from workbench.flow.services import Secrets, Source
from workbench.flow.source import RowSource

BUSY_S = 5.0
"""How long a sender waits for room before it is told to come later."""
CLOSE_S = 4.0
"""How long a server may take to end."""
RAW_BYTES = 2000
"""How much of a request that cannot be used is kept."""


class Receiver(RowSource):
    """Base of receivers: override `listen` and `hang_up`; servers call `accept`. `start` and `end` are Pathway's."""

    def __init__(self, source: Source, queue_rows: int) -> None:
        super().__init__(source)
        self.inbox = Inbox(queue_rows)
        self.lost: deque[Rejected] = deque()
        """What came while there was no room, from senders that do not wait."""

    @abstractmethod
    def listen(self) -> None:
        """Start to listen."""

    @abstractmethod
    def hang_up(self) -> None:
        """Stop listening; returns when nothing calls `accept` any more."""

    def accept(self, items: Sequence[Item], size: int = 0) -> bool:
        """Take a delivery of so many bytes; False means that there is no room, and the sender shall try again."""
        return self.inbox.offer(items, BUSY_S, size)

    def read(self) -> None:
        """Put what comes until the run shall end, then what is still there."""
        in_order = False
        try:
            self.listen()
            while not self.source.stop.is_set():
                self._pass_on(self.inbox.take(0.1))
            in_order = True
        finally:
            self._close(in_order)
        while items := self.inbox.take(0):
            self._pass_on(items)

    def measure(self) -> tuple[int, int, str]:
        """Return the rows handed over so far, those that wait, and no offset: what was sent is not sent again."""
        put, waiting, _ = super().measure()
        return put, waiting + self.inbox.waiting, ""

    def _close(self, in_order: bool) -> None:
        # Whoever waits for room gets it while the server ends, or is told no.
        closing = threading.Thread(target=self.hang_up, daemon=True)
        closing.start()
        until = time.monotonic() + CLOSE_S
        while closing.is_alive() and time.monotonic() < until:
            items = self.inbox.take(0.02)
            if in_order:
                self._pass_on(items)
        self.inbox.close()
        closing.join(CLOSE_S)

    def _pass_on(self, items: Sequence[Item]) -> None:
        while self.lost:
            fault = self.lost.popleft()
            self.source.reject(uri=fault.uri, line=fault.line, reason=fault.reason, raw=fault.raw)
        for item in items:
            if isinstance(item, Rejected):
                self.source.reject(uri=item.uri, line=item.line, reason=item.reason, raw=item.raw)
            else:
                self.put(item)
        if not self.inbox.waiting:
            self.flush()


class HttpReceiver(Receiver):
    """Base of receivers that speak HTTP: override `parse`, and `answer` where 204 is not what senders expect."""

    methods: tuple[str, ...] = ("POST",)

    def __init__(self, settings: Listening, port: int, path: str, source: Source, secrets: Secrets) -> None:
        super().__init__(source, settings.queue_rows)
        self.settings, self.port, self.path, self.secrets = settings, port, path, secrets
        self._route: Route | None = None

    @abstractmethod
    def parse(self, request: Request) -> Sequence[Item]:
        """Return what a request holds.

        Raises:
            ValueError: nothing in it can be used; it is kept as a rejected row and the sender is told.
        """

    def answer(self, request: Request, items: Sequence[Item]) -> Reply:
        """Return what is told to a sender whose rows were taken."""
        return Reply(HTTPStatus.NO_CONTENT)

    def token(self) -> str:
        """Return what senders have to show; '' for nothing."""
        return self.secrets(self.settings.token) if self.settings.token else ""

    def listen(self) -> None:
        """Start to listen."""
        limits = self.settings
        origins, max_body = tuple(limits.allow_origins), limits.max_body_kb * 1024
        self._route = Route(self.path, self._handle, self.token(), origins, max_body, self.methods)
        shared(limits.host, self.port).open(self._route)

    def hang_up(self) -> None:
        """Stop listening."""
        if self._route:
            shared(self.settings.host, self.port).close(self._route)

    def _handle(self, request: Request) -> Reply:
        try:
            items = self.parse(request)
        except ValueError as error:
            raw = request.body[:RAW_BYTES].decode("utf-8", "replace")
            self.accept([Rejected(str(error), raw, uri=f"{request.client}{request.path}")])
            raise Unfit(HTTPStatus.BAD_REQUEST, str(error)) from error
        if not self.accept(items, len(request.body)):
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, b"the flow is busy", headers={"Retry-After": "1"})
        return self.answer(request, items)


def rejected_of(items: Sequence[Item]) -> list[Rejected]:
    """Return the parts of a delivery that are no rows."""
    return [item for item in items if isinstance(item, Rejected)]
