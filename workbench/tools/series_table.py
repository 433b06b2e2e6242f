"""Reads a CSV file of a time column and one or many value columns."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadInput
from workbench.tools.files import read_text

_SEPARATORS = (",", "\t", ";", "|")
_LABELS = {"label", "labels", "anomaly", "is_anomaly"}
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """Rows of one file."""

    times_s: list[float]
    """Seconds since 1970, in the order of the file; a row without a readable time has that of the row before."""
    columns: dict[str, list[float]]
    """Values by the name of their column; NaN where there is no number."""


def read_table(path: Path) -> SeriesTable:
    """Return times and all columns of numbers of a CSV file; a column of labels is never taken for values.

    Times may have any zone; those without one are UTC.

    Raises:
        BadInput: there is no column of times or none of numbers.
    """
    import pandas as pd

    text = read_text(path)
    try:
        frame = pd.read_csv(io.StringIO(text), sep=_separator(text))
    except ValueError as error:
        what = f"cannot be read as CSV: {' '.join(str(error).split())}"
        raise BadInput(what, where=str(path), hint="Wanted: time,value rows") from error
    if frame.empty:
        raise BadInput("there is a header and no row", where=str(path), hint="Wanted: time,value rows")
    clock: str | None = None
    times = pd.Series(dtype="float64")
    for column in frame.columns:
        times = _seconds(frame[column])
        if times.notna().mean() > _MOSTLY:
            clock = str(column)
            break
    numbers = {
        str(column): pd.to_numeric(frame[column], errors="coerce").astype(float)
        for column in frame.columns
        if str(column) != clock and str(column).strip().lower() not in _LABELS
    }
    columns = {name: values.tolist() for name, values in numbers.items() if values.notna().any()}
    if clock is None or not columns:
        missing = "no column of times" if clock is None else "no column of numbers"
        found = ", ".join(map(str, frame.columns))
        raise BadInput(f"{missing}; it has: {found}", where=str(path), hint="Wanted: a time column and a value column")
    return SeriesTable(times.ffill().fillna(0.0).tolist(), columns)


def _separator(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=head.count)


def _seconds(column: object) -> pd.Series[float]:  # type: ignore[name-defined] # noqa: F821
    import pandas as pd

    series = pd.Series(column)
    if pd.api.types.is_numeric_dtype(series):
        size = series.abs().median()
        # Only numbers of the size of an epoch are a clock; others are values.
        for limit, unit in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (3e8, 1.0)):
            if size > limit:
                return series.astype(float) / unit
        return pd.Series([float("nan")] * len(series))
    parsed = pd.to_datetime(series, errors="coerce", utc=True, format="mixed")
    return (parsed - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
