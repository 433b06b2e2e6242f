"""The node `sinks.weaviate`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from node_catalog._vectors.points import Point, PointWriter, Vectors, uuid_of
from workbench.errors import BadInput, SystemUnfit
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink


class Weaviate(Vectors, HttpServer):
    """Write rows with their vectors into a collection of Weaviate: the present rows, by their key.

    The collection is made when it is not there, without a vectorizer. An object's id is a UUID that is made of the key.
    """

    tested = "wire protocol"

    collection: str = Field(pattern=r"^[A-Z]\w*$")
    """Collection (class) to write to; it begins with a capital."""

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, WeaviateWriter(self, sink, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Ask for the version."""
        with self.connected(secrets) as connection:
            return f"{self.where}: Weaviate {connection.request('GET', '/v1/meta').json().get('version', '')}"


class WeaviateWriter(PointWriter):
    """Writes over HTTP."""

    def __init__(self, node: Weaviate, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, f"{node.where}/{node.collection}")
        self.server, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[HttpConnection]:
        """Open a client."""
        return self.server.connected(self.secrets)

    def prepare(self, connection: HttpConnection) -> None:
        """Make the collection when it is not there."""
        classes = connection.request("GET", "/v1/schema").json().get("classes") or []
        if self.server.collection not in [one["class"] for one in classes]:
            connection.request("POST", "/v1/schema", json={"class": self.server.collection, "vectorizer": "none"})

    def upsert(self, connection: HttpConnection, points: list[Point]) -> None:
        """Write points; the server answers for each."""
        objects = [
            {"class": self.server.collection, "id": uuid_of(one.id), "vector": one.vector, "properties": one.known}
            for one in points
        ]
        for result in connection.request("POST", "/v1/batch/objects", json={"objects": objects}).json():
            errors = (result.get("result") or {}).get("errors") or {}
            said = "; ".join(str(one.get("message", "")) for one in errors.get("error") or ())
            if said:
                raise BadInput(said, where=self.where)

    def delete(self, connection: HttpConnection, ids: list[str]) -> None:
        """Delete points."""
        which = {"path": ["id"], "operator": "ContainsAny", "valueTextArray": [uuid_of(one) for one in ids]}
        match = {"class": self.server.collection, "where": which}
        found = connection.request("DELETE", "/v1/batch/objects", json={"match": match}).json()
        if (found.get("results") or {}).get("failed"):
            raise SystemUnfit(self.where, f"{found['results']['failed']} objects could not be deleted")
