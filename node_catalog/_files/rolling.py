"""Base of sinks that write a row of files: each grows until it is large or old enough, then it gets its final name."""

from __future__ import annotations

import os
import threading
import uuid
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from node_catalog._files.arrow import arrow_row, arrow_schema
from node_catalog._files.parts import ENDINGS, PART, ArrowPart, TextPart, WrittenFormat
from workbench.errors import BadInput, CausewayError, GiveUp, RetryLater, RunFailed, SystemUnfit
from workbench.flow.naming import record_outside
from workbench.flow.patience import AFTER_STOP_S, Patience
from workbench.flow.rows import Rows
from workbench.flow.services import Sink
from workbench.flow.types import column_schemas
from workbench.flow.writing import Change, Writer, Writing, write_rows

LOG_COLUMNS = ("time", "diff")


class Rolling(Writing):
    """Settings of every sink that writes a row of files."""

    format: WrittenFormat = "jsonlines"
    """Format of the files."""
    name: str = Field("rows", pattern=r"^[\w-]+$")
    """What the files' names begin with; two flows that write to one folder need two names."""
    roll_mb: float = Field(64.0, gt=0)
    """A file is finished when it is as large, in MB."""
    roll_s: float = Field(300.0, gt=0)
    """A file is finished when it is as old, in seconds."""
    log: bool = False
    """Write rows that are taken back too, with the columns `time` (minibatch) and `diff` (1 or -1)."""

    def write_files(self, rows: Rows, writer: RollingWriter) -> None:
        """Write the rows; raises `BadInput` when `log` finds its columns taken."""
        taken = [name for name in LOG_COLUMNS if self.log and name in rows.column_names()]
        if taken:
            raise BadInput(f"the rows have a column {taken[0]!r} already", hint="Rename it, or do without log")
        known = {one.name: one.type for one in column_schemas(rows)}
        writer.columns = {**record_outside(known), **({"time": "integer", "diff": "integer"} if self.log else {})}
        write_rows(rows, writer)


class RollingWriter(Writer):
    """Writes rows into an unfinished file in a folder, and finishes it in time: override `connect` and `hand_over`."""

    node: Rolling

    def __init__(self, node: Rolling, sink: Sink, where: str, folder: str) -> None:
        """Prepare.

        Args:
            node: The settings.
            sink: The node's service.
            where: Where finished files go, for errors.
            folder: Folder of the unfinished file; it is made when it is not there.
        """
        super().__init__(node, sink, where)
        self.folder = Path(folder)
        self.columns: dict[str, Any] = {}
        self._part: TextPart | ArrowPart | None = None
        self._size = 0
        self._waiting: list[Path] = []
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()

    @abstractmethod
    def hand_over(self, connection: Any, file: Path, name: str) -> None:
        """Bring a finished file to its place, so that it is seen there whole or not at all; it is gone from here then.

        Raises:
            RetryLater: it may work later.
            GiveUp: it never will.
        """

    def prepare(self, connection: Any) -> None:
        """Finish what a run that crashed has left."""
        try:
            self.folder.mkdir(exist_ok=True)
            if self._part is None and not self._waiting:
                mend = ArrowPart.mend if self.node.format == "parquet" else TextPart.mend
                left = sorted(self.folder.glob(f".{self.node.name}-*{ENDINGS[self.node.format]}{PART}"))
                for path in left:
                    if mend(path):
                        self._waiting.append(path)
                    else:
                        path.unlink()
        except OSError as error:
            raise SystemUnfit(str(self.folder), error.strerror or str(error)) from error
        self._hand_over_all(connection)

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Leave out rows that go, unless there is a log."""
        return changes if self.node.log else [change for change in changes if change.added]

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Add rows to the file; they are on the disk when this returns."""
        with self._lock:
            try:
                self._size = self._opened().append([self.row_of(change) for change in changes])
            except OSError as error:
                raise SystemUnfit(str(self.folder), error.strerror or str(error)) from error
            except (ValueError, TypeError, OverflowError) as error:
                raise BadInput(str(error), where=self.where) from error
            if self._size >= self.node.roll_mb * 1e6:
                self._finish()
            self._hand_over_all(connection)

    def end(self) -> None:
        """Write the rest and finish the file."""
        with self._lock:
            try:
                self.flush()
                self._finish()
                if self._waiting:
                    self._hand_over_patiently()
            except RunFailed:
                raise
            except GiveUp as error:
                raise RunFailed("", str(error), self.sink.node) from error
            finally:
                self._disconnect()

    def flush(self, time: int = 0) -> None:
        """Write what came."""
        with self._lock:
            super().flush(time)

    def row_of(self, change: Change) -> dict[str, Any]:
        """Return what is written for a change."""
        row = dict(record_outside(change.values))
        if self.node.log:
            row = {**row, "time": change.time, "diff": 1 if change.added else -1}
        return arrow_row(row) if self.node.format == "parquet" else row

    def new_part(self, path: Path) -> TextPart | ArrowPart:
        """Return a new unfinished file."""
        if self.node.format == "parquet":
            return ArrowPart(path, arrow_schema(self.columns))
        return TextPart(path, list(self.columns), self.node.format)

    def _opened(self) -> TextPart | ArrowPart:
        if self._part is None:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            name = f"{self.node.name}-{stamp}-{uuid.uuid4().hex[:8]}{ENDINGS[self.node.format]}"
            self._part = self.new_part(self.folder / f".{name}{PART}")
            self._timer = threading.Timer(self.node.roll_s, self._grown_old, [self._part])
            self._timer.daemon = True
            self._timer.start()
        return self._part

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        part, self._part, self._timer = self._part, None, None
        if part is not None:
            part.finish()
            self._waiting.append(part.path)

    def _grown_old(self, part: Any) -> None:
        """Finish a file that is old enough; called by its timer."""
        with self._lock:
            if self._part is not part:
                return
            self._finish()
            try:
                self._hand_over_all(self._connected())
            except CausewayError:
                # It is tried again, with patience, when the next rows come or the run ends.
                self._disconnect()

    def _hand_over_patiently(self) -> None:
        patience = Patience(self.sink.node, self.sink.stop, self.node.retry_s, AFTER_STOP_S)
        while self._waiting:
            try:
                self._hand_over_all(self._connected())
            except RetryLater as error:
                self._disconnect()
                patience.wait(error)

    def _hand_over_all(self, connection: Any) -> None:
        while self._waiting:
            file = self._waiting[0]
            self.hand_over(connection, file, file.name[1 : -len(PART)])
            del self._waiting[0]


class FolderWriter(RollingWriter):
    """Finished files stay in the folder, under their final name."""

    def connect(self) -> AbstractContextManager[None]:
        """Connect to nothing."""
        return nullcontext()

    def hand_over(self, connection: None, file: Path, name: str) -> None:
        """Rename the file."""
        try:
            os.replace(file, file.with_name(name))
        except OSError as error:
            raise SystemUnfit(str(file), error.strerror or str(error)) from error
