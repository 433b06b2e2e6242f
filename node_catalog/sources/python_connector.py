"""The node `sources.python_connector`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Any, ClassVar

from pydantic import Field, model_validator

from node_catalog.tables.python_function import load_function
from workbench.errors import BadInput
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import Column, InputFile
from workbench.flow.following import Follower, Following, followed
from workbench.flow.rows import Rows
from workbench.flow.services import Source


class PythonConnector(Following):
    """Read rows that a Python generator of yours yields, each as a dict with the columns.

    The function runs with your rights and may do whatever you may do, so run only flows whose Python files you trust.
    It is called with nothing, or with `offset` if it has such a parameter: the value of the column `offset` in the last
    row of an earlier run, or None. With `follow` it is called again and again, each time for what came since.
    """

    file: InputFile
    """Python file that holds the function."""
    function: str = Field(pattern=r"^[A-Za-z_]\w*$")
    """Name of the function."""
    offset: Column | None = None
    """Column of text, integer or number by which the function can go on; without it everything is read afresh."""
    follow: bool = False
    """Call the function again after each pause, until the run is stopped."""

    example: ClassVar[Example | None] = reads(
        {"file": "mine.py", "function": "rows", "columns": {"n": "integer", "square": "integer"}},
        grid("n square", (1, 1), (2, 4)),
        {"mine.py": 'def rows():\n    for n in (1, 2):\n        yield {"n": n, "square": n * n}\n'},
    )

    @model_validator(mode="after")
    def _can_go_on(self) -> PythonConnector:
        if self.offset is not None and self.columns.get(self.offset) not in ("text", "integer", "number"):
            raise ValueError(f"offset {self.offset!r} has to be a column of text, integer or number")
        if self.follow and self.offset is None:
            raise ValueError("following needs a column `offset`, or all rows would come again and again")
        return self

    @property
    def told_by_files(self) -> bool:
        """Return False: the function may read whatever it likes."""
        return False

    def build(self, *, source: Source) -> Rows:
        return followed(PythonReader(self, source))


class PythonReader(Follower):
    """Takes what the function yields."""

    def __init__(self, node: PythonConnector, source: Source) -> None:
        super().__init__(node, source)
        self.place = node
        self.goes_on = node.offset is not None

    def connect(self) -> AbstractContextManager[Any]:
        """Load the function."""
        return nullcontext(load_function(self.place.file, self.place.function))

    def poll(self, connection: Any) -> None:
        """Call the function and take its rows."""
        where = f"{self.place.file}:{self.place.function}"
        wants = "offset" in inspect.signature(connection).parameters
        if self.place.offset is not None and not wants:
            raise BadInput("the function has no parameter `offset`", where=where)
        found = iter(connection(offset=_value(self.offset, self.place)) if wants else connection())
        with closing(found) if hasattr(found, "close") else nullcontext(found) as records:
            for number, record in enumerate(records, 1):
                if not isinstance(record, Mapping):
                    raise BadInput(f"row {number} is {record!r:.100}, not a dict", where=where)
                self.take(record, where=where, place=number)
                if self.place.offset is not None and record.get(self.place.offset) is not None:
                    self.reached(str(record[self.place.offset]))
                if self.stopping:
                    return


def _value(offset: str | None, node: PythonConnector) -> Any:
    if offset is None or node.offset is None:
        return None
    kind = node.columns[node.offset]
    return int(offset) if kind == "integer" else float(offset) if kind == "number" else offset
