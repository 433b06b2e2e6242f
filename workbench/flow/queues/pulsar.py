"""Settings of Apache Pulsar and its client, `pulsar-client`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.fields import InputFile, Secret
from workbench.flow.node import Extra
from workbench.flow.services import Secrets

NEEDS = Extra("pulsar", "pulsar")
ANSWER_S = 10


class PulsarSettings(BaseModel):
    """How to reach a cluster."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    url: str = Field("pulsar://127.0.0.1:6650", pattern=r"^pulsar(\+ssl)?://[^\s@/]+$")
    """Address of a broker or proxy; pulsar+ssl:// for TLS."""
    topic: str = Field(min_length=1, pattern=r"^\S+$")
    """The topic, such as persistent://public/default/logs, or just logs."""
    token: Secret | None = None
    """Token (JWT) to log in with."""
    ca_file: InputFile | None = None
    """Certificates to trust, as PEM; those of the system when left out."""

    @property
    def where(self) -> str:
        """Return the topic without secrets, for errors."""
        return f"{self.url}/{self.topic.partition('://')[2] or self.topic}"


@contextmanager
def pulsar_errors(where: str) -> Iterator[None]:
    """Turn what the client raises into `Unreachable`, `SystemUnfit` or `BadInput`."""
    import pulsar

    unfit = (
        pulsar.AuthenticationError,
        pulsar.AuthorizationError,
        pulsar.InvalidTopicName,
        pulsar.TopicNotFound,
        pulsar.InvalidConfiguration,
        pulsar.IncompatibleSchema,
    )
    try:
        yield
    except unfit as error:
        raise SystemUnfit(where, _said(error)) from error
    except pulsar.MessageTooBig as error:
        raise BadInput("the message is larger than the broker takes", where=where) from error
    except pulsar.PulsarException as error:
        raise Unreachable(where, _said(error)) from error


@contextmanager
def pulsar_link(settings: PulsarSettings, secrets: Secrets) -> Iterator[Any]:
    """Yield a client; it connects with the first request."""
    import pulsar

    quiet = pulsar.ConsoleLogger(pulsar.LoggerLevel.Error)
    with pulsar_errors(settings.where):
        client = pulsar.Client(
            settings.url,
            authentication=pulsar.AuthenticationToken(secrets(settings.token)) if settings.token else None,
            operation_timeout_seconds=ANSWER_S,
            connection_timeout_ms=5000,
            tls_trust_certs_file_path=settings.ca_file,
            # The client would otherwise trust any certificate that is in order, whoever shows it.
            tls_validate_hostname=True,
            logger=quiet,
        )
    try:
        yield client
    finally:
        with suppress(pulsar.PulsarException):
            client.close()


def probe(settings: PulsarSettings, secrets: Secrets) -> str:
    """Connect, and say what the topic is like."""
    with pulsar_link(settings, secrets) as client, pulsar_errors(settings.where):
        count = len(client.get_topic_partitions(settings.topic))
    return f"topic {settings.topic!r} has {count} partition{'s' * (count != 1)}"


def _said(error: Exception) -> str:
    return str(error).removeprefix("Pulsar error: ").rstrip(".") or type(error).__name__
