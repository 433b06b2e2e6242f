"""The node `sources.journald_files`."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Literal

from workbench.flow.documents import DocumentSource
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath
from workbench.flow.lines import files_from, offset_of
from workbench.flow.listen.inbox import Item
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import rows_of
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.journald import entry_row, export_entries
from workbench.semconv import Table


class JournaldFiles(Node):
    """Read systemd's journal from what journalctl writes: columns of the workspace table `logs`.

    The unit is `service_name`. With `format` json the file may go on growing:
    `journalctl -o json --follow >> journal.json`.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as journal/*.json; .gz is unpacked."""
    format: Literal["json", "export"] = "json"
    """What journalctl was asked for: -o json or -o export."""
    follow: bool = False
    """Go on reading while the files grow, until the run is stopped; for json only."""

    example: ClassVar[Example | None] = reads(
        {"path": "journal.json"},
        grid("time_unix_nano service_name body", (1767225600000001000, "nginx", "started")),
        {
            "journal.json": '{"__REALTIME_TIMESTAMP": "1767225600000001", "_SYSTEMD_UNIT": "nginx.service", '
            '"PRIORITY": "6", "MESSAGE": "started"}\n'
        },
    )

    @property
    def endless(self) -> bool:
        return self.follow and self.format == "json"

    def build(self, *, source: Source) -> Rows:
        kind = JournaldJsonReader if self.format == "json" else JournaldExportReader
        return rows_of(kind(self.path, self.endless, source), columns_of(Table.LOGS))


class JournaldJsonReader(DocumentSource):
    """Reads entries as JSON objects."""

    def rows(self, document: Any) -> Iterable[Item]:
        """Return the row of an entry."""
        if not isinstance(document, dict):
            raise ValueError("no entry of a journal")
        return [entry_row(document)]


class JournaldExportReader(JournaldJsonReader):
    """Reads entries in the export format."""

    def read(self) -> None:
        """Put a row for each entry."""
        for file, skipped in files_from(self.path, self.offset):
            self._read_file(file, skipped)

    def _read_file(self, file: Path, skipped: int) -> None:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
            for number, entry in export_entries(stream):  # type: ignore[arg-type]
                if self.source.stop.is_set():
                    return
                if number <= skipped:
                    continue
                try:
                    if isinstance(entry, str):
                        raise ValueError(entry)
                    self.put(entry_row(entry))
                except ValueError as error:
                    self.source.reject(uri=str(file), line=number, reason=str(error), raw=str(entry)[:2000])
                self.reached(offset_of(str(file), number))
