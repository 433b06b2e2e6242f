"""The node `sources.kinesis`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.flow.aws import NEEDS, AwsSettings, aws_errors, client
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.message import Message
from workbench.flow.queues.reading import MessageFollower, MessageSource
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import wait

SHARD_END = "end"


class Kinesis(MessageSource, AwsSettings):
    """Read the records of a stream of Amazon Kinesis; the workspace keeps the place in each shard.

    Shards that a split or merge makes are read once the shard before them is done. Kinesis allows five reads a second
    for each shard, shared by all readers, so `poll_s` should not be much below 1.
    """

    needs = NEEDS
    tested = "emulator"

    stream: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    """Name of the stream."""
    start: Literal["earliest", "latest"] = "earliest"
    """Where to begin in a shard of which no place is known yet."""

    example: ClassVar[Example | None] = asks(
        {"region": "eu-central-1", "stream": "logs", "columns": {"service": "text", "body": "text"}}
    )

    @property
    def where(self) -> str:
        """Return the stream, for errors."""
        return f"kinesis://{self.region}/{self.stream}"

    def probe(self, *, secrets: Secrets) -> str:
        with aws_errors(self.where):
            about = client(self, secrets, "kinesis").describe_stream_summary(StreamName=self.stream)
        found = about["StreamDescriptionSummary"]
        return f"stream {self.stream!r} is {found['StreamStatus'].lower()}, {found['OpenShardCount']} open shards"

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(KinesisFollower(self, source, secrets))


class KinesisFollower(MessageFollower):
    """Reads shard by shard."""

    node: Kinesis

    def __init__(self, node: Kinesis, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, secrets)
        self._places: dict[str, str] = {}
        """Last sequence number by shard; `SHARD_END` for one that is read and closed."""
        self._iterators: dict[str, str] = {}
        self._behind = True

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Return a client; what was read without a reached place is read again."""
        self._places, self._iterators = json.loads(self.offset or "{}"), {}
        with aws_errors(self.node.where):
            yield client(self.node, self.secrets, "kinesis")

    def receive(self, connection: Any, wait_s: float, at_most: int) -> Sequence[Message]:
        """Return the next records of all shards."""
        found: list[Message] = []
        self._behind = False
        for shard in self._shards(connection):
            iterator = self._iterators.get(shard) or self._iterator(connection, shard)
            answer = connection.get_records(ShardIterator=iterator, Limit=max(at_most, 1000))
            for record in answer["Records"]:
                found.append(_message(record, self.node.stream, shard))
                self._places[shard] = record["SequenceNumber"]
            self._behind |= bool(answer["Records"]) or answer.get("MillisBehindLatest", 0) > 0
            if answer.get("NextShardIterator"):
                self._iterators[shard] = answer["NextShardIterator"]
            else:
                self._places[shard] = SHARD_END
                self._iterators.pop(shard, None)
        if not found and self.node.follow:
            wait(self.source, self.node.poll_s)
        return found

    def place(self) -> str:
        """Return the last sequence number by shard."""
        return json.dumps(self._places, sort_keys=True)

    def over(self, connection: Any) -> bool:
        """Tell whether no shard has more."""
        return not self._behind

    def _shards(self, connection: Any) -> list[str]:
        known: list[dict[str, Any]] = []
        for page in connection.get_paginator("list_shards").paginate(StreamName=self.node.stream):
            known += page["Shards"]
        names = {shard["ShardId"] for shard in known}
        done = {name for name, place in self._places.items() if place == SHARD_END}
        return [
            shard["ShardId"]
            for shard in known
            if shard["ShardId"] not in done
            and all(shard.get(parent) not in names - done for parent in ("ParentShardId", "AdjacentParentShardId"))
        ]

    def _iterator(self, connection: Any, shard: str) -> str:
        place = self._places.get(shard)
        begin = {"ShardIteratorType": "TRIM_HORIZON" if self.node.start == "earliest" else "LATEST"}
        after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": place}
        found = connection.get_shard_iterator(
            StreamName=self.node.stream, ShardId=shard, **(begin if place is None else after)
        )
        iterator: str = found["ShardIterator"]
        return iterator


def _message(record: dict[str, Any], stream: str, shard: str) -> Message:
    arrived = record.get("ApproximateArrivalTimestamp")
    return Message(
        body=record["Data"],
        topic=stream,
        key=record["PartitionKey"].encode(),
        time_unix_nano=int(arrived.timestamp() * 1000) * 1_000_000 if arrived else None,
        partition=shard,
        offset=record["SequenceNumber"],
    )
