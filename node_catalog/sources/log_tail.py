"""The node `sources.log_tail`."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from pydantic import Field, model_validator

from workbench.flow.encodings import Encoding
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputPath, OutputFile
from workbench.flow.joining import Join, Joiner, starter
from workbench.flow.lines import Line
from workbench.flow.node import Node
from workbench.flow.prefixes import LinePrefix, Prefixes
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of, wait
from workbench.flow.tail import Tail

_OPEN = "open records"
"""Where the offset has the records that are not ended: lines of other programs lie between theirs."""


class LogTail(Node):
    """Follow log files while they grow: columns `body`, `file`, `line` and `read_unix_nano`.

    With `prefix` also service_name, service_instance_id, host_name and time_unix_nano (0 where it is not said), and
    `body` is what the program itself wrote; lines are then joined for each program.

    Rotated files are read to their end and not read again, whether they are renamed, copied and truncated, or
    compressed (.gz). What was read stays counted when a file is deleted. Ends when the run is stopped.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as logs/app.log*."""
    from_start: bool = True
    """Read what is in the files already; otherwise only what comes from now on."""
    join: Join = "none"
    """Which lines belong together: each is a row of its own, indented ones go with the one before, or by `pattern`."""
    pattern: str = ""
    """With join `pattern`: regular expression that is found in the first line of each record."""
    prefix: LinePrefix = "none"
    """What was put before each line: by `docker compose logs`, `kubectl logs --prefix`, the kubelet, or syslog."""
    join_wait_s: float = Field(1.0, gt=0, le=60)
    """How long to wait for more lines of a record."""
    encoding: Encoding = "utf-8"
    """Encoding of the files, such as latin-1 or cp1252; bytes that do not fit become U+FFFD."""
    poll_s: float = Field(0.1, gt=0, le=60)
    """How often to look for new lines."""
    positions_file: OutputFile | None = None
    """File that remembers how far each log was read when the run was stopped, so that the next run goes on there."""

    example: ClassVar[Example | None] = reads(
        {"path": "app.log", "join": "indented", "join_wait_s": 0.2},
        grid("body line", ("ValueError: no\n  File a.py, line 3", 1), ("started", 3)),
        {"app.log": "ValueError: no\n  File a.py, line 3\nstarted\n"},
    )

    @property
    def endless(self) -> bool:
        return True

    @model_validator(mode="after")
    def _pattern_where_needed(self) -> LogTail:
        if self.join == "pattern" and not self.pattern:
            raise ValueError("join 'pattern' needs a pattern, such as ^20\\d\\d-")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern {self.pattern!r} is no regular expression: {error}") from error
        return self

    def build(self, *, source: Source) -> Rows:
        columns = {"body": str, "file": str, "line": int, "read_unix_nano": int}
        return rows_of(LogTailReader(self, source), {**columns, **Prefixes(self.prefix).columns})


class LogTailReader(RowSource):
    """Follows the files until the run is stopped."""

    goes_on = True

    def __init__(self, settings: LogTail, source: Source) -> None:
        super().__init__(source)
        self.settings = settings
        self.positions = Path(settings.positions_file) if settings.positions_file else None
        known = json.loads(self.positions.read_text()) if self.positions and self.positions.exists() else {}
        self.tail = Tail(settings.path, settings.from_start, known, settings.encoding)
        self.prefixes = Prefixes(settings.prefix)
        self.joiner = Joiner(starter(settings.join, settings.pattern), settings.join_wait_s)

    def _seek(self, state: bytes) -> None:
        super()._seek(state)
        # What came while no run was there is new, whatever `from_start` says of the very first one.
        positions = json.loads(self.offset or "{}")
        self.joiner.go_on(positions.pop(_OPEN, []))
        self.tail = Tail(self.settings.path, positions=positions, encoding=self.settings.encoding)

    def read(self) -> None:
        """Put a row for each record."""
        while True:
            ending = self.source.stop.is_set()
            now = time.time_ns()
            for line in self._records(ending):
                self.put((line.text, line.uri, line.number, now, *self.prefixes.values(line)))
                if self.full:
                    self.reached(self._offset())
            self.reached(self._offset())
            self.flush()
            if ending:
                break
            wait(self.source, self.settings.poll_s)
        # Only a run that was stopped in order has handed over all that was read; after a crash lines are read again
        # rather than lost.
        if self.positions:
            self.positions.write_text(json.dumps(self.tail.reached()))
        self.tail.close()

    def _records(self, ending: bool) -> Iterator[Line]:
        lines = map(self.prefixes.take, self.tail.poll())
        if self.settings.join == "none":
            yield from lines
            return
        for line in lines:
            yield from self.joiner.feed(line)
        yield from self.joiner.due(all_=ending)

    def _offset(self) -> str:
        waiting = self.joiner.waiting()
        return json.dumps({**self.tail.reached(), **({_OPEN: waiting} if waiting else {})})
