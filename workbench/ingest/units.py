"""Numbers with a unit in each cell, as dashboards export them: `12.3 ms`, `1.5 GiB`, `45 %`, `2.1 K`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import sql
from workbench.ingest.shape import numbers_enough

_SCALES: dict[str, dict[str, float]] = {
    "s": {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "mins": 60.0,
          "hour": 3600.0, "hours": 3600.0, "h": 3600.0, "day": 86_400.0, "days": 86_400.0},
    "By": {"B": 1.0, "bytes": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2.0**10,
           "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40},
    "By/s": {"B/s": 1.0, "kB/s": 1e3, "KB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9, "KiB/s": 2.0**10, "MiB/s": 2.0**20,
             "GiB/s": 2.0**30},
    "bit/s": {"b/s": 1.0, "kb/s": 1e3, "Kb/s": 1e3, "Mb/s": 1e6, "Gb/s": 1e9},
    "%": {"%": 1.0},
    "1/s": {"req/s": 1.0, "reqps": 1.0, "rps": 1.0, "ops/s": 1.0, "ops": 1.0, "c/s": 1.0, "iops": 1.0, "io/s": 1.0},
    "1": {"K": 1e3, "k": 1e3, "Mil": 1e6, "Bil": 1e9},
}  # fmt: skip
"""Unit of OpenTelemetry (UCUM) -> how cells write it, and its factor."""
_FACTORS = {word: factor for words in _SCALES.values() for word, factor in words.items()}
_UNITS = {word: unit for unit, words in _SCALES.items() for word in words}
_NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?"
_CELL = rf"^\s*({_NUMBER})\s*({'|'.join(re.escape(word) for word in sorted(_FACTORS, key=len, reverse=True))})\s*$"
_IS_CELL = re.compile(_CELL)
_IS_BARE = re.compile(rf"\s*{_NUMBER}\s*|(?i:nan|null|no data)")


def has_unit(cell: str) -> bool:
    """Tell whether a cell is a number with a unit."""
    return _IS_CELL.match(cell) is not None


def unit_of(cells: Sequence[str]) -> str:
    """Return the unit that the numbers of a column are turned into, '' when they have none or several do not fit."""
    written = {match[2] for cell in cells if (match := _IS_CELL.match(cell))}
    units = {_UNITS[word] for word in written}
    # A bare number stands beside `2.1 K`, and `0` beside `12 ms`.
    fits = numbers_enough(cells, lambda cell: _IS_CELL.match(cell) or _IS_BARE.fullmatch(cell))
    return next(iter(units)) if fits and len(units) == 1 else ""


def in_unit(cell: str) -> str:
    """Return SQL for the text of a cell's number in the unit of its column; other text stays as it is."""
    number = f"try_cast(replace(regexp_extract({cell}, {sql.text(_CELL)}, 1), ',', '') AS DOUBLE)"
    unit = f"regexp_extract({cell}, {sql.text(_CELL)}, 2)"
    cases = " ".join(f"WHEN {sql.text(word)} THEN {factor!r}" for word, factor in _FACTORS.items())
    return f"coalesce(CAST({number} * CASE {unit} {cases} END AS VARCHAR), {cell})"
