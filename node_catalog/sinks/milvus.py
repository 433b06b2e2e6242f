"""The node `sinks.milvus`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from pydantic import Field

from node_catalog._vectors.points import Point, Vectors
from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import Secret
from workbench.flow.node import Extra
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink

LONGEST_KEY = 512
_LATER = ("unavailable", "deadline", "connect", "timeout", "rate limit", "not ready")


class Milvus(Vectors):
    """Write rows with their vectors into a collection of Milvus: the present rows, by their key.

    The collection is made when it is not there: fields `id` and `vector`, the others as dynamic fields.
    """

    needs = Extra("milvus", "pymilvus")
    tested = "real library"

    uri: str = Field(min_length=1, pattern=r"^[^@]+$")
    """Address of the server, such as http://127.0.0.1:19530, or a file that ends in .db for Milvus Lite."""
    token: Secret | None = None
    """Token, or user and password with a colon between them, as ${secret:NAME}."""
    database: str = "default"
    """Database of the collection."""
    collection: str = Field(min_length=1, max_length=255, pattern=r"^[A-Za-z_]\w*$")
    """Collection to write to."""
    distance: Literal["COSINE", "L2", "IP"] = "COSINE"
    """How a new collection compares vectors."""
    timeout_s: float = Field(30.0, gt=0)
    """How long to wait for one answer, in seconds."""

    example: ClassVar[Example | None] = asks(
        {"uri": "http://127.0.0.1:19530", "collection": "runbooks", "key": ["title"], "embedding": "vector"}
    )

    @property
    def where(self) -> str:
        """The collection, for errors."""
        return f"{self.uri}/{self.collection}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a client."""
        from pymilvus import MilvusClient

        token = secrets(self.token) if self.token else ""
        client = MilvusClient(self.uri, token=token, db_name=self.database, timeout=self.timeout_s)
        try:
            yield client
        finally:
            client.close()

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_points(rows, sink, secrets)

    def told(self, connection: Any) -> str:
        """Look for the collection."""
        if not connection.has_collection(self.collection):
            return "Milvus answers; there is no such collection yet"
        return f"about {connection.get_collection_stats(self.collection)['row_count']} points"

    def found(self, connection: Any) -> str | None:
        """Look for the collection."""
        return self.collection if connection.has_collection(self.collection) else None

    def make(self, connection: Any, size: int) -> str:
        """Make the collection."""
        from pymilvus import DataType

        schema = connection.create_schema(auto_id=False, enable_dynamic_field=True)
        schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=LONGEST_KEY)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=size)
        index = connection.prepare_index_params()
        index.add_index("vector", index_type="AUTOINDEX", metric_type=self.distance)
        connection.create_collection(self.collection, schema=schema, index_params=index)
        return self.collection

    def upsert(self, connection: Any, collection: str, points: list[Point]) -> None:
        """Write points."""
        rows = [{**point.known, "id": point.id, "vector": point.vector} for point in points]
        connection.upsert(collection, rows, timeout=self.timeout_s)

    def delete(self, connection: Any, collection: str, ids: list[str]) -> None:
        """Delete points."""
        connection.delete(collection, ids=ids, timeout=self.timeout_s)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Make our errors of those of the client."""
        from grpc import RpcError
        from pymilvus.exceptions import ConnectionConfigException, DataNotMatchException, MilvusException, ParamError

        try:
            yield
        except (DataNotMatchException, ParamError) as error:
            raise BadInput(_said(error), where=self.where) from error
        except ConnectionConfigException as error:
            raise SystemUnfit(self.where, _said(error)) from error
        except MilvusException as error:
            if any(word in _said(error).lower() for word in _LATER):
                raise Unreachable(self.where, _said(error)) from error
            raise BadInput(_said(error), where=self.where) from error
        except RpcError as error:
            raise Unreachable(self.where, _said(error)) from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:400].rstrip(".") or type(error).__name__
