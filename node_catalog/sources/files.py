"""The node `sources.files`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import ClassVar, Literal

from node_catalog._files.places import Disk
from node_catalog._files.reading import Files, FilesReader
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Source


class WholeFiles(Files):
    """Read whole files, a row for each: path, content, size and when it was changed.

    With `follow`, new files come, changed ones replace their row, and the row of a deleted one is taken back.
    """

    path: InputPath
    """File, folder of files, or pattern such as docs/**/*.pdf."""
    format: Literal["binary", "text"] = "binary"
    """Whether the content is bytes or UTF-8 text; .gz is unpacked for text."""

    example: ClassVar[Example | None] = reads(
        {"path": "docs/*.md", "format": "text"},
        grid("path data size", ("docs/a.md", "# Cart\n", 7)),
        {"docs/a.md": "# Cart\n"},
    )

    def build(self, *, source: Source) -> Rows:
        return followed(FilesReader(self, source, lambda: nullcontext(Disk(self.path))))
