"""MongoDB: how to connect, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import Field

from workbench.flow.fields import Secret
from workbench.flow.node import Extra, Node
from workbench.flow.services import Secrets
from workbench.flow.sql import Fate, translated

CONNECT_MS = 10_000


class MongoServer(Node):
    """Settings of every node that speaks with MongoDB."""

    needs = Extra("mongodb", "pymongo")

    host: str = Field("localhost", min_length=1)
    """Name or address of the server; of a replica set any member, or several with commas between."""
    port: int = Field(27017, ge=1, le=65535)
    """Port of the server."""
    replica_set: str | None = None
    """Name of the replica set; without it only the one server is spoken to."""
    database: str = Field(min_length=1)
    """Name of the database."""
    collection: str = Field(min_length=1)
    """Name of the collection."""
    user: str | None = None
    """Who connects."""
    password: Secret | None = None
    """The user's password, as ${secret:NAME}."""
    auth_database: str = "admin"
    """Database that knows the user."""
    tls: bool = False
    """Encrypt the connection and look at the server's certificate."""

    @property
    def where(self) -> str:
        """The collection, for errors."""
        return f"mongodb://{self.host}:{self.port}/{self.database}.{self.collection}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a client and yield the collection; the first use of it connects."""
        import pymongo

        login: dict[str, Any] = {}
        if self.user is not None:
            password = secrets(self.password) if self.password is not None else None
            login = {"username": self.user, "password": password, "authSource": self.auth_database}
        with (
            translated(self.where, fate),
            pymongo.MongoClient(
                [part.strip() for part in self.host.split(",")],
                self.port,
                replicaSet=self.replica_set,
                directConnection=self.replica_set is None,
                tls=self.tls,
                serverSelectionTimeoutMS=CONNECT_MS,
                connectTimeoutMS=CONNECT_MS,
                appname="causeway",
                tz_aware=True,
                **login,
            ) as client,
        ):
            yield client[self.database][self.collection]

    def probe(self, *, secrets: Secrets) -> str:
        """Log in and count."""
        with self.connected(secrets) as collection:
            version = collection.database.client.server_info()["version"]
            return f"{self.where}: MongoDB {version}, about {collection.estimated_document_count()} documents"


def fate(error: Exception) -> Fate | None:
    """Tell what an error of pymongo means."""
    from bson.errors import BSONError
    from pymongo import errors

    match error:
        case errors.ConnectionFailure() | errors.ExecutionTimeout() | errors.WTimeoutError():
            return "later"
        case errors.BulkWriteError() | errors.WriteError() | errors.DocumentTooLarge() | BSONError() | OverflowError():
            return "row"
        case errors.PyMongoError():
            return "unfit"
    return None
