"""Scores files of time series, row by row and causally: one series a file, or many columns that share the alarms."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from workbench.facts.evidence import Frozen
from workbench.tools.files import expand
from workbench.tools.series_table import SeriesTable, read_table

SUFFIXES = (".csv", ".tsv")
ABNORMAL, PAGE = 0.5, 0.75
"""Scores from which a row is in an abnormal state, and from which it is a new alarm."""
_CALM_LIMIT = 0.69
"""The score of a row whose page did not stand among those of many series."""

Purpose = Literal["points", "pages"]
"""What 0.5 means: the row is in an abnormal state, or it is worth a page."""


class Silence(Frozen):
    """Rows that stayed away although they used to come regularly."""

    row: int
    """The first row after the silence, from 0; the number of rows when it lasts to the end."""
    began_s: float
    """Seconds since 1970 when the next row was due."""
    ended_s: float
    missing: int
    """Rows that would have come."""


class SeriesScores(Frozen):
    """The abnormality of every row of one series."""

    file: str
    """Path of the file, followed by `#` and the column when the file has several columns of numbers."""
    scores: list[float]
    """0..1 per row, in the file's order; row i depends on rows up to i only. 0.5 is abnormal, 0.75 pages; when asked
    for pages, 0.5 pages."""
    silences: list[Silence] = []
    notes: list[str] = []
    """What was done to the rows before they were scored."""


def score_files(
    paths: Sequence[Path], *, purpose: Purpose = "points", together: bool = False
) -> Iterator[SeriesScores]:
    """Score series in CSV files with a time column and one or many value columns.

    The columns of one file share one budget of false pages; with `together` all files do.

    Raises:
        BadInput: a file has no column of times or none of numbers.
    """
    files = expand(paths, SUFFIXES)
    groups = [files] if together else [[one] for one in files]
    for group in groups:
        scored: list[SeriesScores] = []
        times: list[Sequence[float]] = []
        for name, path in group:
            table = read_table(path)
            for series in _score_table(name, table):
                scored.append(series)
                times.append(table.times_s)
        for series in _shared(scored, times) if len(scored) > 1 else scored:
            yield series if purpose == "points" else _for_pages(series)


def read_series(path: Path) -> tuple[list[float], list[float]]:
    """Return times in seconds and the first column of values of a CSV file.

    Raises:
        BadInput: there is no column of times or none of numbers.
    """
    table = read_table(path)
    return table.times_s, next(iter(table.columns.values()))


def _score_table(name: str, table: SeriesTable) -> Iterator[SeriesScores]:
    from workbench.signals.counters import is_counter, to_rate
    from workbench.signals.series import score_series

    order = sorted(range(len(table.times_s)), key=table.times_s.__getitem__)
    misplaced = sum(after < before for before, after in zip(table.times_s, table.times_s[1:], strict=False))
    times = [table.times_s[row] for row in order]
    for column, unordered in table.columns.items():
        values: Sequence[float | None] = [unordered[row] for row in order]
        notes = [f"{misplaced:,} rows come before an earlier one: scored in the order of time"] if misplaced else []
        silences = _silences(times, [value is not None and math.isfinite(value) for value in values])
        if is_counter(values):
            values = to_rate(times, values)
            notes.append("a counter: its growth per second is scored")
        scores = [0.0] * len(order)
        for row, score in zip(order, score_series(times, values), strict=True):
            scores[row] = round(score, 6)
        label = name if len(table.columns) == 1 else f"{name}#{column}"
        yield SeriesScores(file=label, scores=scores, silences=silences, notes=notes)


def _silences(times: Sequence[float], told: Sequence[bool]) -> list[Silence]:
    """Return the silences of one column among rows in the order of time; `told` says which rows have a value."""
    from workbench.signals.gaps import gaps

    rows = [row for row, has_value in enumerate(told) if has_value]
    found = gaps([times[row] for row in rows], times[-1])
    return [
        Silence(row=row, began_s=gap.began_s, ended_s=gap.ended_s, missing=gap.missing)
        for gap in found
        for row in [rows[gap.row] if gap.row < len(rows) else len(times)]
    ]


def _shared(scored: Sequence[SeriesScores], times: Sequence[Sequence[float]]) -> list[SeriesScores]:
    from workbench.signals.fleet import Page, shared
    from workbench.signals.series import samples_per_day

    rows_by_page: dict[Page, list[int]] = {}
    for number, series in enumerate(scored):
        per_day = samples_per_day(sorted(times[number][:61]))
        for row, score in enumerate(series.scores):
            if score >= PAGE:
                evidence = 0.25 / max(1.0 - score, 1e-6)
                rows_by_page.setdefault(Page(times[number][row], number, evidence, per_day, row + 1), []).append(row)
    standing = {(page.series, row) for page in shared(rows_by_page, len(scored)) for row in rows_by_page[page]}
    out = []
    for number, series in enumerate(scored):
        fallen = {row for row, score in enumerate(series.scores) if score >= PAGE and (number, row) not in standing}
        scores = [_CALM_LIMIT if row in fallen else score for row, score in enumerate(series.scores)]
        said = f"{len(fallen):,} pages did not stand among those of {len(scored):,} series: abnormal rows only"
        notes = [*series.notes, said] if fallen else series.notes
        out.append(series.model_copy(update={"scores": scores, "notes": notes}))
    return out


def _for_pages(series: SeriesScores) -> SeriesScores:
    """Return the same order of rows with 0.5 at what is worth a page."""
    scores = [round(2 * score - 1 if score >= PAGE else score / 1.5, 6) for score in series.scores]
    return series.model_copy(update={"scores": scores})
