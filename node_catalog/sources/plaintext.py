"""The node `sources.plaintext`."""

from __future__ import annotations

from typing import ClassVar

from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath
from workbench.flow.lines import offset_of, read_lines
from workbench.flow.node import Node
from workbench.flow.prefixes import LinePrefix, Prefixes
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of


class Plaintext(Node):
    """Read the lines of text files: columns `body`, `file` and `line`. Empty lines are left out.

    With `prefix` also service_name, service_instance_id, host_name and time_unix_nano (0 where it is not said), and
    `body` is what the program itself wrote.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as logs/*.log; .gz is unpacked."""
    prefix: LinePrefix = "none"
    """What was put before each line: by `docker compose logs`, `kubectl logs --prefix`, the kubelet, or syslog."""

    example: ClassVar[Example | None] = reads(
        {"path": "logs/*.log"},
        grid("body file line", ("started", "logs/app.log", 1), ("stopped", "logs/app.log", 3)),
        {"logs/app.log": "started\n\nstopped\n"},
    )

    def build(self, *, source: Source) -> Rows:
        prefixes = Prefixes(self.prefix)
        columns = {"body": str, "file": str, "line": int, **prefixes.columns}
        return rows_of(PlaintextReader(self.path, prefixes, source), columns)


class PlaintextReader(RowSource):
    """Reads the files once."""

    goes_on = True

    def __init__(self, path: str, prefixes: Prefixes, source: Source) -> None:
        super().__init__(source)
        self.path, self.prefixes = path, prefixes

    def read(self) -> None:
        """Put a row for each line."""
        offset = self.offset or ""
        for line in map(self.prefixes.take, read_lines(self.path, self.offset)):
            if line.text.strip():
                self.put((line.text, line.uri, line.number, *self.prefixes.values(line)))
            offset = offset_of(line.uri, line.number)
            if self.full:
                self.reached(offset)
            if self.source.stop.is_set():
                break
        self.reached(offset)
