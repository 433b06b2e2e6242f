"""Looks at the beginning of a file and says what it is: format, layout, columns and a sample of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.ingest.profile import Format, Layout

SAMPLE_ROWS = 300
NUMBERS = 0.9
"""Share of the cells of a column of numbers that have to be numbers; the others are rejected one by one."""


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
    headerless: bool = False
    """CSV whose first line is a row already; the columns are known from elsewhere."""
    header_rows: tuple[tuple[str, ...], ...] = ()
    """Of `multi_header_metrics`: the rows above the data."""
    lines: bool = True
    """JSON: one document per line, not one per file."""
    variant: str = ""
    """JSON: `array` when the document is a list; of Jaeger also `data_list` and `data_object`."""
    decimal_commas: tuple[str, ...] = ()
    """CSV columns with numbers such as `1.234,5`; `rows` has them as `1234.5`."""
    units: tuple[tuple[str, str], ...] = ()
    """CSV columns whose cells have a unit (`12 ms`), and the unit that they are turned into; `rows` has numbers."""
    reasons: tuple[str, ...] = ()

    def cells(self, column: str) -> list[str]:
        """Return the sample of one column."""
        at = self.columns.index(column)
        return [row[at] for row in self.rows]


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number; NaN is one, an empty cell is not."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def numbers_enough(cells: Sequence[str], fits: Callable[[str], object]) -> bool:
    """Tell whether the cells of a column are numbers; one in ten may be something else, an `ERR` or a `-`."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and sum(bool(fits(cell)) for cell in said) >= NUMBERS * len(said)
