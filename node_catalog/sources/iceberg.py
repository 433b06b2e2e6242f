"""The node `sources.iceberg`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, ClassVar

from node_catalog._lakes.iceberg import IcebergSettings, IcebergVersions
from node_catalog._lakes.reading import Lake, LakeReader
from workbench.flow.example import Example, grid, reads
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Iceberg(Lake, IcebergSettings):
    """Read a table of Apache Iceberg: the rows of its present snapshot, and with `follow` what later ones change.

    A snapshot that only wrote files anew is passed over. One that has expired before it was read makes the flow begin
    afresh.
    """

    example: ClassVar[Example | None] = reads(
        {
            "catalog_uri": "sqlite:///catalog.db",
            "warehouse": "lake",
            "table": "shop.calls",
            "columns": {"service": "text", "ms": "number"},
            "follow": False,
        },
        grid("service ms", ("cart", 12.5), ("pay", 8.0)),
        {"shop.calls": '{"service": "cart", "ms": 12.5}\n{"service": "pay", "ms": 8.0}\n'},
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(IcebergReader(self, source, secrets))


class IcebergReader(LakeReader):
    """Reads the snapshots."""

    def __init__(self, node: Iceberg, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, node.where)
        self.table, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[Any]:
        """Open the catalog."""
        return self.table.connected(self.secrets)

    def versions(self, connection: Any) -> IcebergVersions:
        """Return the table as it is now."""
        return IcebergVersions(self.where, self.table.table, connection)
