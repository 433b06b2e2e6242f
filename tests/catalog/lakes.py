"""Tables of lakes as others than we make and read them: by the projects' own libraries."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from node_catalog._lakes.delta import DeltaSettings
from node_catalog._lakes.iceberg import IcebergSettings

KINDS = (DeltaSettings, IcebergSettings)


def make(node: DeltaSettings | IcebergSettings, rows: list[dict[str, Any]]) -> None:
    """Make the table of a node."""
    table = pa.Table.from_pylist(rows)
    if isinstance(node, DeltaSettings):
        from deltalake import write_deltalake

        write_deltalake(node.uri, table)
        return
    catalog = _catalog(node)
    catalog.create_namespace(node.table.rpartition(".")[0])
    catalog.create_table(node.table, table.schema).append(table)


def append(node: IcebergSettings, rows: list[dict[str, Any]]) -> None:
    """Add a snapshot to a table of Iceberg."""
    _catalog(node).load_table(node.table).append(pa.Table.from_pylist(rows))


def rows(node: DeltaSettings | IcebergSettings) -> list[dict[str, Any]]:
    """Return the rows of the table of a node; none when there is no table yet."""
    if isinstance(node, DeltaSettings):
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        try:
            return DeltaTable(node.uri).to_pyarrow_table().to_pylist()
        except TableNotFoundError:
            return []
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return _catalog(node).load_table(node.table).scan().to_arrow().to_pylist()
    except NoSuchTableError:
        return []


def _catalog(node: IcebergSettings) -> Any:
    from pyiceberg.catalog import load_catalog

    return load_catalog(node.catalog_name, type="sql", uri=node.catalog_uri, warehouse=node.warehouse)
