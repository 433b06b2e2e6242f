"""The node `sinks.chroma`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from node_catalog._vectors.points import Point, PointWriter, Vectors
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

    @property
    def base(self) -> str:
        """Path of the database."""
        return f"/api/v2/tenants/{quote(self.tenant, safe='')}/databases/{quote(self.database, safe='')}"

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, ChromaWriter(self, sink, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask for the version and the collections."""
        with self.connected(secrets) as connection:
            version = connection.request("GET", "/api/v2/version").json()
            count = connection.request("GET", f"{self.base}/collections_count").json()
            return f"{self.where}: Chroma {version}, {count} collections"


class ChromaWriter(PointWriter):
    """Writes over HTTP."""

    def __init__(self, node: Chroma, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, f"{node.where}/{node.collection}")
        self.server, self.secrets = node, secrets

    @contextmanager
    def connect(self) -> Iterator[tuple[HttpConnection, str]]:
        """Open a client; yield it with the path of the collection."""
        with self.server.connected(self.secrets) as connection:
            wanted = {
                "name": self.server.collection,
                "get_or_create": True,
                "configuration": {"hnsw": {"space": self.server.distance}},
            }
            found = connection.request("POST", f"{self.server.base}/collections", json=wanted).json()
            yield connection, f"{self.server.base}/collections/{found['id']}"

    def upsert(self, connection: tuple[HttpConnection, str], points: list[Point]) -> None:
        """Write points."""
        web, path = connection
        body: dict[str, Any] = {
            "ids": [point.id for point in points],
            "embeddings": [point.vector for point in points],
            # Chroma refuses an object with nothing in it.
            "metadatas": [point.known or None for point in points],
        }
        if self.server.document is not None:
            body["documents"] = [point.known.pop(self.server.document, None) for point in points]
            body["metadatas"] = [point.known or None for point in points]
        web.request("POST", f"{path}/upsert", json=body)

    def delete(self, connection: tuple[HttpConnection, str], ids: list[str]) -> None:
        """Delete points."""
        web, path = connection
        web.request("POST", f"{path}/delete", json={"ids": ids})
