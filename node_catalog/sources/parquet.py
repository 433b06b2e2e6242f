"""The node `sources.parquet`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import ClassVar, Literal

from pydantic import Field

from node_catalog._files.places import Disk
from node_catalog._files.reading import Files, FilesReader
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import ColumnType, InputPath, NewColumn
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Source


class ParquetFiles(Files):
    """Read rows from Parquet files: those that are there, and with `follow` those that come.

    Only the columns that are named are read from the disk. A file that changes is read again from its beginning.
    """

    path: InputPath
    """File, folder of files, or pattern such as events/**/*.parquet."""
    format: Literal["parquet"] = "parquet"
    """Always parquet."""
    columns: dict[NewColumn, ColumnType] = Field(min_length=1)
    """Columns to read and their types."""
    follow: bool = False
    """Go on with files that come, until the run is stopped."""

    example: ClassVar[Example | None] = reads(
        {"path": "a.parquet", "columns": {"name": "text", "ms": "number"}},
        grid("name ms:number", ("cart", 12.5), ("pay", None)),
        {"a.parquet": '{"name": "cart", "ms": 12.5}\n{"name": "pay", "ms": null}\n'},
    )

    def build(self, *, source: Source) -> Rows:
        return followed(FilesReader(self, source, lambda: nullcontext(Disk(self.path))))
