"""Settings of RabbitMQ and its client for AMQP 0.9.1, `pika`."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import SystemUnfit, Unreachable
from workbench.flow.fields import InputFile, Secret
from workbench.flow.node import Extra
from workbench.flow.services import Secrets

NEEDS = Extra("rabbitmq", "pika")
ANSWER_S = 10.0


class RabbitSettings(BaseModel):
    """How to reach a broker."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    host: str = Field("127.0.0.1", min_length=1)
    """Address of the broker."""
    port: int = Field(5672, ge=1, le=65_535)
    """Its port; brokers take TLS at 5671."""
    virtual_host: str = "/"
    """Virtual host."""
    user: str = "guest"
    """Name to log in with."""
    password: Secret | None = None
    """Password to log in with; the broker's first one, which works on its own machine only, when left out."""
    tls: bool = False
    """Encrypt the connection."""
    ca_file: InputFile | None = None
    """Certificates to trust, as PEM; those of the system when left out."""

    @property
    def where(self) -> str:
        """Return the broker without secrets, for errors."""
        return f"amqp://{self.host}:{self.port}/{self.virtual_host.lstrip('/')}"


@contextmanager
def rabbit_errors(where: str) -> Iterator[None]:
    """Turn what pika raises into `Unreachable` or `SystemUnfit`."""
    from pika import exceptions

    try:
        yield
    except (exceptions.ProbableAuthenticationError, exceptions.ProbableAccessDeniedError) as error:
        raise SystemUnfit(where, "user or password are refused, or the virtual host is") from error
    except exceptions.ChannelClosedByBroker as error:
        # The broker closes a channel over what was asked on it: a queue that is not there, a right that is missing.
        raise SystemUnfit(where, error.reply_text.removesuffix(".")) from error
    except (exceptions.AMQPError, OSError) as error:
        raise Unreachable(where, _said(error)) from error


@contextmanager
def rabbit_link(settings: RabbitSettings, secrets: Secrets) -> Iterator[Any]:
    """Yield a connection of pika's blocking kind; raises `Unreachable` or `SystemUnfit`."""
    import pika

    # The client tells the same as the errors that it raises, at length, in the middle of the run's log.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    password = secrets(settings.password) if settings.password else "guest"
    context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
    with rabbit_errors(settings.where):
        connection = pika.BlockingConnection(
            pika.ConnectionParameters(
                settings.host,
                settings.port,
                settings.virtual_host,
                pika.PlainCredentials(settings.user, password),
                heartbeat=30,
                socket_timeout=ANSWER_S,
                stack_timeout=ANSWER_S,
                blocked_connection_timeout=60,
                ssl_options=pika.SSLOptions(context, settings.host) if context else None,
            )
        )
    try:
        yield connection
    finally:
        with suppress(Exception):
            connection.close()


def probe(settings: RabbitSettings, secrets: Secrets) -> str:
    """Connect, and say what broker is there."""
    with rabbit_link(settings, secrets) as connection:
        about = connection._impl.server_properties or {}
        return f"connected to {about.get('product', 'a broker')} {about.get('version', '')}".rstrip()


def _said(error: BaseException) -> str:
    inner = getattr(error, "args", ())
    text = str(inner[0]) if inner and not isinstance(error, OSError) else str(error)
    return (text or type(error).__name__).rstrip(".")[:300]
