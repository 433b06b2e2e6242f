"""The node `sources.mongodb`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from pydantic import model_validator

from node_catalog._databases.mongodb import MongoServer, fate
from workbench.errors import GiveUp
from workbench.flow.example import Example, asks
from workbench.flow.following import Follower, Following, followed
from workbench.flow.outside import at_path
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.sql import translated

TURN_S = 0.2
"""How long one turn of reading lasts before what came is handed over."""


class MongoCollection(Following, MongoServer):
    """Read the documents of a collection of MongoDB: once, by a field that grows, or with every change.

    Column names are paths into the document, such as address.city. Without `increasing`, new, changed and deleted
    documents are followed by a change stream, which replica sets and sharded clusters have; `_id` has to be a column.
    """

    tested = "wire protocol"

    increasing: str | None = None
    """Field that is larger in each new document; with it, only new documents are asked for, and no change stream."""

    example: ClassVar[Example | None] = asks(
        {"database": "shop", "collection": "orders", "columns": {"_id": "text", "state": "text"}}
    )

    @model_validator(mode="after")
    def _fits(self) -> MongoCollection:
        if self.follow and self.increasing is None and "_id" not in self.columns:
            raise ValueError(
                "columns lacks '_id', by which changes of documents are told; or name a field `increasing`"
            )
        return self

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        key = ["_id"] if self.follow and self.increasing is None else []
        return followed(MongoReader(self, source, secrets, key))


class MongoReader(Follower):
    """Reads the documents there are, then what the stream of changes or the next question has."""

    def __init__(self, node: MongoCollection, source: Source, secrets: Secrets, key: list[str]) -> None:
        super().__init__(node, source, key)
        self.server, self.secrets, self.where = node, secrets, node.where
        self.waits = bool(key)
        self.goes_on = bool(key) or node.increasing is not None
        self._stream: Any = None

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a client."""
        self._stream = None
        with self.server.connected(self.secrets) as collection:
            try:
                yield collection
            finally:
                if self._stream is not None:
                    self._stream.close()

    def poll(self, connection: Any) -> None:
        """Take what came behind the offset."""
        with translated(self.where, fate):
            if self.key:
                self._follow(connection)
            else:
                self._ask(connection)

    def _ask(self, collection: Any) -> None:
        from bson.json_util import dumps, loads

        field, last = self.server.increasing, None
        behind = {"$gt": loads(self.offset)} if self.offset is not None else {"$exists": True}
        found = collection.find({field: behind}).sort(field, 1) if field else collection.find()
        for document in found:
            here = at_path(document, field) if field else None
            # A value that several documents share is behind us only when the next one has come.
            if last is not None and here != last:
                self.reached(dumps(last))
            last = here
            self._take(document)
            if self.stopping:
                return
        if last is not None:
            self.reached(dumps(last))

    def _follow(self, collection: Any) -> None:
        from bson.json_util import dumps, loads

        if self._stream is None:
            begin = loads(self.offset) if self.offset else {"snapshot": True}
            begun = {"resume_after": begin["token"]} if "token" in begin else {}
            self._stream = self._watched(collection, **begun)
            if "snapshot" in begin:
                # Whoever goes on in the middle begins the snapshot again, but the stream where it was: it tells which
                # documents went.
                token = begin["token"] if begun else self._stream.resume_token
                self.reached(dumps({"token": token, "snapshot": True}))
                self._snapshot(collection)
                if self.stopping:
                    return
                self.reached(dumps({"token": token}))
        deadline = time.monotonic() + TURN_S
        while not self.stopping and time.monotonic() < deadline:
            event = self._stream.try_next()
            if event is not None:
                self._changed(event)
            self.reached(dumps({"token": self._stream.resume_token}))
            if event is None:
                return

    def _watched(self, collection: Any, **options: Any) -> Any:
        wait_ms = int(1000 * min(TURN_S, self.node.poll_s))
        stream = collection.watch(full_document="updateLookup", max_await_time_ms=wait_ms, **options)
        if not options:
            # The first answer has the place from which what comes after the snapshot can be asked for.
            event = stream.try_next()
            if event is not None:
                self._changed(event)
        return stream

    def _snapshot(self, collection: Any) -> None:
        for document in collection.find():
            self._take(document)
            self.may_repeat()
            if self.stopping:
                return

    def _changed(self, event: dict[str, Any]) -> None:
        match event["operationType"]:
            case "insert" | "replace" | "update":
                # A document that is gone again is told by an event of its own.
                if event.get("fullDocument") is not None:
                    self._take(event["fullDocument"])
            case "delete":
                self.take_back(event["documentKey"])
            case "drop" | "rename" | "dropDatabase" | "invalidate" as what:
                raise GiveUp(f"{self.where}: the collection is gone ({what}). Run the flow afresh")

    def _take(self, document: dict[str, Any]) -> None:
        self.take({name: at_path(document, name) for name in self.node.columns}, where=self.where)
