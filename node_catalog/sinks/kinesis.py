"""The node `sinks.kinesis`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import BadInput, Unreachable
from workbench.flow.aws import NEEDS, AwsSettings, aws_errors, client
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.queues.sending import MessageSink, MessageWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, write_rows

AT_ONCE = 500
"""Records that Kinesis takes in one request."""


class KinesisOutput(MessageSink, AwsSettings):
    """Send each row as a record to a stream of Amazon Kinesis."""

    needs = NEEDS
    tested = "emulator"

    stream: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    """Name of the stream."""
    key: Column | None = None
    """Column whose value decides on the shard; rows are spread when left out."""

    example: ClassVar[Example | None] = asks({"region": "eu-central-1", "stream": "errors"})

    @property
    def where(self) -> str:
        """Return the stream, for errors."""
        return f"kinesis://{self.region}/{self.stream}"

    def probe(self, *, secrets: Secrets) -> str:
        with aws_errors(self.where):
            about = client(self, secrets, "kinesis").describe_stream_summary(StreamName=self.stream)
        return f"stream {self.stream!r} is {about['StreamDescriptionSummary']['StreamStatus'].lower()}"

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, KinesisWriter(self, sink, secrets))


class KinesisWriter(MessageWriter):
    """Puts the records."""

    node: KinesisOutput

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Return a client."""
        with aws_errors(self.where):
            yield client(self.node, self.secrets, "kinesis")

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Put all; those that a busy shard refuses are put again."""
        records = [
            {"Data": message.body, "PartitionKey": (message.key or str(change.key).encode()).decode()[:256]}
            for change, message in zip(changes, self.messages(changes, self.node.key), strict=True)
        ]
        for record in records:
            if len(record["Data"]) + len(record["PartitionKey"]) > 2**20:
                raise BadInput("a record has more than the 1 MiB that Kinesis takes", where=self.where)
        with aws_errors(self.where):
            for start in range(0, len(records), AT_ONCE):
                self._put(connection, records[start : start + AT_ONCE])

    def _put(self, connection: Any, records: list[dict[str, Any]]) -> None:
        for _ in range(3):
            answer = connection.put_records(StreamName=self.node.stream, Records=records)
            told = zip(records, answer["Records"], strict=True)
            records = [record for record, said in told if said.get("ErrorCode")]
            if not records:
                return
        raise Unreachable(self.where, f"{len(records)} records were refused: the shards are busy")
