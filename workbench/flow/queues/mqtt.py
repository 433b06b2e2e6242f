"""Settings of MQTT and its client, `paho-mqtt`: a connection that is made, watched and closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import SystemUnfit, Unreachable
from workbench.flow.fields import InputFile, Secret
from workbench.flow.node import Extra
from workbench.flow.services import Secrets

NEEDS = Extra("mqtt", "paho.mqtt")
ANSWER_S = 10.0


class MqttSettings(BaseModel):
    """How to reach a broker."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    host: str = Field("127.0.0.1", min_length=1)
    """Address of the broker."""
    port: int = Field(1883, ge=1, le=65_535)
    """Its port; brokers take TLS at 8883."""
    topic: str = Field(min_length=1, max_length=1000)
    """The topic; a source may use the wildcards + and #."""
    client_id: str = ""
    """Name of this client, which the broker keeps messages for; made of the node's id when empty."""
    user: str = ""
    """Name to log in with."""
    password: Secret | None = None
    """Password to log in with."""
    tls: bool = False
    """Encrypt the connection."""
    ca_file: InputFile | None = None
    """Certificates to trust, as PEM; those of the system when left out."""

    @property
    def where(self) -> str:
        """Return the topic without secrets, for errors."""
        return f"mqtt://{self.host}:{self.port}/{self.topic}"


class Link:
    """A connection to a broker, and whether it still stands."""

    def __init__(self, client: Any, where: str) -> None:
        self.client, self.where = client, where
        self.answered = threading.Event()
        self.refused = ""
        self.lost = ""

    def check(self) -> None:
        """Raise `Unreachable` when the connection was lost."""
        if self.lost:
            raise Unreachable(self.where, self.lost)


@contextmanager
def mqtt_link(
    settings: MqttSettings, secrets: Secrets, name: str, *, clean: bool, prepare: Callable[[Any], None] | None = None
) -> Iterator[Link]:
    """Yield a connection that a thread of its own serves.

    Args:
        settings: Where to.
        secrets: The service of that name.
        name: Client name when the settings have none.
        clean: Let the broker forget this client when it goes.
        prepare: Called with the client before it connects.

    Raises:
        Unreachable: the broker does not answer.
        SystemUnfit: it refuses us.
    """
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    client = Client(
        CallbackAPIVersion.VERSION2, settings.client_id or f"causeway-{name}", clean_session=clean, manual_ack=True
    )
    link = Link(client, settings.where)
    if settings.user:
        client.username_pw_set(settings.user, secrets(settings.password) if settings.password else None)

    def connected(client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        link.refused = str(reason) if reason.is_failure else ""
        link.answered.set()

    def disconnected(client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        link.lost = f"the connection was lost: {reason}"

    client.on_connect, client.on_disconnect = connected, disconnected
    if prepare is not None:
        prepare(client)
    try:
        if settings.tls:
            client.tls_set(ca_certs=settings.ca_file)
        client.connect(settings.host, settings.port, keepalive=15)
    except (OSError, ValueError) as error:
        raise Unreachable(settings.where, str(error) or type(error).__name__) from error
    client.loop_start()
    try:
        if not link.answered.wait(ANSWER_S):
            raise Unreachable(settings.where, "no answer")
        if link.refused:
            raise SystemUnfit(settings.where, f"the broker refuses the connection: {link.refused}")
        yield link
    finally:
        client.disconnect()
        client.loop_stop()


def probe(settings: MqttSettings, secrets: Secrets) -> str:
    """Connect as a client of another name, so that nobody is pushed aside."""
    with mqtt_link(settings.model_copy(update={"client_id": ""}), secrets, "probe", clean=True):
        return f"connected to {settings.host}:{settings.port}"
