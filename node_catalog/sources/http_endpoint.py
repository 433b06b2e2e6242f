"""The node `sources.http_endpoint`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.flow.addresses import Address
from workbench.flow.example import Example, grid, receives
from workbench.flow.fields import ColumnType, NewColumn
from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.listen.receiver import HttpReceiver, rejected_of
from workbench.flow.listen.request import Reply, Request
from workbench.flow.listen.settings import Listening
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import rows_of
from workbench.flow.types import TYPES
from workbench.flow.values import row_from


class HttpEndpoint(Listening):
    """Receive rows that programs POST as JSON: one object, a list of objects, or one object per line.

    The answer is 202 with `{"taken": 3, "rejected": 1, "first_reason": "..."}`; 503 when the flow is busy.
    """

    delivery = "at-most-once"
    tested = "real client"

    port: int = Field(8480, ge=1, le=65_535)
    """Port to listen on."""
    route: str = Field("/rows", pattern=r"^/[A-Za-z0-9/_.-]*$")
    """Path of the endpoint."""
    columns: dict[NewColumn, ColumnType] = Field(min_length=1)
    """Fields to take and their types; other fields are ignored."""
    missing: Literal["reject", "empty"] = "reject"
    """What to do with a row that lacks a field: reject it, or take an empty text, 0 or false."""

    example: ClassVar[Example | None] = receives(
        {"columns": {"name": "text", "ms": "number"}},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"/rows": '[{"name": "cart", "ms": 12.5}, {"name": "pay", "ms": 8}]'},
    )

    @property
    def addresses(self) -> tuple[Address, ...]:
        return (Address(self.host, self.port, what=self.route),)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(
            EndpointReader(self, source, secrets), {name: TYPES[kind] for name, kind in self.columns.items()}
        )


class EndpointReader(HttpReceiver):
    """Takes rows."""

    def __init__(self, settings: HttpEndpoint, source: Source, secrets: Secrets) -> None:
        super().__init__(settings, settings.port, settings.route, source, secrets)
        self.columns, self.lenient = settings.columns, settings.missing == "empty"

    def parse(self, request: Request) -> Sequence[Item]:
        """Return the rows of a request."""
        return list(self._items(_objects(request.body)))

    def answer(self, request: Request, items: Sequence[Item]) -> Reply:
        """Tell how many rows were taken."""
        faults = rejected_of(items)
        said = {"taken": len(items) - len(faults), "rejected": len(faults)}
        more = {"first_reason": f"row {faults[0].line}: {faults[0].reason}"} if faults else {}
        return Reply(HTTPStatus.ACCEPTED, json.dumps(said | more).encode(), "application/json")

    def _items(self, objects: list[Any]) -> Iterator[Item]:
        for number, found in enumerate(objects, 1):
            try:
                yield row_from(found, self.columns, lenient=self.lenient)
            except ValueError as error:
                yield Rejected(str(error), json.dumps(found)[:2000], number)


def _objects(body: bytes) -> list[Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2:
            raise ValueError(f"not JSON: {error}") from error
        return [_line(line) for line in lines]
    return found if isinstance(found, list) else [found]


def _line(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        # A text is no object, so it becomes a rejected row of its own.
        return line.decode("utf-8", "replace")
