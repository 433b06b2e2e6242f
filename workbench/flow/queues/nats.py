"""Settings of NATS and its client, `nats-py`, whose event loop runs only while it is asked for something."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.fields import Secret
from workbench.flow.node import Extra
from workbench.flow.services import Secrets

NEEDS = Extra("nats", "nats")
ANSWER_S = 10.0
T = TypeVar("T")


class NatsSettings(BaseModel):
    """How to reach a server."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    servers: str = Field("nats://127.0.0.1:4222", min_length=3, pattern=r"^(nats|tls)://[^\s@]+$")
    """Address of a server, or of several of a cluster with commas between; without password."""
    subject: str = Field(min_length=1, pattern=r"^\S+$")
    """The subject; a source may use the wildcards * and >."""
    user: str = ""
    """Name to log in with."""
    password: Secret | None = None
    """Password to log in with."""
    token: Secret | None = None
    """Token to log in with, instead of name and password."""

    @property
    def where(self) -> str:
        """Return the subject without secrets, for errors."""
        return f"{self.servers}/{self.subject}"


class Link:
    """A connection whose coroutines are run from plain code, by one thread."""

    def __init__(self, runner: asyncio.Runner, client: Any, where: str) -> None:
        self._runner, self.client, self.where = runner, client, where

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what a coroutine gives; raises `Unreachable`, `SystemUnfit` or `BadInput`."""
        from nats import errors
        from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

        if self.client.is_closed:
            raise Unreachable(self.where, "the connection was lost")
        try:
            return self._runner.run(_awaited(work))
        except (NotFoundError, NoStreamResponseError) as error:
            raise SystemUnfit(self.where, _said(error)) from error
        except errors.MaxPayloadError as error:
            raise BadInput("the message is larger than the server takes", where=self.where) from error
        except errors.TimeoutError:
            raise
        except (errors.Error, APIError, OSError) as error:
            raise Unreachable(self.where, _said(error)) from error


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


@contextmanager
def nats_link(settings: NatsSettings, secrets: Secrets, name: str) -> Iterator[Link]:
    """Yield a connection.

    Raises:
        Unreachable: no server answers.
        SystemUnfit: it refuses us.
    """
    from nats.aio.client import Client
    from nats.errors import Error

    # The client tells the same as the errors that it raises, in the middle of the run's log.
    logging.getLogger("nats").setLevel(logging.CRITICAL)

    async def quiet(*told: Any) -> None:
        pass

    client = Client()

    async def connect() -> None:
        await client.connect(
            settings.servers.split(","),
            name=f"causeway-{name}",
            user=settings.user or None,
            password=secrets(settings.password) if settings.password else None,
            token=secrets(settings.token) if settings.token else None,
            connect_timeout=5,
            # Whoever reads or writes connects again by itself, and says how long.
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            error_cb=quiet,
            disconnected_cb=quiet,
            closed_cb=quiet,
        )

    with asyncio.Runner() as runner:
        try:
            runner.run(asyncio.wait_for(connect(), ANSWER_S))
        except (TimeoutError, Error, OSError) as error:
            runner.run(_let_go(client))
            if "authorization" in str(error).lower():
                raise SystemUnfit(settings.where, "user, password or token are refused") from error
            raise Unreachable(settings.where, _said(error)) from error
        try:
            yield Link(runner, client, settings.where)
        finally:
            runner.run(_let_go(client))


async def _let_go(client: Any) -> None:
    """Close; the client leaves the socket open when it was refused or the connection was lost."""
    with suppress(Exception):
        await client.close()
    if client._transport is not None:
        with suppress(Exception):
            client._transport.close()
            await client._transport.wait_closed()


def probe(settings: NatsSettings, secrets: Secrets) -> str:
    """Connect, and say what server is there."""
    with nats_link(settings, secrets, "probe") as link:
        return f"connected to NATS {link.client._server_info.get('version', '')}".rstrip()


def _said(error: BaseException) -> str:
    return str(error).removeprefix("nats: ").rstrip(".") or type(error).__name__
