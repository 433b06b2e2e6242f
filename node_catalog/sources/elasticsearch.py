"""The node `sources.elasticsearch`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from pydantic import Field

from node_catalog._databases.http import HttpConnection, HttpServer
from workbench.errors import GiveUp
from workbench.flow.example import Example, asks
from workbench.flow.following import Follower, Following, followed
from workbench.flow.outside import at_path
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source

PAGE = 1000
"""Documents in one answer."""
_KEPT = "1m"


class ElasticsearchIndex(Following, HttpServer):
    """Read the documents of an Elasticsearch index, and those that come, in the order of a field that grows.

    Column names are paths into the document, such as service.name; `_id` is the document's id. Documents that come
    later with the same value of the field as the last one read, or a smaller one, are not seen.
    """

    tested = "wire protocol"

    index: str = Field(min_length=1)
    """Index, data stream or pattern such as logs-*."""
    increasing: str = Field("@timestamp", min_length=1)
    """Field that is larger in each new document, such as its time."""

    example: ClassVar[Example | None] = asks(
        {
            "url": "http://127.0.0.1:9200",
            "index": "logs-*",
            "increasing": "@timestamp",
            "columns": {"@timestamp": "time", "message": "text"},
        }
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(ElasticsearchReader(self, source, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Count the documents."""
        with self.connected(secrets, "ApiKey") as connection:
            count = connection.request("GET", f"/{self.index}/_count").json()["count"]
            return f"{self.where}/{self.index}: {count} documents"


class ElasticsearchReader(Follower):
    """Reads page by page what stood in the index at one moment."""

    def __init__(self, node: ElasticsearchIndex, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source)
        self.index, self.secrets = node, secrets
        self.where = f"{node.where}/{node.index}"

    def connect(self) -> AbstractContextManager[HttpConnection]:
        """Open a client."""
        return self.index.connected(self.secrets, "ApiKey")

    def poll(self, connection: HttpConnection) -> None:
        """Take the documents behind the offset."""
        last: Any = None
        for hit in self._hits(connection):
            here = hit["sort"][0]
            # A value that several documents share is behind us only when the next one has come.
            if last is not None and here != last:
                self.reached(json.dumps(last))
            last = here
            document = {name: at_path(hit["_source"], name) for name in self.node.columns}
            self.take(document | {"_id": hit["_id"]}, where=self.where)
            if self.stopping:
                return
        if last is not None:
            self.reached(json.dumps(last))

    def _hits(self, connection: HttpConnection) -> Iterator[dict[str, Any]]:
        field = self.index.increasing
        opened = connection.request("POST", f"/{self.index.index}/_pit", params={"keep_alive": _KEPT}).json()["id"]
        # Times are sorted as milliseconds since 1970, which a range takes unless the field has a format of its own.
        wanted = {"range": {field: {"gt": json.loads(self.offset)}}} if self.offset else {"exists": {"field": field}}
        after: list[Any] | None = None
        try:
            while True:
                question: dict[str, Any] = {
                    "size": PAGE,
                    "query": wanted,
                    "sort": [{field: {"order": "asc"}}],
                    "pit": {"id": opened, "keep_alive": _KEPT},
                }
                if after is not None:
                    question["search_after"] = after
                answer = connection.request("POST", "/_search", json=question).json()
                if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
                    raise GiveUp(f"{self.where}: some shards did not answer; their documents would be missed")
                hits = answer["hits"]["hits"]
                yield from hits
                if len(hits) < PAGE or self.stopping:
                    return
                after = hits[-1]["sort"]
        finally:
            connection.request("DELETE", "/_pit", json={"id": opened})
