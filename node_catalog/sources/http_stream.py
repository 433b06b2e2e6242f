"""The node `sources.http_stream`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from typing import Any, ClassVar, Literal

import httpx
from pydantic import Field

from workbench.errors import Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import ColumnType, NewColumn
from workbench.flow.polling import Poller, Polling
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.types import TYPES
from workbench.flow.values import row_from
from workbench.flow.web import Web, checked, client


class HttpStream(Web, Polling):
    """Follow an HTTP answer that never ends: lines, or server-sent events.

    With `columns` each line, or the data of each event, is a JSON object with these fields. Without, the columns are
    `body`, `event` (its type) and `event_id`. When the connection breaks it is made anew; a server of events is then
    told the last id, and may send what was missed.
    """

    delivery = "at-most-once"
    tested = "wire protocol"

    format: Literal["lines", "events"] = "lines"
    """What comes: lines of text, or events (text/event-stream)."""
    columns: dict[NewColumn, ColumnType] = {}
    """Fields of JSON to take and their types."""
    silent_s: float = Field(0.0, ge=0)
    """After so long without a byte the connection is made anew; 0 waits for ever."""
    max_line_kb: int = Field(1024, ge=1, le=65_536)
    """Longest line; a longer one is rejected."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:8080/events", "format": "events", "columns": {"service": "text", "state": "text"}}
    )

    def probe(self, *, secrets: Secrets) -> str:
        """Wait for the answer to begin, and read none of it."""
        try:
            with client(self, secrets) as web, web.stream("GET", self.url, headers=_headers(self, "")) as answer:
                kind = checked(answer, self.where).headers.get("content-type", "no type")
        except httpx.HTTPError as error:
            raise Unreachable(self.where, str(error) or type(error).__name__) from error
        return f"{self.where} begins to answer ({kind})."

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        plain = {"body": str, "event": str, "event_id": str}
        columns = {name: TYPES[kind] for name, kind in self.columns.items()} or plain
        return rows_of(HttpStreamReader(self, source, secrets), columns)


class HttpStreamReader(Poller):
    """Reads the answer."""

    node: HttpStream
    waits = True

    def __init__(self, node: HttpStream, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source)
        self.secrets = secrets
        self._number = 0

    @contextmanager
    def connect(self) -> Iterator[httpx.Response]:
        """Ask, and return the answer once it begins."""
        node = self.node
        timeout = httpx.Timeout(node.timeout_s, read=node.silent_s or None)
        try:
            with (
                client(node, self.secrets) as web,
                web.stream("GET", node.url, headers=_headers(node, self._reached or ""), timeout=timeout) as answer,
                _cut_on(self.source.stop, answer),
            ):
                yield checked(answer, node.where)
        except httpx.HTTPError as error:
            if not self.stopping:
                raise Unreachable(node.where, str(error) or type(error).__name__) from error

    def poll(self, connection: httpx.Response) -> None:
        """Read to the end of the answer."""
        event: dict[str, list[str]] = {}
        for line in self._lines(connection):
            if self.node.format == "lines":
                if line.strip():
                    self._take(line)
            elif line:
                name, _, value = line.partition(":")
                event.setdefault(name, []).append(value.removeprefix(" "))
            elif event:
                self._take_event(event)
                event = {}
        if self.node.follow and not self.stopping:
            raise Unreachable(self.node.where, "the answer has ended")

    def _lines(self, answer: httpx.Response) -> Iterator[str]:
        limit, rest = self.node.max_line_kb * 1024, b""
        for chunk in answer.iter_bytes():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.rstrip(b"\r").decode("utf-8", "replace")
            if len(rest) > limit:
                self._reject(f"a line has more than {limit} bytes", rest[:2000].decode("utf-8", "replace"))
                rest = b""
            # There is nobody to wait for: what came is handed over.
            self.reached(self._reached or "")
            self.flush()
        if rest and self.node.format == "lines":
            yield rest.decode("utf-8", "replace")

    def _take_event(self, event: dict[str, list[str]]) -> None:
        number = event.get("id", [""])[-1]
        if "data" in event:
            self._take("\n".join(event["data"]), event.get("event", ["message"])[-1], number)
        if number:
            self.reached(number)

    def _take(self, text: str, event: str = "", number: str = "") -> None:
        self._number += 1
        if not self.node.columns:
            self.put((text, event, number))
            return
        try:
            self.put(row_from(json.loads(text), self.node.columns, lenient=False))
        except ValueError as error:
            self._reject(str(error), text[:2000])

    def _reject(self, reason: str, raw: str) -> None:
        self.source.reject(uri=self.node.where, line=self._number, reason=reason, raw=raw)


def _headers(node: HttpStream, reached: str) -> dict[str, str]:
    accept = "text/event-stream" if node.format == "events" else "*/*"
    return {"Accept": accept, **({"Last-Event-ID": reached} if reached else {})}


@contextmanager
def _cut_on(stop: threading.Event, answer: httpx.Response) -> Iterator[None]:
    """End an answer when the run shall end: a read that waits for bytes cannot be told otherwise."""
    done = threading.Event()
    stream: Any = answer.extensions.get("network_stream")

    def watch() -> None:
        while not done.wait(0.05):
            if stop.is_set():
                with suppress(Exception):
                    stream.get_extra_info("socket").shutdown(SHUT_RDWR)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
