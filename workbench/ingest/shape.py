"""Looks at the beginning of a file and says what it is: format, layout, columns and a sample of rows."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import duckdb

from workbench.errors import BadInput
from workbench.ingest import sql
from workbench.ingest.files import Found, check_first_line, read_head
from workbench.ingest.profile import FileRule, Format, Layout

SAMPLE_ROWS = 300
_JSON_KINDS: tuple[tuple[Format, str], ...] = (
    ("otlp_json", r'"resource(?:Spans|Logs|Metrics)"\s*:'),
    ("prometheus_json", r'"resultType"\s*:'),
    ("jaeger_json", r'"spans"\s*:.*"(?:traceID|spanID|operationName)"\s*:'),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the beginning of a file tells."""

    format: Format
    layout: Layout = "records"
    encoding: str = "utf-8"
    delimiter: str = ","
    escape: str = '"'
    """What stands before a quote inside of a quoted cell."""
    columns: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """The columns as the file calls them; `columns` differ where two would be the same name to DuckDB."""
    types: tuple[str, ...] = ()
    """DuckDB types, of Parquet only; all other cells are text."""
    paths: tuple[str, ...] = ()
    """JSON paths of the columns, of JSON objects only."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows as text, '' for nothing; of `text` one cell per line."""
    header_rows: tuple[tuple[str, ...], ...] = ()
    """Of `multi_header_metrics`: the rows above the data."""
    lines: bool = True
    """JSON: one document per line, not one per file."""
    variant: str = ""
    """JSON: `array` when the document is a list; of Jaeger also `data_list` and `data_object`."""
    reasons: tuple[str, ...] = ()

    def cells(self, column: str) -> list[str]:
        """Return the sample of one column."""
        at = self.columns.index(column)
        return [row[at] for row in self.rows]


def look(file: Found, rule: FileRule) -> Shape:
    """Find out what a file is; what the rule says is taken as true.

    Raises:
        BadInput: the file is empty, binary, or its beginning cannot be read.
    """
    if rule.format == "parquet" or (rule.format is None and file.suffix in (".parquet", ".pq")):
        return _parquet(file)
    head = read_head(file)
    if not head.strip(b"\r\n\t \xef\xbb\xbf"):
        raise BadInput("the file is empty", where=str(file.path), hint="There is nothing to import; leave it out")
    encoding, why = _encoding(head, file)
    check_first_line(file, head)
    text = _decode(head, encoding, complete=len(head) < 256 * 1024)
    shape = _of_text(file, rule, text)
    return replace(shape, encoding=encoding, reasons=((why,) if why else ()) + shape.reasons)


def _encoding(head: bytes, file: Found) -> tuple[str, str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16 by its first two bytes"
    if b"\0" in head:
        hint = "Compressed files have to end in .gz or .zst, Parquet files in .parquet"
        raise BadInput("the file is binary", where=str(file.path), hint=hint)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # Whoever writes UTF-8 writes some letter as two valid bytes; a file without any is of an older encoding.
        if not re.search(rb"[\xc2-\xf4][\x80-\xbf]", head):
            return "latin-1", "not UTF-8, read as Latin-1"
        return "utf-8", "some lines are not UTF-8; these are rejected"
    return "utf-8", ""


def _decode(head: bytes, encoding: str, *, complete: bool) -> str:
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    if not complete and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    return text


def _of_text(file: Found, rule: FileRule, text: str) -> Shape:
    if rule.format == "text":
        return _lines(text)
    if rule.format == "csv" or (rule.format is None and file.suffix in (".csv", ".tsv")):
        return _csv(file, rule, text)
    is_json = text.lstrip()[0] in "{["
    expected = rule.format is not None or file.suffix in (".json", ".jsonl", ".ndjson")
    if is_json or expected:
        if is_json and (shape := _json(file, rule, text)):
            return shape
        if expected:
            raise BadInput(
                "the file is JSON of no known kind" if is_json else "the file is not JSON",
                where=str(file.path),
                hint="Known are OTLP, Jaeger, Prometheus query results, and one object per line",
            )
    return _lines(text)


def _lines(text: str) -> Shape:
    rows = tuple((line,) for line in text.splitlines()[:SAMPLE_ROWS])
    return Shape("text", columns=("line",), rows=rows, reasons=("plain text, one record per line",))


def _csv(file: Found, rule: FileRule, text: str) -> Shape:
    csv.field_size_limit(2**27)
    delimiter = _delimiter(text, file)
    escape = "\\" if re.search(r'\\"[^,;|\t\r\n]', text) and '""' not in text else '"'
    reader = csv.reader(
        io.StringIO(text), delimiter=delimiter, doublequote=escape == '"', escapechar=None if escape == '"' else escape
    )
    rows = list(islice((row for row in reader if row), SAMPLE_ROWS + 1))
    header, body = rows[0], rows[1:]
    if not body:
        raise BadInput("there is a header and no row", where=str(file.path), hint="There is nothing to import")
    columns = _unique(header)
    body = [row for row in body if len(row) == len(columns)] or body
    layout, above = (rule.layout, ()) if rule.layout else _layout(header, body)
    if layout == "multi_header_metrics":
        above = above or tuple(tuple(row) for row in rows[: _first_data_row(rows)])
        body, columns = rows[len(above) :], [f"c{at}" for at in range(len(header))]
    elif any(is_number(cell) for cell in header) and layout == "records":
        raise BadInput(
            f"the first line is no header: it has the number {next(cell for cell in header if is_number(cell))!r}",
            where=str(file.path),
            hint="Put a line with the columns' names on top",
        )
    sample = tuple(tuple((row + [""] * len(columns))[: len(columns)]) for row in body[:SAMPLE_ROWS])
    said = f"{len(columns)} columns divided by {delimiter!r}"
    return Shape(
        "csv",
        layout,
        delimiter=delimiter,
        escape=escape,
        columns=tuple(columns),
        titles=tuple(cell.strip() for cell in header),
        rows=sample,
        header_rows=above,
        reasons=(said,),
    )


def _delimiter(text: str, file: Found) -> str:
    if file.suffix == ".tsv":
        return "\t"
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",\t;|", key=lambda one: (first.count(one), one == ","))


def _unique(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for at, cell in enumerate(header):
        name = cell.strip() or f"column{at}"
        names.append(name if name.lower() not in {known.lower() for known in names} else f"{name}_{at}")
    return names


def _layout(header: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[Layout, tuple[tuple[str, ...], ...]]:
    others = {cell.strip() for cell in header[1:]}
    if len(header) > 2 and all(
        row[0].strip() in others and all(is_number(cell) or not cell for cell in row[1:]) for row in body
    ):
        return "adjacency_matrix", ()
    first = _first_data_row([header, *body])
    if first >= 2 and len(header) > 1 and not any(is_number(cell) for row in body[: first - 1] for cell in row[1:]):
        return "multi_header_metrics", tuple(tuple(row) for row in [header, *body[: first - 1]])
    return "records", ()


def _first_data_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the first row whose first cell holds digits and whose other cells are numbers or empty; 0 if none."""
    for at, row in enumerate(rows[:8]):
        if re.search(r"\d{4}", row[0]) and all(is_number(cell) or not cell.strip() for cell in row[1:]):
            return at
    return 0


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number; NaN is one, an empty cell is not."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _json(file: Found, rule: FileRule, text: str) -> Shape | None:
    first = text.lstrip().split("\n", 1)[0]
    # The first line of a .jsonl file may be longer than what has been read of it.
    by_line = file.suffix in (".jsonl", ".ndjson") or (_is_object(first) and "\n" in text.strip())
    kind = rule.format if rule.format not in (None, "json", "jsonl") else next(
        (kind for kind, pattern in _JSON_KINDS if re.search(pattern, text, re.DOTALL)), None
    )  # fmt: skip
    if kind is not None:
        said = "one document per line" if by_line else "one document"
        return Shape(kind, lines=by_line, variant=_variant(kind, text), reasons=(said,))
    if text.lstrip().startswith("["):
        return _objects("json", _elements(text), lines=False)
    if by_line or _is_object(first):
        loaded = [_load(line) for line in text.splitlines()[:SAMPLE_ROWS]]
        return _objects("jsonl", [one for one in loaded if isinstance(one, dict)], lines=True)
    return None


def _variant(kind: Format, text: str) -> str:
    if kind == "jaeger_json" and (data := re.search(r'"data"\s*:\s*([\[{])', text)):
        return "data_list" if data[1] == "[" else "data_object"
    return "array" if text.lstrip().startswith("[") else ""


def _load(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def _is_object(line: str) -> bool:
    return isinstance(_load(line), dict)


def _elements(text: str) -> list[dict[str, Any]]:
    """Return the first objects of a JSON array whose end may be cut off."""
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    found: list[dict[str, Any]] = []
    while len(found) < SAMPLE_ROWS:
        while at < len(text) and text[at] in " \r\n\t,":
            at += 1
        try:
            element, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            break
        if isinstance(element, dict):
            found.append(element)
    return found


def _objects(kind: Format, objects: Sequence[dict[str, Any]], *, lines: bool) -> Shape | None:
    if not objects:
        return None
    flat = [flatten(one) for one in objects]
    paths = {name: path for one in reversed(flat) for name, path, _ in one}
    columns = tuple(dict.fromkeys(name for one in flat for name, _, _ in one))
    cells = [{name: cell for name, _, cell in one} for one in flat]
    rows = tuple(tuple(one.get(name, "") for name in columns) for one in cells)
    said = "one object per line" if lines else "an array of objects"
    return Shape(
        kind, columns=columns, paths=tuple(paths[name] for name in columns), rows=rows, lines=lines, reasons=(said,)
    )


def flatten(value: dict[str, Any], prefix: str = "", path: str = "$") -> list[tuple[str, str, str]]:
    """Return name with dots, JSON path and text of each leaf of a JSON object; arrays stay JSON."""
    found: list[tuple[str, str, str]] = []
    for key, inner in value.items():
        name, where = prefix + key, path + "." + json.dumps(key, ensure_ascii=False)
        if isinstance(inner, dict) and inner:
            found += flatten(inner, f"{name}.", where)
        elif inner is None:
            found.append((name, where, ""))
        else:
            found.append((name, where, inner if isinstance(inner, str) else json.dumps(inner)))
    return found


def _parquet(file: Found) -> Shape:
    relation = f"read_parquet({sql.text(str(file.path))})"
    try:
        described = sql.scratch().execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        rows = sql.scratch().execute(f"SELECT COLUMNS(*)::VARCHAR FROM {relation} LIMIT {SAMPLE_ROWS}").fetchall()
    except duckdb.Error as error:
        hint = "The file may be cut off or be no Parquet; write it again"
        raise BadInput(
            f"not readable as Parquet: {str(error).splitlines()[0]}", where=str(file.path), hint=hint
        ) from error
    if not rows:
        raise BadInput("the file has no row", where=str(file.path), hint="There is nothing to import; leave it out")
    return Shape(
        "parquet",
        columns=tuple(row[0] for row in described),
        types=tuple(row[1] for row in described),
        rows=tuple(tuple("" if cell is None else cell for cell in row) for row in rows),
        reasons=(f"Parquet with {len(described)} columns",),
    )
