"""The node `sinks.weaviate`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from node_catalog._vectors.points import Point, Vectors, uuid_of
from workbench.errors import BadInput, SystemUnfit
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink


class Weaviate(Vectors, HttpServer):
    """Write rows with their vectors into a collection of Weaviate: the present rows, by their key.

    The collection is made when it is not there, without a vectorizer. An object's id is a UUID that is made of the key.
    """

    tested = "wire protocol"

    collection: str = Field(pattern=r"^[A-Z]\w*$")
    """Collection (class) to write to; it begins with a capital."""

    example: ClassVar[Example | None] = asks(
        {"url": "http://127.0.0.1:8080", "collection": "Runbooks", "key": ["title"], "embedding": "vector"}
    )

    @property
    def where(self) -> str:
        """The collection, for errors."""
        return f"{self.url.rstrip('/')}/{self.collection}"

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, sink, secrets)

    def told(self, connection: HttpConnection) -> str:
        """Ask for the version."""
        return f"Weaviate {connection.request('GET', '/v1/meta').json().get('version', '')}"

    def found(self, connection: HttpConnection) -> str | None:
        """Look for the class."""
        classes = connection.request("GET", "/v1/schema").json().get("classes") or []
        return self.collection if any(one["class"] == self.collection for one in classes) else None

    def make(self, connection: HttpConnection, size: int) -> str:
        """Make the class; it takes the size of its first vector."""
        connection.request("POST", "/v1/schema", json={"class": self.collection, "vectorizer": "none"})
        return self.collection

    def upsert(self, connection: HttpConnection, collection: str, points: list[Point]) -> None:
        """Write points; the server answers for each."""
        objects = [
            {"class": collection, "id": uuid_of(one.id), "vector": one.vector, "properties": one.known}
            for one in points
        ]
        for result in connection.request("POST", "/v1/batch/objects", json={"objects": objects}).json():
            errors = (result.get("result") or {}).get("errors") or {}
            said = "; ".join(str(one.get("message", "")) for one in errors.get("error") or ())
            if said:
                raise BadInput(said, where=self.where)

    def delete(self, connection: HttpConnection, collection: str, ids: list[str]) -> None:
        """Delete points."""
        which = {"path": ["id"], "operator": "ContainsAny", "valueTextArray": [uuid_of(one) for one in ids]}
        match = {"class": collection, "where": which}
        found = connection.request("DELETE", "/v1/batch/objects", json={"match": match}).json()
        if (found.get("results") or {}).get("failed"):
            raise SystemUnfit(self.where, f"{found['results']['failed']} objects could not be deleted")
