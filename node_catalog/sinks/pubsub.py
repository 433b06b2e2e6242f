"""The node `sinks.pubsub`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import InputFile
from workbench.flow.node import Extra
from workbench.flow.queues.sending import HeadedSink, MessageWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, write_rows

ANSWER_S = 10.0
AT_ONCE, BYTES_AT_ONCE = 1000, 9_000_000
"""Messages and bytes that Pub/Sub takes in one request."""


class PubsubOutput(HeadedSink):
    """Send each row as a message to a topic of Google Cloud Pub/Sub.

    A minibatch is done when the service has stored its messages. (Pathway's own connector does not try again.)
    """

    needs = Extra("google", "google.pubsub_v1")
    tested = "wire protocol"

    project: str = Field(min_length=1, pattern=r"^[A-Za-z0-9.:_-]+$")
    """Project of the topic."""
    topic: str = Field(min_length=3, pattern=r"^[A-Za-z][A-Za-z0-9_.~+%-]*$")
    """Name of the topic."""
    credentials_file: InputFile | None = None
    """JSON file of a service account; what Google's tools of this machine are set up with when left out."""
    emulator: str = Field("", pattern=r"^([^\s/]+:\d+)?$")
    """Address host:port of an emulator, which is spoken to without encryption and credentials."""

    example: ClassVar[Example | None] = asks({"project": "shop-prod", "topic": "errors"})

    @property
    def where(self) -> str:
        """Return the topic, for errors."""
        return f"projects/{self.project}/topics/{self.topic}"

    def probe(self, *, secrets: Secrets) -> str:
        with _publisher(self) as client, _errors(self.where):
            client.get_topic(topic=self.where, timeout=ANSWER_S, retry=None)
        return f"topic {self.topic!r} is there"

    def build(self, rows: Rows, *, sink: Sink) -> None:
        write_rows(rows, PubsubWriter(self, sink))


class PubsubWriter(MessageWriter):
    """Publishes the messages."""

    node: PubsubOutput

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a client."""
        with _publisher(self.node) as client, _errors(self.where):
            yield client

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Publish all; the service has stored them when this returns."""
        batch: list[dict[str, Any]] = []
        size = 0
        for message in self.messages(changes):
            # Pub/Sub refuses messages with neither body nor attributes.
            if not message.body and not message.headers:
                raise BadInput("a message needs a body or headers", where=self.where)
            if batch and (len(batch) == AT_ONCE or size + len(message.body) > BYTES_AT_ONCE):
                self._publish(connection, batch)
                batch, size = [], 0
            batch.append({"data": message.body, "attributes": dict(message.headers)})
            size += len(message.body)
        self._publish(connection, batch)

    def _publish(self, connection: Any, batch: list[dict[str, Any]]) -> None:
        with _errors(self.where):
            connection.publish(topic=self.where, messages=batch, timeout=ANSWER_S, retry=None)


@contextmanager
def _publisher(node: PubsubOutput) -> Iterator[Any]:
    import grpc
    from google.auth.credentials import AnonymousCredentials
    from google.pubsub_v1 import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    with _errors(node.where):
        if node.emulator:
            channel = grpc.insecure_channel(node.emulator)
            client = PublisherClient(
                transport=PublisherGrpcTransport(channel=channel, credentials=AnonymousCredentials())
            )
        elif node.credentials_file:
            client = PublisherClient.from_service_account_file(node.credentials_file)
        else:
            client = PublisherClient()
    try:
        yield client
    finally:
        client.transport.close()


@contextmanager
def _errors(where: str) -> Iterator[None]:
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    later = (exceptions.ServerError, exceptions.TooManyRequests, exceptions.Aborted, exceptions.RetryError)
    try:
        yield
    except later as error:
        raise Unreachable(where, str(getattr(error, "message", error)).rstrip(".")) from error
    except exceptions.InvalidArgument as error:
        raise BadInput(error.message.rstrip("."), where=where) from error
    except (exceptions.GoogleAPICallError, GoogleAuthError, ValueError) as error:
        raise SystemUnfit(where, str(getattr(error, "message", error)).rstrip(".")) from error
