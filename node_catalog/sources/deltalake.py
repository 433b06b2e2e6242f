"""The node `sources.deltalake`."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from node_catalog._lakes.delta import DeltaSettings, DeltaVersions
from node_catalog._lakes.reading import Lake, LakeReader
from workbench.flow.example import Example, grid, reads
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Deltalake(Lake, DeltaSettings):
    """Read a table of Delta Lake: the rows of its newest version, and with `follow` what later versions change.

    A version that only wrote files anew is passed over. Old files have to be there as long as their version is not
    read; a table that was vacuumed earlier makes the flow begin afresh.
    """

    example: ClassVar[Example | None] = reads(
        {"uri": "lake/calls", "columns": {"service": "text", "ms": "number"}, "follow": False},
        grid("service ms", ("cart", 12.5), ("pay", 8.0)),
        {"lake/calls": '{"service": "cart", "ms": 12.5}\n{"service": "pay", "ms": 8.0}\n'},
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(DeltaReader(self, source, secrets))


class DeltaReader(LakeReader):
    """Reads the versions."""

    def __init__(self, node: Deltalake, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, node.where)
        self.table, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[Any]:
        """Resolve the secrets."""
        return nullcontext(self.table.options(self.secrets))

    def versions(self, connection: Any) -> DeltaVersions:
        """Return the table as it is now."""
        return DeltaVersions(self.table, connection)
