"""The rows of a file as DuckDB's readers give them: numbered, each cell under its own name, nothing interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.errors import ProfileError
from workbench.ingest import sql
from workbench.ingest.files import Found
from workbench.ingest.shape import Shape
from workbench.ingest.units import in_unit

LINE = "__line"
RAW = "__raw"
REJECTS = "causeway_rejects"
_ONE_COLUMN = "delim = '\x01\x02\x03', quote = '', escape = '', header = false, columns = {'line': 'VARCHAR'}"
LONGEST_DOCUMENT = 256 * 2**20
"""A JSON document that is longer than this is not read: it would have to be held in memory whole."""
LONGEST_BATCH = 32 * 2**20
"""The same for one line of a file with a document per line."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Numbered rows of a file."""

    query: str
    """Columns: `__line` (record number, the header counted), `__raw` (text of the record), and the file's columns."""
    columns: tuple[str, ...]
    types: tuple[str, ...]
    where: str
    titles: tuple[str, ...] = ()
    """The columns as the file calls them, where that differs."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Units of the columns whose cells have one."""
    open_ended: bool = False
    """JSON: a column that the sample lacks may still come later in the file."""

    def title(self, column: str) -> str:
        """Return what the file calls a column."""
        return self.titles[self.columns.index(column)] if self.titles else column

    def text(self, column: str) -> str:
        """Return SQL for the text of a column.

        Raises:
            ProfileError: the file does not have this column.
        """
        found = self._at(column)
        if found is None:
            return "NULL"
        is_text = self.types[found] == "VARCHAR"
        return sql.name(self.columns[found]) if is_text else f"CAST({sql.name(self.columns[found])} AS VARCHAR)"

    def typed(self, column: str) -> tuple[str, str]:
        """Return SQL for a column as it is, and its DuckDB type.

        Raises:
            ProfileError: the file does not have this column.
        """
        found = self._at(column)
        return ("NULL::VARCHAR", "VARCHAR") if found is None else (sql.name(self.columns[found]), self.types[found])

    def _at(self, column: str) -> int | None:
        if column in self.columns:
            return self.columns.index(column)
        if self.open_ended:
            return None
        raise ProfileError(
            f"there is no column {column!r}",
            where=self.where,
            hint=f"The file has: {', '.join(self.columns[:40])}. Mend the profile, or import without one",
        )


def raw_rows(file: Found, shape: Shape) -> Raw:
    """Return the rows of a tabular file."""
    types = shape.types or ("VARCHAR",) * len(shape.columns)
    builders = {"csv": _csv, "jsonl": _json_lines, "json": _json_array, "parquet": _parquet, "text": _text_lines}
    query = builders[shape.format](file, shape)
    loose = shape.format in ("jsonl", "json")
    return Raw(query, shape.columns, types, str(file.path), shape.titles, dict(shape.units), open_ended=loose)


def lines(file: Found, encoding: str = "utf-8") -> str:
    """Return SQL for a file's lines as they are: columns `__line` and `line`, NULL for an empty one."""
    return (
        f"SELECT row_number() OVER () AS {LINE}, line FROM read_csv({sql.text(str(file.path))}, auto_detect = false, "
        f"{_ONE_COLUMN}, {_common(file, encoding)})"
    )


def _common(file: Found, encoding: str) -> str:
    return (
        f"compression = '{file.compression}', encoding = '{encoding}', store_rejects = true, "
        f"rejects_table = '{REJECTS}', rejects_scan = '{REJECTS}_scans'"
    )


def _csv(file: Found, shape: Shape) -> str:
    columns = ", ".join(f"{sql.text(name)}: 'VARCHAR'" for name in shape.columns)
    bare = bool(shape.header_rows) or shape.headerless
    header = f"skip = {len(shape.header_rows)}, header = false" if bare else "header = true"
    # With `skip` the reader counts from the first line that it did not skip.
    first = len(shape.header_rows) if bare else 1
    cells = ", ".join(f"coalesce({sql.name(name)}, '')" for name in shape.columns)
    mended = [
        f"replace(replace({sql.name(name)}, '.', ''), ',', '.') AS {sql.name(name)}" for name in shape.decimal_commas
    ]
    mended += [f"{in_unit(sql.name(name))} AS {sql.name(name)}" for name, _ in shape.units]
    every = f"* REPLACE ({', '.join(mended)})" if mended else "*"
    return (
        f"SELECT row_number() OVER () + {first} AS {LINE}, "
        f"concat_ws({sql.text(shape.delimiter)}, {cells}) AS {RAW}, {every} "
        f"FROM read_csv({sql.text(str(file.path))}, auto_detect = false, delim = {sql.text(shape.delimiter)}, "
        f"quote = '\"', escape = {sql.text(shape.escape)}, {header}, columns = {{{columns}}}, "
        f"{_common(file, shape.encoding)})"
    )


def _json_lines(file: Found, shape: Shape) -> str:
    return (
        f"SELECT {LINE}, {RAW}, {_leaves(shape)} FROM (SELECT {LINE}, line AS {RAW}, "
        f"CASE WHEN json_valid(line) THEN json_extract_string(line, {sql.texts(shape.paths)}) END AS leaves "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL)"
    )


def _json_array(file: Found, shape: Shape) -> str:
    return (
        f"SELECT {LINE}, {RAW}, {_leaves(shape)} FROM (SELECT {LINE}, CAST(json AS VARCHAR) AS {RAW}, "
        f"json_extract_string(json, {sql.texts(shape.paths)}) AS leaves FROM ({json_elements(file, shape)}))"
    )


def _leaves(shape: Shape) -> str:
    return ", ".join(f"leaves[{at}] AS {sql.name(name)}" for at, name in enumerate(shape.columns, start=1))


def _parquet(file: Found, shape: Shape) -> str:
    cells = ", ".join(f"coalesce(CAST({sql.name(name)} AS VARCHAR), '')" for name in shape.columns)
    return (
        f"SELECT file_row_number + 1 AS {LINE}, concat_ws(',', {cells}) AS {RAW}, * EXCLUDE (file_row_number) "
        f"FROM read_parquet({sql.text(str(file.path))}, file_row_number = true)"
    )


def _text_lines(file: Found, shape: Shape) -> str:
    return f"SELECT {LINE}, line AS {RAW}, line FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL"


def documents(file: Found, shape: Shape, columns: Mapping[str, str]) -> str:
    """Return SQL for the JSON documents of a file with the columns that are named; others are not looked at.

    A line that is no JSON gives a row of NULLs; so does one whose values are of other types.
    """
    listed = ", ".join(f"{sql.text(name)}: {sql.text(kind)}" for name, kind in columns.items())
    form = "newline_delimited', ignore_errors = true" if shape.lines else f"{_form(shape)}'"
    return (
        f"read_json({sql.text(str(file.path))}, columns = {{{listed}}}, format = '{form}, "
        f"compression = '{file.compression}', maximum_object_size = {_largest(file, shape)})"
    )


def json_elements(file: Found, shape: Shape) -> str:
    """Return SQL for the elements of a JSON array, or for the documents of a file with one per line: `__line`, `json`.

    A line that is no JSON gives NULL.
    """
    if shape.lines:
        return (
            f"SELECT {LINE}, CASE WHEN json_valid(line) THEN CAST(line AS JSON) END AS json "
            f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> ''"
        )
    return (
        f"SELECT row_number() OVER () AS {LINE}, json FROM read_json_objects({sql.text(str(file.path))}, "
        f"format = 'array', compression = '{file.compression}', maximum_object_size = {_largest(file, shape)})"
    )


def _form(shape: Shape) -> str:
    return "array" if shape.variant == "array" else "unstructured"


def _largest(file: Found, shape: Shape) -> int:
    if shape.lines:
        return LONGEST_BATCH
    inflated = file.bytes if file.compression == "none" else file.bytes * 30
    return min(max(inflated + 1024, 2**24), LONGEST_DOCUMENT)
