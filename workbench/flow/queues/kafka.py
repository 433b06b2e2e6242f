"""Settings and errors of everything that speaks Kafka's protocol, by the client `confluent-kafka` (librdkafka)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import BadInput, GiveUp, RetryLater, SystemUnfit, Unreachable
from workbench.flow.fields import InputFile, Secret
from workbench.flow.node import Extra
from workbench.flow.services import Secrets

NEEDS = Extra("kafka", "confluent_kafka")
ANSWER_S = 10.0
"""How long a broker may take to answer; librdkafka itself would wait for minutes."""
_OURS = frozenset({"bootstrap.servers", "security.protocol", "sasl.password", "group.id", "enable.auto.commit"})


class KafkaSettings(BaseModel):
    """How to reach a cluster."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    servers: str = Field(min_length=3, pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$")
    """Addresses of one or more brokers: host:port, with commas between."""
    topic: str = Field(min_length=1, max_length=249, pattern=r"^[A-Za-z0-9._-]+$")
    """Name of the topic."""
    security: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = "plaintext"
    """How the connection is secured."""
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How a password is told, where `security` has SASL."""
    user: str = ""
    """Name to log in with."""
    password: Secret | None = None
    """Password to log in with."""
    ca_file: InputFile | None = None
    """Certificates to trust, as PEM; those of the system when left out."""
    options: dict[str, str | int | float | bool] = {}
    """More settings of librdkafka, such as {"fetch.wait.max.ms": 50}; not those that other fields set."""

    @property
    def where(self) -> str:
        """Return the topic without secrets, for errors."""
        return f"kafka://{self.servers}/{self.topic}"


def configuration(settings: KafkaSettings, secrets: Secrets, **more: Any) -> dict[str, Any]:
    """Return the configuration of a client; `more` with underscores for dots.

    Raises:
        BadInput: an option is one that a field sets.
    """
    taken = sorted(_OURS & settings.options.keys())
    if taken:
        raise BadInput(f"option {taken[0]!r} is set by a field of its own", where=settings.where, hint="Remove it")
    found: dict[str, Any] = {
        "bootstrap.servers": settings.servers,
        "security.protocol": settings.security,
        "socket.timeout.ms": int(ANSWER_S * 1000),
        # librdkafka writes to standard error by itself, also what nobody can do anything about.
        "log_level": 2,
    }
    if settings.security.startswith("sasl"):
        found |= {"sasl.mechanisms": settings.mechanism, "sasl.username": settings.user}
        found |= {"sasl.password": secrets(settings.password)} if settings.password else {}
    if settings.ca_file:
        found["ssl.ca.location"] = settings.ca_file
    return found | settings.options | {name.replace("_", "."): value for name, value in more.items()}


@contextmanager
def kafka_errors(where: str) -> Iterator[None]:
    """Turn what librdkafka raises into `Unreachable`, `SystemUnfit` or `BadInput`."""
    from confluent_kafka import KafkaException

    try:
        yield
    except KafkaException as error:
        raise said(error.args[0], where) from error


def said(error: Any, where: str) -> RetryLater | GiveUp:
    """Return our error for one of librdkafka's."""
    from confluent_kafka import KafkaError

    unfit = {
        KafkaError.UNKNOWN_TOPIC_OR_PART: "there is no such topic",
        KafkaError._UNKNOWN_TOPIC: "there is no such topic",
        KafkaError._UNKNOWN_PARTITION: "there is no such partition",
        KafkaError.TOPIC_AUTHORIZATION_FAILED: "the user may not use this topic",
        KafkaError.GROUP_AUTHORIZATION_FAILED: "the user may not use this group",
        KafkaError.CLUSTER_AUTHORIZATION_FAILED: "the user may not do this on the cluster",
        KafkaError.SASL_AUTHENTICATION_FAILED: "user or password are refused",
        KafkaError._AUTHENTICATION: "user or password are refused",
        KafkaError._INVALID_ARG: error.str(),
    }
    refused = {
        KafkaError.MSG_SIZE_TOO_LARGE: "the message is larger than the broker takes",
        KafkaError.INVALID_MSG: "the broker refuses the message",
        KafkaError.INVALID_RECORD: "the broker refuses the message",
    }
    if error.code() in unfit:
        return SystemUnfit(where, unfit[error.code()])
    if error.code() in refused:
        return BadInput(refused[error.code()], where=where)
    return Unreachable(where, error.str().rstrip("."))


def topic_of(client: Any, settings: KafkaSettings) -> list[int]:
    """Return the partitions of the topic; raises `Unreachable` or `BadInput`."""
    with kafka_errors(settings.where):
        found = client.list_topics(settings.topic, timeout=ANSWER_S).topics[settings.topic]
    if found.error is not None:
        raise said(found.error, settings.where)
    return sorted(found.partitions)


def probe(settings: KafkaSettings, secrets: Secrets) -> str:
    """Connect, and say what the topic is like."""
    from confluent_kafka.admin import AdminClient

    with kafka_errors(settings.where):
        client = AdminClient(configuration(settings, secrets))
    partitions = topic_of(client, settings)
    return f"topic {settings.topic!r} has {len(partitions)} partition{'s' * (len(partitions) != 1)}"
