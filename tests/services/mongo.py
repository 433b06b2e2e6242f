"""A small server that speaks MongoDB's wire protocol (OP_MSG), for tests: one collection in memory, and its changes.

Written after MongoDB's documentation; it knows what the nodes ask, and refuses everything else.
"""

from __future__ import annotations

import itertools
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HELLO = {
    "isWritablePrimary": True,
    "ismaster": True,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "maxBsonObjectSize": 2**24,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 1000,
}


class Collection:
    """Documents and the changes of them."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.changes: list[dict[str, Any]] = []
        self.cursors: dict[int, int] = {}
        """Cursor of a change stream -> how many changes it has seen."""
        self.numbers = itertools.count(1)
        self.lock = threading.RLock()
        self.drops = 0
        """So many times the connection is closed in place of an answer."""

    def put(self, document: dict[str, Any]) -> None:
        """Insert or replace."""
        with self.lock:
            kind = "replace" if repr(document["_id"]) in self.documents else "insert"
            self.documents[repr(document["_id"])] = document
            self._tell(kind, document["_id"], document)

    def remove(self, key: Any) -> bool:
        """Delete."""
        with self.lock:
            there = self.documents.pop(repr(key), None) is not None
            if there:
                self._tell("delete", key, None)
            return there

    def _tell(self, kind: str, key: Any, document: dict[str, Any] | None) -> None:
        event = {"_id": {"_data": str(len(self.changes) + 1)}, "operationType": kind, "documentKey": {"_id": key}}
        self.changes.append(event | ({"fullDocument": document} if document else {}))

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a command."""
        name = next(iter(asked))
        with self.lock:
            match name:
                case "hello" | "ismaster" | "isMaster":
                    return HELLO
                case "buildInfo" | "buildinfo":
                    return {"version": "7.0.0"}
                case "ping" | "endSessions":
                    return {}
                case "count":
                    return {"n": len(self.documents)}
                case "find":
                    return self._batch(0, self._found(asked), "firstBatch")
                case "update":
                    return self._updated(asked["updates"])
                case "delete":
                    return {"n": sum(self.remove(one["q"]["_id"]) for one in asked["deletes"])}
                case "aggregate":
                    return self._watched(asked["pipeline"][0]["$changeStream"])
                case "getMore":
                    return self._batch(asked["getMore"], self._more(asked["getMore"]), "nextBatch")
                case "killCursors":
                    return {"cursorsKilled": asked["cursors"]}
        return {"ok": 0.0, "code": 59, "codeName": "CommandNotFound", "errmsg": f"no such command: '{name}'"}

    def _found(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        found = list(self.documents.values())
        for field, condition in asked.get("filter", {}).items():
            above = condition.get("$gt")
            found = [one for one in found if field in one and (above is None or one[field] > above)]
        for field in asked.get("sort", {}):
            found.sort(key=lambda one: one[field])
        return found

    def _updated(self, updates: list[dict[str, Any]]) -> dict[str, Any]:
        faults = []
        for place, one in enumerate(updates):
            if one["u"].get("n", 0) < 0:
                faults.append({"index": place, "code": 121, "errmsg": "Document failed validation"})
            else:
                self.put(one["u"])
        return {"n": len(updates) - len(faults), "nModified": 0} | ({"writeErrors": faults} if faults else {})

    def _watched(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = next(self.numbers)
        self.cursors[number] = int(asked["resumeAfter"]["_data"]) if "resumeAfter" in asked else len(self.changes)
        return self._batch(number, [], "firstBatch")

    def _more(self, number: int) -> list[dict[str, Any]]:
        news = self.changes[self.cursors[number] :]
        self.cursors[number] = len(self.changes)
        return news

    def _batch(self, number: int, found: list[dict[str, Any]], name: str) -> dict[str, Any]:
        from bson import Int64

        token = {"postBatchResumeToken": {"_data": str(self.cursors[number])}} if number else {}
        return {"cursor": {"id": Int64(number), "ns": "shop.items", name: found, **token}}


@contextmanager
def mongo_server(collection: Collection) -> Iterator[int]:
    """Serve a collection on a free port while the block runs; yields the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            import bson

            while head := self.rfile.read(16):
                size, asked, _, kind = struct.unpack("<iiii", head)
                body = self.rfile.read(size - 16)
                if kind == 2013 and collection.drops and b"\x02find\x00" in body:
                    collection.drops -= 1
                    return
                message = collection.answer(_query(body) if kind == 2004 else _message(body))
                raw = bson.encode({"ok": 1.0} | message)
                if kind == 2004:
                    reply = struct.pack("<iqii", 0, 0, 0, 1) + raw
                    self.wfile.write(struct.pack("<iiii", 16 + len(reply), 0, asked, 1) + reply)
                else:
                    reply = struct.pack("<ib", 0, 0) + raw
                    self.wfile.write(struct.pack("<iiii", 16 + len(reply), 0, asked, 2013) + reply)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: clients hang up as they like."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _query(body: bytes) -> dict[str, Any]:
    import bson

    start = body.index(b"\0", 4) + 1 + 8
    return bson.decode(body[start:])


def _message(body: bytes) -> dict[str, Any]:
    import bson

    place, asked = 4, {}
    while place < len(body):
        kind, place = body[place], place + 1
        (size,) = struct.unpack_from("<i", body, place)
        if kind == 0:
            asked = bson.decode(body[place : place + size]) | asked
        else:
            end = body.index(b"\0", place + 4)
            asked[body[place + 4 : end].decode()] = bson.decode_all(body[end + 1 : place + size])
        place += size
    # The command's name is the first key of the document, and sequences were put before it perhaps.
    names = ("update", "delete", "insert")
    first = next((name for name in names if name in asked), None)
    return ({first: asked[first]} | asked) if first else asked
