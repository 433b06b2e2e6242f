"""What stands in a file, record by record: whole files, JSON lines, CSV and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Literal

from node_catalog._files.places import Entry
from workbench.flow.encodings import ESCAPED, bytes_that_do_not_fit, shown
from workbench.flow.fields import ColumnType
from workbench.flow.naming import among, inside

Format = Literal["binary", "text", "jsonlines", "csv", "parquet"]
"""binary and text: one row for each file. The others: one row for each record."""
WHOLE: dict[str, dict[str, ColumnType]] = {
    "binary": {"path": "text", "data": "bytes", "size": "integer", "modified": "time"},
    "text": {"path": "text", "data": "text", "size": "integer", "modified": "time"},
}
"""Columns of whole files."""
Records = Iterator[tuple[int, Mapping[str, Any] | str]]
"""Number from 1 and record; a text says why there is none."""


def records(entry: Entry, stream: BinaryIO, form: Format, columns: Sequence[str]) -> Records:
    """Yield what a file holds.

    Args:
        entry: The file; a name that ends in .gz is unpacked, but not for binary.
        stream: Its content.
        form: The format.
        columns: What is wanted of each record.

    Raises:
        ValueError: the file is not of this format; what was yielded before is good.
    """
    packed = entry.path.endswith(".gz") and form != "binary"
    unpacked: Any = gzip.GzipFile(fileobj=stream) if packed else stream
    try:
        yield from _READERS[form](entry, unpacked, columns)
    except (OSError, EOFError, zlib.error) as error:
        if not packed:
            raise
        raise ValueError(f"cannot be unpacked: {error}") from error


def _binary(entry: Entry, stream: BinaryIO, columns: Sequence[str]) -> Records:
    data = stream.read()
    yield 1, {"path": entry.path, "data": data, "size": len(data), "modified": entry.modified}


def _text(entry: Entry, stream: BinaryIO, columns: Sequence[str]) -> Records:
    raw = stream.read()
    try:
        data = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 text: {error.reason} at byte {error.start}") from error
    yield 1, {"path": entry.path, "data": data, "size": len(raw), "modified": entry.modified}


def _jsonlines(entry: Entry, stream: BinaryIO, columns: Sequence[str]) -> Records:
    for number, line in enumerate(io.BufferedReader(stream) if isinstance(stream, gzip.GzipFile) else stream, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            yield number, f"not JSON: {error}"
            continue
        yield number, found if isinstance(found, dict) else "not a JSON object"


def _csv(entry: Entry, stream: BinaryIO, columns: Sequence[str]) -> Records:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors=ESCAPED, newline="")
    reader = csv.reader(text, strict=True)
    try:
        header = [inside(shown(name)) for name in next(reader, [])]
        if not header:
            raise ValueError(f"is empty: its first line has to name the columns {', '.join(columns)}")
        _has(header, columns)
        number = 0
        while True:
            number, line = number + 1, reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                several = f"; lines {line} to {reader.line_num} went into one row, from a quote that is not closed on"
                yield number, f"not CSV: {error}{several if reader.line_num > line else ''}"
                continue
            if values and len(values) != len(header):
                yield number, f"{len(values)} values in a file of {len(header)} columns"
            elif values:
                row = dict(zip(header, values, strict=True))
                strange = [(name, byte) for name in columns if (byte := bytes_that_do_not_fit(row[name]))]
                yield number, f"column {strange[0][0]!r}: byte {strange[0][1]} is not UTF-8" if strange else row
    finally:
        text.detach()


def _parquet(entry: Entry, stream: BinaryIO, columns: Sequence[str]) -> Records:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
        columns = [among(file.schema_arrow.names, name) for name in columns]
        _has(file.schema_arrow.names, columns)
        number = 0
        for batch in file.iter_batches(1024, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except pa.ArrowInvalid as error:
        raise ValueError(f"is not Parquet: {str(error).rstrip('.')}") from error


def _has(names: Sequence[str], columns: Sequence[str]) -> None:
    lacking = [name for name in columns if name not in names]
    if lacking:
        raise ValueError(f"has no column {lacking[0]!r}; it has {', '.join(names)}")


_READERS: dict[str, Callable[[Entry, BinaryIO, Sequence[str]], Records]] = {
    "binary": _binary,
    "text": _text,
    "jsonlines": _jsonlines,
    "csv": _csv,
    "parquet": _parquet,
}
