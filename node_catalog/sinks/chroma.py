"""The node `sinks.chroma`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from node_catalog._vectors.points import Point, Vectors
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink


class Chroma(Vectors, HttpServer):
    """Write rows with their vectors into a collection of a Chroma server: the present rows, by their key.

    The collection is made when it is not there.
    """

    tested = "real server"

    url: str = Field("http://127.0.0.1:8000", pattern=r"^https?://[^@\s]+$")
    """Address of the server."""
    tenant: str = Field("default_tenant", min_length=1)
    """Tenant of the database."""
    database: str = Field("default_database", min_length=1)
    """Database of the collection."""
    collection: str = Field(min_length=3, max_length=512, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]$")
    """Collection to write to."""
    document: Column | None = None
    """Column with the text that the vector stands for, which Chroma can search too."""
    distance: Literal["cosine", "l2", "ip"] = "cosine"
    """How a new collection compares vectors."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:8000", "collection": "runbooks", "key": ["title"], "embedding": "vector"}
    )

    @property
    def base(self) -> str:
        """Path of the database."""
        return f"/api/v2/tenants/{quote(self.tenant, safe='')}/databases/{quote(self.database, safe='')}"

    @property
    def where(self) -> str:
        """The collection, for errors."""
        return f"{self.url.rstrip('/')}/{self.collection}"

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, sink, secrets)

    def told(self, connection: HttpConnection) -> str:
        """Ask for the version and the collections."""
        version = connection.request("GET", "/api/v2/version").json()
        return f"Chroma {version}, {connection.request('GET', f'{self.base}/collections_count').json()} collections"

    def found(self, connection: HttpConnection) -> str:
        """Return the path of the collection, which the server makes when it is not there."""
        wanted = {
            "name": self.collection,
            "get_or_create": True,
            "configuration": {"hnsw": {"space": self.distance}},
        }
        found = connection.request("POST", f"{self.base}/collections", json=wanted).json()
        return f"{self.base}/collections/{found['id']}"

    def upsert(self, connection: HttpConnection, collection: str, points: list[Point]) -> None:
        """Write points."""
        body: dict[str, Any] = {"ids": [one.id for one in points], "embeddings": [one.vector for one in points]}
        if self.document is not None:
            body["documents"] = [one.known.pop(self.document, None) for one in points]
        # Chroma refuses an object with nothing in it.
        body["metadatas"] = [one.known or None for one in points]
        connection.request("POST", f"{collection}/upsert", json=body)

    def delete(self, connection: HttpConnection, collection: str, ids: list[str]) -> None:
        """Delete points."""
        connection.request("POST", f"{collection}/delete", json={"ids": ids})
