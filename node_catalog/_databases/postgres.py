"""PostgreSQL: how to connect, and how it writes what all databases have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import Field

from workbench.flow.fields import Secret
from workbench.flow.node import Extra, Node
from workbench.flow.services import Secrets
from workbench.flow.sql import Dialect, Fate, on_conflict, translated

CONNECT_S = 10
# What a server says when it cannot take a connection now; all else that it says then is final.
_PASSING = ("starting up", "shutting down", "recovery mode", "too many", "remaining connection", "terminating")


class PostgresServer(Node):
    """Settings of every node that speaks with PostgreSQL."""

    needs = Extra("postgres", "psycopg")

    host: str = Field("localhost", min_length=1)
    """Name or address of the server, or the folder of its Unix socket."""
    port: int = Field(5432, ge=1, le=65535)
    """Port of the server."""
    database: str = Field(min_length=1)
    """Name of the database."""
    user: str = Field(min_length=1)
    """Who connects."""
    password: Secret | None = None
    """The user's password, as ${secret:NAME}; without it the server has to trust the user."""
    ssl: Literal["disable", "prefer", "require", "verify-full"] = "prefer"
    """Whether the connection is encrypted, and whether the server's certificate is looked at."""

    @property
    def where(self) -> str:
        """The server and database, for errors."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.database}"

    @contextmanager
    def connected(self, secrets: Secrets, **options: Any) -> Iterator[Any]:
        """Open a connection of psycopg."""
        import psycopg

        password = secrets(self.password) if self.password is not None else None
        with translated(self.where, fate):
            connection = psycopg.connect(
                host=self.host,
                port=self.port,
                dbname=self.database,
                user=self.user,
                password=password,
                sslmode=self.ssl,
                connect_timeout=CONNECT_S,
                application_name="causeway",
                **options,
            )
        try:
            yield connection
        finally:
            connection.close()

    def probe(self, *, secrets: Secrets) -> str:
        """Log in."""
        with self.connected(secrets) as connection:
            (version,) = connection.execute("SHOW server_version").fetchone()
            return f"{self.where}: PostgreSQL {version}"


def fate(error: Exception) -> Fate | None:
    """Tell what an error of psycopg means."""
    import psycopg

    match error:
        case psycopg.OperationalError() if error.sqlstate is None:
            final = "FATAL: " in str(error) and not any(word in str(error) for word in _PASSING)
            return "unfit" if final else "later"
        case psycopg.errors.ObjectNotInPrerequisiteState():
            # Such as a wal_level that is too low.
            return "unfit"
        case psycopg.OperationalError() | psycopg.InterfaceError() | psycopg.InternalError():
            return "later"
        case psycopg.ProgrammingError() | psycopg.NotSupportedError():
            return "unfit"
        case psycopg.Error():
            return "row"
    return None


def value(plain: Any) -> Any:
    """Return a value as psycopg takes it."""
    from psycopg.types.json import Jsonb

    match plain:
        case dict() | list():
            return Jsonb(plain)
        case str():
            # PostgreSQL's texts hold every character but this one.
            return plain.replace("\x00", "")
    return plain


POSTGRES = Dialect(
    types={
        "str": "text",
        "int": "bigint",
        "float": "double precision",
        "bool": "boolean",
        "bytes": "bytea",
        "Json": "jsonb",
        "DateTimeUtc": "timestamptz",
        "DateTimeNaive": "timestamp",
        "Duration": "interval",
        "Pointer": "text",
    },
    upsert=on_conflict,
    fate=fate,
    value=value,
)
