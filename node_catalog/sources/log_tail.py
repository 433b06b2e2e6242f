"""The node `sources.log_tail`."""

from __future__ import annotations

import json
import time
from pathlib import Path

from pydantic import Field

from workbench.flow.fields import InputPath, OutputFile
from workbench.flow.lines import Tail
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of, wait


class LogTail(Node):
    """Follow log files while they grow: columns `body`, `file`, `line` and `read_unix_nano`.

    Renamed (rotated) files are read to their end and not read again; a truncated file is read from its start. What was
    read stays counted when a file is deleted. Ends when the run is stopped.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as logs/*.log."""
    from_start: bool = True
    """Read what is in the files already; otherwise only what comes from now on."""
    poll_s: float = Field(0.1, gt=0, le=60)
    """How often to look for new lines."""
    positions_file: OutputFile | None = None
    """File that remembers how far each log was read when the run was stopped, so that the next run goes on there."""

    @property
    def endless(self) -> bool:
        return True

    def build(self, *, source: Source) -> Rows:
        subject = LogTailReader(self.path, self.from_start, self.poll_s, self.positions_file, source)
        return rows_of(subject, {"body": str, "file": str, "line": int, "read_unix_nano": int})


class LogTailReader(RowSource):
    """Follows the files until the run is stopped."""

    goes_on = True

    def __init__(self, path: str, from_start: bool, poll_s: float, positions_file: str | None, source: Source) -> None:
        super().__init__(source)
        self.poll_s = poll_s
        self.positions = Path(positions_file) if positions_file else None
        known = json.loads(self.positions.read_text()) if self.positions and self.positions.exists() else {}
        self.tail = Tail(path, from_start, known)

    def _seek(self, state: bytes) -> None:
        super()._seek(state)
        # What came while no run was there is new, whatever `from_start` says of the very first one.
        self.tail = Tail(self.tail.path, positions=json.loads(self.offset or "{}"))

    def read(self) -> None:
        """Put a row for each line."""
        while True:
            ending = self.source.stop.is_set()
            now = time.time_ns()
            for line in self.tail.poll():
                self.put((line.text, line.uri, line.number, now))
                if self.full:
                    self.reached(self.tail.offset())
            self.reached(self.tail.offset())
            self.flush()
            if ending:
                break
            wait(self.source, self.poll_s)
        # Only a run that was stopped in order has handed over all that was read; after a crash lines are read again
        # rather than lost.
        if self.positions:
            self.positions.write_text(json.dumps(self.tail.reached()))
        self.tail.close()
