"""What is known of the columns of a flow before it runs: names and types in plain words, for each port of each node."""

from __future__ import annotations

from typing import Literal, get_args

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen

PlainType = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "time",
    "local_time",
    "duration",
    "json",
    "bytes",
    "list",
    "unknown",
]
"""Type of a column. `time` is UTC, `local_time` is a time without a zone; both and `duration` count nanoseconds."""
_NULLABLE = " or none"


class ColumnSchema(Frozen):
    """One column."""

    name: str
    type: PlainType
    nullable: bool = False
    """Whether a row may have no value there."""

    @classmethod
    def parse(cls, text: str) -> ColumnSchema:
        """Return the column of a text as `text` writes it; raises `BadInput` when the type is none."""
        plain = text.removesuffix(_NULLABLE)
        name, _, kind = plain.rpartition(" ")
        if not name or kind not in get_args(PlainType):
            raise BadInput(
                f"{text!r} is no column with its type", where="columns", hint='Write it as "ms number or none"'
            )
        return cls(name=name, type=kind, nullable=plain != text)

    def text(self) -> str:
        """Return the column as people write it: `level text`, `ms number or none`."""
        return f"{self.name} {self.type}" + (_NULLABLE if self.nullable else "")


class NodeSchema(Frozen):
    """The columns at the ports of one node."""

    inputs: dict[str, list[list[ColumnSchema]]] = {}
    """Port -> the columns of each wire that ends there; a wire whose source is not known is left out."""
    output: list[ColumnSchema] | None = None
    """None for a node that only writes, and for one of which nothing can be said."""
    assumed: bool = False
    """True when the node, or one before it, has a fault: the columns are then what they most likely will be."""
