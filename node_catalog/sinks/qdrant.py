"""The node `sinks.qdrant`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from node_catalog._vectors.points import Point, Vectors, uuid_of
from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import OutputFile, Secret
from workbench.flow.node import Extra
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink


class Qdrant(Vectors):
    """Write rows with their vectors into a collection of Qdrant: the present rows, by their key.

    The collection is made when it is not there. Qdrant takes numbers and UUIDs as ids only, so a point's id is a UUID
    that is made of the key.
    """

    needs = Extra("qdrant", "qdrant_client")
    tested = "real library"

    url: str | None = Field(None, pattern=r"^https?://[^@\s]+$")
    """Address of the server, such as http://127.0.0.1:6333."""
    folder: OutputFile | None = None
    """In place of a server: folder for the small engine in Qdrant's client, for some ten thousand points."""
    api_key: Secret | None = None
    """Key of the server, as ${secret:NAME}."""
    collection: str = Field(min_length=1, max_length=255, pattern=r"^[^<>:\"/\\|?*]+$")
    """Collection to write to."""
    distance: Literal["cosine", "euclid", "dot"] = "cosine"
    """How a new collection compares vectors."""
    timeout_s: int = Field(30, ge=1)
    """How long to wait for one answer, in seconds."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:6333", "collection": "runbooks", "key": ["title"], "embedding": "vector"}
    )

    @model_validator(mode="after")
    def _one_place(self) -> Qdrant:
        if (self.url is None) == (self.folder is None):
            raise ValueError("give either url or folder")
        return self

    @property
    def where(self) -> str:
        """The collection, for errors."""
        return f"{self.url or self.folder}/{self.collection}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a client."""
        from qdrant_client import QdrantClient

        key = secrets(self.api_key) if self.api_key else None
        place: dict[str, Any] = {"path": self.folder} if self.folder else {"url": self.url, "api_key": key}
        client = QdrantClient(**place, timeout=self.timeout_s, check_compatibility=False)
        try:
            yield client
        finally:
            client.close()

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, sink, secrets)

    def told(self, connection: Any) -> str:
        """Look for the collection."""
        if not connection.collection_exists(self.collection):
            return "Qdrant answers; there is no such collection yet"
        return f"about {connection.count(self.collection, exact=False).count} points"

    def found(self, connection: Any) -> str | None:
        """Look for the collection."""
        return self.collection if connection.collection_exists(self.collection) else None

    def make(self, connection: Any, size: int) -> str:
        """Make the collection."""
        from qdrant_client.models import Distance, VectorParams

        kind = Distance[self.distance.upper()]
        connection.create_collection(self.collection, VectorParams(size=size, distance=kind))
        return self.collection

    def upsert(self, connection: Any, collection: str, points: list[Point]) -> None:
        """Write points."""
        from qdrant_client.models import PointStruct

        made = [PointStruct(id=uuid_of(point.id), vector=point.vector, payload=point.known) for point in points]
        connection.upsert(collection, made, wait=True)

    def delete(self, connection: Any, collection: str, ids: list[str]) -> None:
        """Delete points."""
        connection.delete(collection, [uuid_of(one) for one in ids], wait=True)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Make our errors of those of the client."""
        from httpx import HTTPError
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        try:
            yield
        except UnexpectedResponse as error:
            said = " ".join(str(error).split())[:400]
            if error.status_code in (401, 403, 404):
                raise SystemUnfit(self.where, said) from error
            if error.status_code is None or error.status_code in (408, 429) or error.status_code >= 500:
                raise Unreachable(self.where, said) from error
            raise BadInput(said, where=self.where) from error
        except (ResponseHandlingException, HTTPError) as error:
            raise Unreachable(self.where, str(error) or type(error).__name__) from error
        except RuntimeError as error:
            # Another program has the folder open.
            raise Unreachable(self.where, " ".join(str(error).split())[:400]) from error
        except ValueError as error:
            raise BadInput(str(error), where=self.where) from error
