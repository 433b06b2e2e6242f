"""The node `sinks.pinecone`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import httpx
from pydantic import Field

from node_catalog._databases.http import HttpConnection
from node_catalog._vectors.points import Point, Vectors
from workbench.flow.example import Example, asks
from workbench.flow.fields import Secret
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink

VERSION = "2025-01"
"""Version of the API that is spoken."""


class Pinecone(Vectors):
    """Write rows with their vectors into an index of Pinecone: the present rows, by their key.

    The index has to be there.
    """

    tested = "wire protocol"

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """Address of the index, as Pinecone's console shows it: https://NAME-PROJECT.svc.REGION.pinecone.io."""
    namespace: str = ""
    """Namespace in the index; the default one when left out."""
    api_key: Secret
    """API key, as ${secret:NAME}."""
    batch_rows: int = Field(100, ge=1, le=1000)
    """Rows that are written at once, at most; Pinecone takes 2 MB."""
    timeout_s: float = Field(30.0, gt=0)
    """How long to wait for one answer, in seconds."""

    example: ClassVar[Example | None] = asks(
        {
            "url": "https://runbooks.example.org",
            "api_key": "${secret:pinecone_runbooks_key}",
            "key": ["title"],
            "embedding": "vector",
        }
    )

    @property
    def where(self) -> str:
        """The index, for errors."""
        return self.url.rstrip("/")

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[HttpConnection]:
        """Open a client."""
        headers = {"Api-Key": secrets(self.api_key), "X-Pinecone-API-Version": VERSION, "User-Agent": "causeway"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=self.timeout_s) as web:
            yield HttpConnection(web, self.where)

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, sink, secrets)

    def told(self, connection: HttpConnection) -> str:
        """Ask how many vectors there are."""
        found = connection.request("POST", "/describe_index_stats", json={}).json()
        return f"{found.get('totalVectorCount', 0)} vectors of {found.get('dimension', 0)} numbers"

    def found(self, connection: HttpConnection) -> str:
        """Return the namespace: it is there once something is in it."""
        return self.namespace

    def upsert(self, connection: HttpConnection, collection: str, points: list[Point]) -> None:
        """Write points."""
        vectors = [{"id": point.id, "values": point.vector, "metadata": point.known} for point in points]
        connection.request("POST", "/vectors/upsert", json={"vectors": vectors, "namespace": collection})

    def delete(self, connection: HttpConnection, collection: str, ids: list[str]) -> None:
        """Delete points."""
        connection.request("POST", "/vectors/delete", json={"ids": ids, "namespace": collection})
