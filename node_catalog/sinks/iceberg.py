"""The node `sinks.iceberg`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, ClassVar

from node_catalog._lakes.iceberg import IcebergSettings, iceberg_errors, loaded
from node_catalog._lakes.writing import LakeOutput, LakeWriter
from workbench.flow.example import Example, grid, writes
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink

KEYS_AT_ONCE = 500
"""Keys in one condition; the library takes it apart by recursion."""
WRITTEN = "causeway.file"
"""Property of a snapshot that says which kept file is in it."""


class IcebergOutput(LakeOutput, IcebergSettings):
    """Write rows into a table of Apache Iceberg: the present rows by a key, or every row that comes.

    Namespace and table are made when they are not there. JSON and lists are kept as JSON text, durations as
    microseconds. By a key, the files that hold its rows are written anew: better for tables than for streams.
    """

    example: ClassVar[Example | None] = writes(
        {"catalog_uri": "sqlite:///catalog.db", "warehouse": "lake", "table": "shop.errors"},
        grid("service errors", ("cart", 3), ("pay", 1)),
        {"shop.errors": '{"service": "cart", "errors": 3}\n{"service": "pay", "errors": 1}\n'},
    )

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_lake(rows, IcebergWriter(self, sink, secrets))


class IcebergWriter(LakeWriter):
    """Makes a snapshot of the table at a time."""

    def __init__(self, node: IcebergOutput, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where, node.spool)
        self.table, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[Any]:
        """Open the catalog."""
        return self.table.connected(self.secrets)

    def append(self, connection: Any, rows: Any, name: str) -> None:
        """Add rows, unless a snapshot says that it has them."""
        with iceberg_errors(self.where):
            table = self._table(connection, rows.schema)
            if any(WRITTEN in (one.summary or {}) and one.summary[WRITTEN] == name for one in table.snapshots()):
                return
            table.append(rows, snapshot_properties={WRITTEN: name})

    def replace(self, connection: Any, came: Any, went: Any, name: str) -> None:
        """Delete all keys and add what came, in one transaction."""
        import pyarrow as pa
        from pyiceberg.table.upsert_util import create_match_filter

        with iceberg_errors(self.where):
            table = self._table(connection, came.schema)
            keys = pa.concat_tables([came.select(self.key), went])
            with table.transaction() as change:
                if table.current_snapshot() is not None:
                    for start in range(0, len(keys), KEYS_AT_ONCE):
                        change.delete(create_match_filter(keys.slice(start, KEYS_AT_ONCE), self.key))
                if len(came):
                    change.append(came)

    def _table(self, catalog: Any, schema: Any) -> Any:
        found = loaded(catalog, self.table.table)
        if found is not None:
            return found
        catalog.create_namespace_if_not_exists(self.table.table.rpartition(".")[0])
        return catalog.create_table_if_not_exists(self.table.table, schema)
