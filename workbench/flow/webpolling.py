"""Base of sources that ask a server over HTTP again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.polling import Poller
from workbench.flow.services import Secrets, Source
from workbench.flow.web import client


class WebPoller(Poller):
    """Opens a client as the node's `Web` settings say: override `poll`, which calls `hand_over`."""

    node: Any

    def __init__(self, node: Any, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source)
        self.secrets = secrets

    @contextmanager
    def connect(self) -> Iterator[httpx.Client]:
        """Open a client."""
        with client(self.node, self.secrets) as web:
            yield web

    def hand_over(self, items: Iterable[Item]) -> None:
        """Put the rows of an answer; what is no row is rejected."""
        for item in items:
            if isinstance(item, Rejected):
                self.source.reject(uri=self.node.where, line=item.line, reason=item.reason, raw=item.raw)
            else:
                self.put(item)
