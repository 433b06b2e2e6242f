"""The node `sources.heartbeat`."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
from pydantic import Field, field_validator

from workbench.errors import Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.listen.settings import is_loopback
from workbench.flow.polling import Poller, Polling
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of, row_of
from workbench.semconv import Table

AT_ONCE = 16
"""Targets that are asked at the same time."""


class Heartbeat(Polling):
    """Ask services again and again whether they are up: columns of the workspace table `metrics`.

    Each round gives two rows per service: `up` (1 or 0) and `probe.duration` (ms); `attributes` says what failed. An
    HTTP answer below 500 is up; for tcp:// the connection counts.
    """

    delivery = "at-most-once"
    tested = "wire protocol"

    targets: dict[str, str] = Field(min_length=1)
    """Address by name of the service, such as cart: http://127.0.0.1:8080/health or db: tcp://127.0.0.1:5432."""
    timeout_s: float = Field(3.0, gt=0, le=60)
    """How long to wait for an answer."""
    poll_s: float = Field(10.0, gt=0, le=3600)
    """How often to ask, in seconds."""

    example: ClassVar[Example | None] = asks(
        {"targets": {"cart": "http://127.0.0.1:8080/health", "db": "tcp://127.0.0.1:5432"}, "poll_s": 5}
    )

    @field_validator("targets")
    @classmethod
    def _addresses(cls, targets: dict[str, str]) -> dict[str, str]:
        for name, address in targets.items():
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https", "tcp") or not parts.hostname:
                raise ValueError(
                    f"target {name!r} has the address {address!r}; write http://host/path or tcp://host:port"
                )
            if parts.scheme == "tcp" and not parts.port:
                raise ValueError(f"target {name!r} needs a port: tcp://{parts.hostname}:PORT")
        return targets

    def probe(self, *, secrets: Secrets) -> str:
        """Ask every target once."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heartbeat") as pool:
            asked = pool.map(lambda address: _failure(address, self.timeout_s), self.targets.values())
            down = [f"{name}: {why}" for name, why in zip(self.targets, asked, strict=True) if why]
        if down:
            raise Unreachable(f"{len(down)} of {len(self.targets)} targets", "; ".join(down))
        return (
            f"All {len(self.targets)} targets are up."
            if len(self.targets) > 1
            else f"{next(iter(self.targets))} is up."
        )

    def build(self, *, source: Source) -> Rows:
        return rows_of(HeartbeatPoller(self, source), columns_of(Table.METRICS))


class HeartbeatPoller(Poller):
    """Asks all targets in rounds."""

    node: Heartbeat

    @contextmanager
    def connect(self) -> Iterator[ThreadPoolExecutor]:
        """Open a pool of threads: one target that hangs does not keep the others."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heartbeat") as pool:
            yield pool

    def poll(self, connection: ThreadPoolExecutor) -> None:
        """Ask every target once."""
        for service, (when, failure, took_ms) in zip(
            self.node.targets, connection.map(self._ask, self.node.targets.values()), strict=True
        ):
            shared = {"time_unix_nano": when, "service_name": service}
            why = {"failure": failure} if failure else {}
            up = {"metric_name": "up", "value": 0.0 if failure else 1.0, "unit": "1", "attributes": why}
            self.put(row_of(Table.METRICS, shared | up))
            took = {"metric_name": "probe.duration", "value": took_ms, "unit": "ms"}
            self.put(row_of(Table.METRICS, shared | took))
        self.reached(str(time.time_ns()))

    def _ask(self, address: str) -> tuple[int, str, float]:
        """Return when it was asked, what failed ('' for nothing), and how long it took in milliseconds."""
        when, begun = time.time_ns(), time.perf_counter()
        failure = _failure(address, self.node.timeout_s)
        return when, failure, (time.perf_counter() - begun) * 1000


def _failure(address: str, timeout_s: float) -> str:
    parts: Any = urlsplit(address)
    try:
        if parts.scheme == "tcp":
            socket.create_connection((parts.hostname, parts.port), timeout_s).close()
            return ""
        answer = httpx.get(address, timeout=timeout_s, trust_env=not is_loopback(parts.hostname))
    except (OSError, httpx.HTTPError) as error:
        return str(error) or type(error).__name__
    return f"answers {answer.status_code} {answer.reason_phrase}" if answer.status_code >= 500 else ""
