"""The node `sinks.files`."""

from __future__ import annotations

from typing import ClassVar, Literal

from node_catalog._files.rolling import FolderWriter, Rolling
from workbench.flow.example import Example, grid, writes
from workbench.flow.fields import OutputFile
from workbench.flow.rows import Rows
from workbench.flow.services import Sink


class RollingFiles(Rolling):
    """Write rows into a folder of JSON lines or CSV files; a new one begins when the last is large or old enough.

    A file has its final name only when it is whole. What a crashed run has left unfinished is finished by the next.
    """

    folder: OutputFile
    """Folder of the files; it is made when it is not there."""
    format: Literal["jsonlines", "csv"] = "jsonlines"
    """Format of the files."""

    example: ClassVar[Example | None] = writes(
        {"folder": "out", "format": "csv"},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"out/rows-1.csv": "name,ms\ncart,12.5\npay,8.0\n"},
    )

    def build(self, rows: Rows, *, sink: Sink) -> None:
        self.write_files(rows, FolderWriter(self, sink, self.folder, self.folder))
