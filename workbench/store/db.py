"""Opens a workspace's database and hands out cursors: one per use, writers one after the other."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from workbench import cancel
from workbench.errors import StoreError
from workbench.semconv import NANOS_PER_SECOND
from workbench.store.migrations import upgrade
from workbench.store.said import said

DATABASE_NAME = "causeway.duckdb"

# An owner that is closing gives its lock back a moment before DuckDB has written the last page.
_LOCK_WAIT_S = 10.0
# Nobody sends a batch again after a week.
_BATCHES_KEPT_NS = 7 * 86_400 * NANOS_PER_SECOND


class Store:
    """The database of one workspace. Any thread may use it."""

    def __init__(self, root: duckdb.DuckDBPyConnection, path: Path | None) -> None:
        self.path = path
        """The workspace folder; None when everything is in memory."""
        self.session = time.time_ns()
        """When this store was opened, UTC nanoseconds; tells work of now from work that was cut off."""
        self.ordinals: dict[int, int] = {}
        """Next free ordinal of each source that rows were appended to in this session; see `telemetry.append`."""
        self._root: duckdb.DuckDBPyConnection | None = root
        self._guard = threading.Lock()
        self._writing = threading.RLock()
        self._open = threading.local()

    @classmethod
    def open(cls, path: Path | None, *, memory_limit_mb: int = 0, threads: int = 0) -> Store:
        """Open `causeway.duckdb` in a workspace folder, made when it is not there, and bring its schema up to date.

        Args:
            path: The workspace folder; None keeps everything in memory.
            memory_limit_mb: Memory that DuckDB may use, in MB; 0 takes half of the machine's.
            threads: Threads that DuckDB may use; 0 takes the number of cores.

        Raises:
            NewerSchema: a newer Causeway wrote it.
            StoreError: it cannot be opened; the message says why.
        """
        spill = Path(tempfile.gettempdir()) / f"causeway-spill-{os.getpid()}" if path is None else path / "spill.tmp"
        config: dict[str, str | bool | int | float | list[str]] = {
            # DuckDB fetches extensions from the network by itself unless it is told not to.
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A local variable of ours must never stand in for a table.
            "python_enable_replacements": "false",
            "memory_limit": f"{memory_limit_mb or _half_of_memory_mb()}MB",
            "threads": str(threads or os.cpu_count() or 1),
            "temp_directory": str(spill),
        }
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
        file = ":memory:" if path is None else str(path / DATABASE_NAME)
        root = _connect(file, config)
        try:
            upgrade(root, file)
            root.execute("DELETE FROM batches WHERE stored_unix_nano < ?", [time.time_ns() - _BATCHES_KEPT_NS])
        except BaseException:
            root.close()
            raise
        return cls(root, path)

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor of its own, for reading; inside `transaction` of the same thread it sees what that wrote."""
        outer = getattr(self._open, "cursor", None)
        if outer is not None:
            yield outer
            return
        cursor = self._cursor()
        try:
            with cancel.woken(cursor.interrupt):
                yield cursor
        except duckdb.Error as error:
            cancel.check()
            raise StoreError(said(error)) from error
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor inside BEGIN and COMMIT; an exception rolls back. Inside another one it joins that.

        A call that was cancelled is interrupted in its query, and rolls back with `Cancelled`.
        """
        with self._writing:
            outer = getattr(self._open, "cursor", None)
            if outer is not None:
                yield outer
                return
            cursor = self._cursor()
            self._open.cursor = cursor
            try:
                cursor.begin()
                with cancel.woken(cursor.interrupt):
                    yield cursor
                cancel.check()
                cursor.commit()
            except BaseException as error:
                self._roll_back(cursor)
                if isinstance(error, duckdb.Error):
                    cancel.check()
                    raise StoreError(said(error)) from error
                raise
            finally:
                self._open.cursor = None
                cursor.close()

    def close(self) -> None:
        """Wait for the writer, write everything to the file and let go of it. Closing twice is fine."""
        with self._writing, self._guard:
            root, self._root = self._root, None
            if root is not None:
                root.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._guard:
            if self._root is None:
                raise StoreError(f"the workspace {self.path or 'in memory'} is closed; open it again")
            cursor = self._root.cursor()
        # Progress is shown by the faces; DuckDB's own bar would write into their output.
        cursor.execute("SET enable_progress_bar = false")
        return cursor

    def _roll_back(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.ordinals.clear()
        try:
            cursor.rollback()
        except duckdb.Error:
            # A failed COMMIT has rolled back already; the error that led here is the one to tell.
            return


def _connect(file: str, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            return duckdb.connect(file, config=config)
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                raise StoreError(f"{file}: cannot be opened: {said(error)}") from error
            if time.monotonic() > deadline:
                holder = re.search(r"PID (\d+)", str(error))
                who = f"process {holder.group(1)}" if holder else "another program"
                raise StoreError(f"{file}: {who} has the database open. Close that, then try again") from error
        time.sleep(0.05)


def _half_of_memory_mb() -> int:
    return max(256, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2 // 1_000_000)
