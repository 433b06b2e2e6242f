"""A file that grows: rows are appended and safe on the disk at once; finished, it has its final format.

Parquet cannot be appended to, so its rows lie in an Arrow stream until the file is finished.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Literal

from workbench.flow.outside import as_json, as_text

WrittenFormat = Literal["jsonlines", "csv", "parquet"]
ENDINGS: dict[str, str] = {"jsonlines": ".jsonl", "csv": ".csv", "parquet": ".parquet"}
PART = ".part"
"""What the name of an unfinished file ends with. It begins with a dot: those who read the folder pass it over."""


class TextPart:
    """Lines of JSON or CSV."""

    def __init__(self, path: Path, columns: Sequence[str], form: WrittenFormat) -> None:
        """Open a new file."""
        self.path, self.columns, self.form = path, columns, form
        self._file: BinaryIO = path.open("ab")
        if form == "csv":
            self._file.write(_csv_line(columns))

    def append(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Add rows; return the size of the file in bytes."""
        if self.form == "csv":
            lines = [_csv_line([_cell(row[name]) for name in self.columns]) for row in rows]
        else:
            lines = [as_json(row).encode() + b"\n" for row in rows]
        self._file.write(b"".join(lines))
        return _kept(self._file)

    def finish(self) -> None:
        """Close the file."""
        self._file.close()

    @staticmethod
    def mend(path: Path) -> bool:
        """Cut off a line that was not written to its end; tell whether anything is left."""
        whole = path.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):
            os.truncate(path, len(kept))
        return bool(kept)


class ArrowPart:
    """Rows with types, which become a Parquet file in the end."""

    def __init__(self, path: Path, schema: Any) -> None:
        """Open a new file with a schema of Arrow."""
        import pyarrow as pa

        self.path, self.schema = path, schema
        self._file: BinaryIO = path.open("ab")
        self._stream = pa.ipc.new_stream(self._file, schema)

    def append(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Add rows; return the size of the file in bytes."""
        import pyarrow as pa

        self._stream.write_batch(pa.RecordBatch.from_pylist(list(rows), schema=self.schema))
        return _kept(self._file)

    def close(self) -> None:
        """Close the file and leave it as it is."""
        self._stream.close()
        self._file.close()

    def finish(self) -> None:
        """Close the file and write it anew as Parquet."""
        self.close()
        self.mend(self.path)

    @staticmethod
    def mend(path: Path) -> bool:
        """Make a Parquet file of all batches that were written to their end; tell whether there are any."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        raw = path.read_bytes()
        if raw[:4] == b"PAR1":
            return True
        batches = _readable(raw)
        if not batches:
            return False
        ready = path.with_suffix(".tmp")
        pq.write_table(pa.Table.from_batches(batches), ready)
        os.replace(ready, path)
        return True


def _readable(raw: bytes) -> list[Any]:
    """Return the batches up to the one that was cut off."""
    import pyarrow as pa

    found: list[Any] = []
    with suppress(StopIteration, pa.ArrowInvalid, OSError), pa.ipc.open_stream(raw) as stream:
        while True:
            found.append(stream.read_next_batch())
    return found


def _kept(file: BinaryIO) -> int:
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def _csv_line(values: Sequence[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    said = as_text(value)
    return said[1:-1] if said.startswith('"') else said
