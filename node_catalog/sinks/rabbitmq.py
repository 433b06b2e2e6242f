"""The node `sinks.rabbitmq`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from workbench.errors import BadInput
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.queues.rabbitmq import NEEDS, RabbitSettings, probe, rabbit_errors, rabbit_link
from workbench.flow.queues.sending import HeadedSink, MessageWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, write_rows


class RabbitmqOutput(HeadedSink, RabbitSettings):
    """Send each row as a persistent message to an exchange of RabbitMQ over AMQP 0.9.1.

    A batch is one transaction. A message that no queue takes is rejected.
    """

    needs = NEEDS
    tested = "real server"

    exchange: str = ""
    """Name of the exchange; the default one, which sends to the queue that `routing_key` names, when empty."""
    routing_key: str = ""
    """Routing key of all messages."""
    key: Column | None = None
    """Column with the routing key, instead."""

    example: ClassVar[Example | None] = asks({"host": "127.0.0.1", "exchange": "shop", "routing_key": "errors"})

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, RabbitWriter(self, sink, secrets))


class RabbitWriter(MessageWriter):
    """Publishes the messages."""

    node: RabbitmqOutput

    def __init__(self, node: RabbitmqOutput, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, secrets)
        self.where = f"{node.where}/{node.exchange or node.routing_key}"
        self._returned: list[str] = []

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a channel for transactions."""
        with rabbit_link(self.node, self.secrets) as connection:
            with rabbit_errors(self.where):
                channel = connection.channel()
                channel.tx_select()
            channel.add_on_return_callback(lambda channel, about, *rest: self._returned.append(about.routing_key))
            yield channel

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Publish all in a transaction."""
        import pika

        self._returned.clear()
        with rabbit_errors(self.where):
            for message in self.messages(changes, self.node.key):
                connection.basic_publish(
                    self.node.exchange,
                    message.key.decode() if message.key is not None else self.node.routing_key,
                    message.body,
                    pika.BasicProperties(delivery_mode=2, headers=dict(message.headers) or None),
                    mandatory=True,
                )
            connection.tx_commit()
            connection.connection.process_data_events(0)
        if self._returned:
            raise BadInput(f"no queue takes messages with routing key {self._returned[0]!r}", where=self.where)
