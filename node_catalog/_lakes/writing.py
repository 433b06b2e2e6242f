"""Base of sinks in lakes: rows are kept in a file of this machine, and the table gets them in larger steps."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from node_catalog._files.arrow import arrow_row, arrow_schema
from node_catalog._files.parts import ArrowPart
from node_catalog._files.rolling import Rolling, RollingWriter
from workbench.errors import BadInput
from workbench.flow.columns import PlainType
from workbench.flow.fields import Column, OutputFile
from workbench.flow.naming import outside
from workbench.flow.rows import Rows
from workbench.flow.writing import Change, latest

ADDED = "__added"
"""Column of the kept file: false for a row that is taken back."""


class LakeOutput(Rolling):
    """Settings of every sink in a lake."""

    key: list[Column] = []
    """Columns that tell rows apart: the table has the present rows, one for each key. Without any, rows only come."""
    format: Literal["parquet"] = "parquet"
    """Of the kept file; always parquet."""
    roll_s: float = Field(60.0, gt=0)
    """How long rows are kept before they are written, in seconds; each time makes a version of the table."""
    spool: OutputFile = "spool"
    """Folder in which rows are kept until they are written; two flows need two names or two folders."""

    @model_validator(mode="after")
    def _key_or_log(self) -> LakeOutput:
        if self.key and self.log:
            raise ValueError("log goes without a key: a table with a key has the present rows only")
        return self

    def write_lake(self, rows: Rows, writer: LakeWriter) -> None:
        """Write the rows; raises `BadInput` when the key is not among them."""
        lacking = [name for name in self.key if name not in rows.column_names()]
        if lacking:
            raise BadInput(f"there is no column {lacking[0]!r} for the key; there are {', '.join(rows.column_names())}")
        self.write_files(rows, writer)


class LakeWriter(RollingWriter):
    """Writes what was kept: override `connect`, `append` and `replace`."""

    node: LakeOutput

    @property
    def key(self) -> list[str]:
        """Columns of the key by their names in the lake."""
        return [outside(name) for name in self.node.key]

    @abstractmethod
    def append(self, connection: Any, rows: Any, name: str) -> None:
        """Add the rows of an Arrow table; once for each `name`, also when it is called again after a crash."""

    @abstractmethod
    def replace(self, connection: Any, came: Any, went: Any, name: str) -> None:
        """Put the rows that came in place of those with their key, and delete those with the keys that went."""

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each key."""
        return latest(changes, self.node.key) if self.node.key else super().arrange(changes)

    def new_part(self, path: Path) -> ArrowPart:
        """Return a new unfinished file."""
        more: dict[str, PlainType] = {ADDED: "boolean"} if self.node.key else {}
        return ArrowPart(path, arrow_schema({**self.columns, **more}, duration="integer"))

    def row_of(self, change: Change) -> dict[str, Any]:
        """Return what is kept of a change."""
        row = {name: _micros(value) for name, value in arrow_row(super().row_of(change)).items()}
        return {**row, ADDED: change.added} if self.node.key else row

    def hand_over(self, connection: Any, file: Path, name: str) -> None:
        """Write what a file has kept."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        rows = pq.read_table(file)
        if self.node.key:
            last = {tuple(one.values()): place for place, one in enumerate(rows.select(self.key).to_pylist())}
            rows = rows.take(sorted(last.values()))
            came = rows.filter(pc.field(ADDED)).drop_columns([ADDED])
            went = rows.filter(~pc.field(ADDED)).select(self.key)
            self.replace(connection, came, went, name)
        else:
            self.append(connection, rows, name)
        file.unlink()


def _micros(value: Any) -> Any:
    return value // timedelta(microseconds=1) if isinstance(value, timedelta) else value
