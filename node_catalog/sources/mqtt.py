"""The node `sources.mqtt`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, Full, Queue
from typing import Any, ClassVar, Literal

from workbench.errors import SystemUnfit, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.message import Message
from workbench.flow.queues.mqtt import ANSWER_S, NEEDS, Link, MqttSettings, mqtt_link, probe
from workbench.flow.queues.reading import AckFollower, Acknowledging
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Mqtt(Acknowledging, MqttSettings):
    """Read messages of an MQTT broker.

    With a quality of 1 or 2 the broker keeps what comes for this client while no run is there, and until it is
    acknowledged; with 0 it does not. A client name is used by one run at a time.
    """

    needs = NEEDS
    tested = "real server"

    qos: Literal[0, 1, 2] = 1
    """Quality of service: 0 at most once, 1 at least once, 2 as 1 with more talk."""

    example: ClassVar[Example | None] = asks(
        {"host": "127.0.0.1", "topic": "sensors/+/state", "columns": {"ms": "number"}}
    )

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(MqttFollower(self, source, secrets))


class MqttFollower(AckFollower):
    """Takes messages from the thread of the client, which waits when there are too many."""

    node: Mqtt

    def __init__(self, node: Mqtt, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, secrets)
        self._waiting: Queue[Any] = Queue(maxsize=10_000)

    @contextmanager
    def connect(self) -> Iterator[Link]:
        """Subscribe."""
        waiting: Queue[Any] = Queue(maxsize=10_000)
        self._waiting = waiting
        subscribed, gone = threading.Event(), threading.Event()
        refused: list[str] = []

        def came(client: Any, data: Any, message: Any) -> None:
            while not gone.is_set():
                try:
                    waiting.put(message, timeout=0.2)
                except Full:
                    continue
                return

        def answered(client: Any, data: Any, number: int, reasons: Any, properties: Any) -> None:
            refused.extend(str(reason) for reason in reasons if reason.is_failure)
            subscribed.set()

        def prepare(client: Any) -> None:
            client.on_message, client.on_subscribe = came, answered

        clean = self.node.qos == 0
        with mqtt_link(self.node, self.secrets, self.source.node, clean=clean, prepare=prepare) as link:
            try:
                link.client.subscribe(self.node.topic, self.node.qos)
                if not subscribed.wait(ANSWER_S):
                    raise Unreachable(self.node.where, "the subscription was not answered")
                if refused:
                    raise SystemUnfit(self.node.where, f"the broker refuses the topic: {refused[0]}")
                yield link
            finally:
                gone.set()

    def receive_acks(self, connection: Link, wait_s: float, at_most: int) -> Sequence[tuple[Message, Any]]:
        """Return what came."""
        found: list[tuple[Message, Any]] = []
        with suppress(Empty):
            while len(found) < at_most:
                one = self._waiting.get(timeout=wait_s) if not found else self._waiting.get_nowait()
                found.append((Message(one.payload, one.topic), (one.mid, one.qos)))
        if not found:
            connection.check()
        return found

    def acknowledge(self, connection: Link, tokens: Sequence[tuple[int, int]]) -> None:
        """Let the broker forget messages."""
        for number, qos in tokens:
            if qos:
                connection.client.ack(number, qos)
