"""The node `sinks.dynamodb`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.aws import NEEDS, AwsSettings, aws_errors, client
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.naming import outside
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing, latest, write_rows

AT_ONCE = 25
"""Items in one request, by the service's own limit."""


class Dynamodb(Writing, AwsSettings):
    """Write rows as items into a table of Amazon DynamoDB: the present rows, by their key.

    What is written again after a crash replaces itself. A row that is taken back is deleted. Times are kept as text.
    """

    needs = NEEDS
    tested = "emulator"

    table: str = Field(min_length=3, max_length=255)
    """Table to write to; it has to be there."""
    partition_key: Column
    """Column of the table's partition key."""
    sort_key: Column | None = None
    """Column of the table's sort key, if it has one."""

    example: ClassVar[Example | None] = asks({"region": "eu-central-1", "table": "errors", "partition_key": "service"})

    @property
    def where(self) -> str:
        """The table, for errors."""
        return f"dynamodb://{self.region}/{self.table}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a client of boto3."""
        opened = client(self, secrets, "dynamodb")
        try:
            yield opened
        finally:
            opened.close()

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, DynamoWriter(self, sink, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Describe the table."""
        with self.connected(secrets) as opened, aws_errors(self.where):
            found = opened.describe_table(TableName=self.table)["Table"]
            return f"{self.where}: {found['TableStatus'].lower()}, about {found.get('ItemCount', 0)} items"


class DynamoWriter(Writer):
    """Writes batches of puts and deletes."""

    def __init__(self, node: Dynamodb, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where)
        self.server, self.secrets = node, secrets
        self.key = [node.partition_key, *([node.sort_key] if node.sort_key is not None else [])]

    def connect(self) -> Any:
        """Open a client."""
        return self.server.connected(self.secrets)

    def prepare(self, connection: Any) -> None:
        """Compare the table's key with ours."""
        with aws_errors(self.where):
            schema = connection.describe_table(TableName=self.server.table)["Table"]["KeySchema"]
        names = [part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"])]
        ours = [outside(name) for name in self.key]
        if names != ours:
            raise SystemUnfit(self.where, f"the table's key is {', '.join(names)}, not {', '.join(ours)}")

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each item."""
        return latest(changes, self.key)

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Send a batch; written in part, it can be written again."""
        orders = [self._order(change) for change in changes]
        for start in range(0, len(orders), AT_ONCE):
            part = {self.server.table: orders[start : start + AT_ONCE]}
            with aws_errors(self.where):
                left = connection.batch_write_item(RequestItems=part).get("UnprocessedItems")
            if left:
                raise Unreachable(self.where, f"{len(left[self.server.table])} items were not taken, too many at once")

    def _order(self, change: Change) -> dict[str, Any]:
        from boto3.dynamodb.types import TypeSerializer

        names = list(change.values) if change.added else self.key
        present = {name: change.values[name] for name in names if change.values[name] is not None}
        try:
            item = {outside(name): TypeSerializer().serialize(_value(value)) for name, value in present.items()}
        except (TypeError, ArithmeticError) as error:
            raise BadInput(str(error) or "a number has too many digits", where=self.where) from error
        return {"PutRequest": {"Item": item}} if change.added else {"DeleteRequest": {"Key": item}}


def _value(value: Any) -> Any:
    match value:
        case bool() | str() | bytes():
            return value
        case float():
            return Decimal(repr(value))
        case datetime():
            return value.isoformat()
        case timedelta():
            return Decimal(repr(value.total_seconds()))
        case dict():
            return {name: _value(inner) for name, inner in value.items()}
        case list():
            return [_value(inner) for inner in value]
    return value
