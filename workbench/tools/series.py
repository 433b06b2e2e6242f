"""Scores files of one time series each, row by row and causally."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.tools.files import expand, read_text

SUFFIXES = (".csv", ".tsv")
_SEPARATORS = (",", "\t", ";", "|")
_LABELS = {"label", "labels", "anomaly", "is_anomaly"}


class SeriesScores(Frozen):
    """The abnormality of every row of one file."""

    file: str
    scores: list[float]
    """0..1 per row, in the file's order; row i depends on rows up to i only. 0.5 is abnormal, 0.75 pages."""


def score_files(paths: Sequence[Path]) -> Iterator[SeriesScores]:
    """Score series in CSV files with a time column and a value column.

    Raises:
        BadInput: a file has no column of times or none of numbers.
    """
    from workbench.signals.series import score_series

    for name, path in expand(paths, SUFFIXES):
        times, values = read_series(path)
        yield SeriesScores(file=name, scores=[round(float(score), 6) for score in score_series(times, values)])


def read_series(path: Path) -> tuple[list[float], list[float]]:
    """Return times in seconds and values of a CSV file; a column of labels is never taken for values.

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
        if times.notna().mean() > 0.9:
            clock = str(column)
            break
    numbers = [
        column
        for column in frame.columns
        if str(column) != clock
        and str(column).strip().lower() not in _LABELS
        and pd.to_numeric(frame[column], errors="coerce").notna().any()
    ]
    if clock is None or not numbers:
        missing = "no column of times" if clock is None else "no column of numbers"
        found = ", ".join(map(str, frame.columns))
        raise BadInput(f"{missing}; it has: {found}", where=str(path), hint="Wanted: a time column and a value column")
    values = pd.to_numeric(frame[numbers[0]], errors="coerce")
    return times.ffill().fillna(0.0).tolist(), values.astype(float).tolist()


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
