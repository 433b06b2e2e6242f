"""The node `sources.csv_file`."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field

from workbench.flow.encodings import ESCAPED, Encoding, bytes_that_do_not_fit, of_file, shown
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import ColumnType, InputPath, NewColumn
from workbench.flow.lines import files_from, offset_of
from workbench.flow.naming import inside
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of
from workbench.flow.types import TYPES
from workbench.flow.values import convert

MAX_RAW = 2000
"""Most characters kept of a row that is rejected."""


class CsvFile(Node):
    """Read rows from CSV files whose first line names the columns.

    A row with too few or too many values, or with a value that does not fit its column, is counted and kept as a
    rejected row.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as data/*.csv; .gz is unpacked."""
    columns: dict[NewColumn, ColumnType] = Field(min_length=1)
    """Columns to read and their types; other columns are ignored."""
    delimiter: str = Field(",", min_length=1, max_length=1)
    """Character between two values."""
    encoding: Encoding = "utf-8"
    """Encoding of the files, such as latin-1 or cp1252; a row with a byte that does not fit is rejected."""

    example: ClassVar[Example | None] = reads(
        {"path": "a.csv", "columns": {"name": "text", "ms": "number"}, "delimiter": ";"},
        grid("name ms", ("cart", 12.5), ("pay; all", 8.0)),
        {"a.csv": 'name;pod;ms\ncart;cart-1;12.5\n"pay; all";pay-1;8\n'},
    )

    def build(self, *, source: Source) -> Rows:
        subject = CsvReader(self, source)
        return rows_of(subject, {name: TYPES[kind] for name, kind in self.columns.items()})


class CsvReader(RowSource):
    """Reads the files once."""

    goes_on = True

    def __init__(self, settings: CsvFile, source: Source) -> None:
        super().__init__(source)
        self.path, self.columns, self.delimiter = settings.path, settings.columns, settings.delimiter
        self.encoding = settings.encoding

    def read(self) -> None:
        """Put a row for each good line."""
        for file, skipped in files_from(self.path, self.offset):
            if self.source.stop.is_set():
                return
            opened = gzip.open if file.suffix == ".gz" else open
            with opened(file, "rt", encoding=of_file(self.encoding), errors=ESCAPED, newline="") as text:
                self._read_file(str(file), text, skipped)

    def _read_file(self, uri: str, text: Iterable[str], skipped: int) -> None:
        seen = list[str]()
        reader = csv.reader(_noted(text, seen), delimiter=self.delimiter, strict=True)
        header = [inside(shown(name)) for name in next(reader, [])]
        lacking = [name for name in self.columns if name not in header]
        if not header:
            raise ValueError(f"{uri} is empty: its first line has to name the columns {', '.join(self.columns)}")
        if lacking:
            raise ValueError(f"{uri} has no column {lacking[0]!r}; it has {', '.join(header)}")
        places = {name: header.index(name) for name in self.columns}
        for line, values, fault in _lines(reader, seen):
            if self.source.stop.is_set():
                break
            if line <= skipped:
                continue
            try:
                if fault:
                    self.source.reject(uri=uri, line=line, reason=fault, raw=shown("".join(seen)[:MAX_RAW].rstrip()))
                else:
                    self._put_line(values, places, len(header))
            except ValueError as error:
                raw = shown(self.delimiter.join(values)[:MAX_RAW])
                self.source.reject(uri=uri, line=line, reason=str(error), raw=raw)
            skipped = line
            if self.full:
                self.reached(offset_of(uri, skipped))
        self.reached(offset_of(uri, skipped))

    def _put_line(self, values: list[str], places: Mapping[str, int], width: int) -> None:
        if not values:
            return
        if len(values) != width:
            raise ValueError(f"{len(values)} values in a file of {width} columns")
        for name in self.columns:
            if byte := bytes_that_do_not_fit(values[places[name]]):
                raise ValueError(f"column {name!r}: byte {byte} is not {self.encoding}; set encoding, such as cp1252")
        self.put(tuple(_value(name, kind, values[places[name]]) for name, kind in self.columns.items()))


def _noted(text: Iterable[str], seen: list[str]) -> Iterator[str]:
    """Hand on lines, and note them: of a record that cannot be parsed the reader tells nothing."""
    for line in text:
        seen.append(line)
        yield line


def _lines(reader: Any, seen: list[str]) -> Iterator[tuple[int, list[str], str]]:
    while True:
        line = reader.line_num + 1
        seen.clear()
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that is not closed takes all that follows into one value.
            several = f"; lines {line} to {reader.line_num} went into one row, from a quote that is not closed on"
            yield line, [], f"not CSV: {error}{several if len(seen) > 1 else ''}"
            continue
        yield line, values, ""


def _value(name: str, kind: ColumnType, text: str) -> Any:
    try:
        return convert(text, kind)
    except ValueError as error:
        raise ValueError(f"column {name!r}: {error}") from error
