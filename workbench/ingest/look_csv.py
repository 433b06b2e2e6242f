"""Tells the delimiter, the header and the layout of CSV from its first rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice

from workbench.errors import BadInput
from workbench.ingest import sql
from workbench.ingest.files import Found
from workbench.ingest.profile import FileRule, Layout
from workbench.ingest.readers.postgres import csv_columns
from workbench.ingest.shape import SAMPLE_ROWS, Shape, is_number, numbers_enough
from workbench.ingest.units import has_unit, in_unit, unit_of
from workbench.ingest.vocabulary import find


def look_at_csv(file: Found, rule: FileRule, text: str) -> Shape:
    """Return what the beginning of a CSV file tells; raises BadInput for one without header or rows."""
    csv.field_size_limit(2**27)
    delimiter = _delimiter(text, file)
    escape = "\\" if re.search(r'\\"[^,;|\t\r\n]', text) and '""' not in text else '"'
    reader = csv.reader(
        io.StringIO(text), delimiter=delimiter, doublequote=escape == '"', escapechar=None if escape == '"' else escape
    )
    rows = list(islice((row for row in reader if row), SAMPLE_ROWS + 1))
    known = csv_columns(rows)
    header, body = (list(known), rows) if known else (rows[0], rows[1:])
    if not body:
        raise BadInput("there is a header and no row", where=str(file.path), hint="There is nothing to import")
    if sum(len(row) == len(header) + 1 for row in body) >= _ENOUGH * len(body):
        # The Event Viewer of Windows has no title above the last column, which says what happened.
        header = [*header, "message"]
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
    commas = _decimal_commas(sample) if delimiter != "," else ()
    said = [f"{len(columns)} columns divided by {delimiter!r}"]
    said += ["no header; the columns are those of PostgreSQL's csvlog"] if known else []
    units = {} if find("body", columns) or find("trace_id", columns) else _units(columns, sample)
    said += (
        [f"cells of {', '.join(map(repr, units))} have units; they become {', '.join(dict.fromkeys(units.values()))}"]
        if units
        else []
    )
    said += [f"numbers with a decimal comma in {', '.join(repr(columns[at]) for at in commas)}"] if commas else []
    return Shape(
        "csv",
        layout,
        delimiter=delimiter,
        escape=escape,
        headerless=bool(known),
        columns=tuple(columns),
        titles=tuple(cell.strip() for cell in header),
        rows=_as_numbers(columns, sample, commas, units),
        units=tuple(units.items()),
        header_rows=above,
        decimal_commas=tuple(columns[at] for at in commas),
        reasons=tuple(said),
    )


def _units(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    cells = zip(columns, zip(*rows, strict=True), strict=True)
    return {name: unit for name, column in cells if (unit := unit_of(column))}


def _as_numbers(
    columns: Sequence[str], rows: Sequence[Sequence[str]], commas: Sequence[int], units: dict[str, str]
) -> tuple[tuple[str, ...], ...]:
    """Return a sample with its numbers as programs write them."""
    turned = [list(cells) for cells in zip(*rows, strict=True)]
    for at, name in enumerate(columns):
        if at in commas:
            turned[at] = [with_point(cell) for cell in turned[at]]
        if name in units:
            turned[at] = sql.evaluate(in_unit("x"), turned[at])
    return tuple(zip(*turned, strict=True))


_ENOUGH = 0.9
_WITH_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def _decimal_commas(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return the places of the columns whose cells are numbers, some of them with a comma before the decimals."""
    return tuple(
        at
        for at, cells in enumerate(zip(*rows, strict=True))
        if any("," in cell for cell in cells) and numbers_enough(cells, _WITH_COMMA.fullmatch)
    )


def with_point(cell: str) -> str:
    """Return a number with a decimal comma, and perhaps points between thousands, as programs write it."""
    return cell.replace(".", "").replace(",", ".")


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
        if re.search(r"\d{4}", row[0]) and all(
            is_number(cell) or has_unit(cell) or not cell.strip() for cell in row[1:]
        ):
            return at
    return 0
