"""The node `sinks.parquet`."""

from __future__ import annotations

from typing import ClassVar, Literal

from node_catalog._files.rolling import FolderWriter, Rolling
from workbench.flow.example import Example, grid, writes
from workbench.flow.fields import OutputFile
from workbench.flow.rows import Rows
from workbench.flow.services import Sink


class ParquetOutput(Rolling):
    """Write rows into a folder of Parquet files; a new one begins when the last is large or old enough.

    A file appears when it is whole. What a crashed run has left unfinished is finished by the next. JSON and lists are
    kept as JSON text; times have microseconds.
    """

    folder: OutputFile
    """Folder of the files; it is made when it is not there."""
    format: Literal["parquet"] = "parquet"
    """Always parquet."""

    example: ClassVar[Example | None] = writes(
        {"folder": "out"},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"out/rows-1.parquet": '{"name": "cart", "ms": 12.5}\n{"name": "pay", "ms": 8.0}\n'},
    )

    def build(self, rows: Rows, *, sink: Sink) -> None:
        self.write_files(rows, FolderWriter(self, sink, self.folder, self.folder))
