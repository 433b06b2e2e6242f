"""Finds out from a sample how a column writes its times, and compares the clocks of one file."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime

from workbench.ingest import sql
from workbench.ingest.clock import EARLIEST, LATEST, LIMITS, Clock, clean, iso
from workbench.ingest.profile import NANOS, TimeRule

HOUR = 3600 * NANOS["s"]
FORMATS = (
    "%d/%b/%Y:%H:%M:%S %z",
    "%d/%b/%Y:%H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S.%f %Y",
    "%Y%m%d-%H:%M:%S:%g",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%y/%m/%d %H:%M:%S",
    "%y%m%d %H%M%S",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z",
    "%b %d, %Y @ %H:%M:%S.%g",
    "%b %d, %Y, %I:%M:%S %p",
    "%b %d, %Y %H:%M:%S",
)
WITHOUT_YEAR = ("%b %d %H:%M:%S", "%m-%d %H:%M:%S.%g", "%m-%d %H:%M:%S", "%d %b %H:%M:%S")
_ZONE_WRITTEN = r":\d{2}(?:[.,]\d+)?\s*(?:[A-Z]{1,5}|[A-Z][a-z]+/\w+|[+-]\d{2}(?::?\d{2})?)$"


def decide(samples: Sequence[str], rule: TimeRule, *, year: int | None = None) -> Clock | None:
    """Find out how a column writes time from a sample of it; None when it holds no times.

    Args:
        samples: Cells of the column.
        rule: What a profile says; its unit, zone and format are kept.
        year: Year of times that are written without one; this year when left out.
    """
    cells = [cell for cell in samples if cell and cell.strip()][:500]
    if not cells:
        return None
    if rule.leading:
        return _try(Clock(rule.column, "leading", zone=rule.zone), cells)
    if rule.format:
        return _try(Clock(rule.column, "format", zone=rule.zone, format=rule.format), cells)
    if rule.unit != "auto":
        return _try(Clock(rule.column, "epoch", unit=rule.unit, zone=rule.zone), cells)
    plain = [cell for cell in cells if cell.strip().lstrip("-").replace(".", "", 1).isdigit()]
    if len(plain) * 4 >= len(cells):
        digits = Clock(rule.column, "format", zone=rule.zone, format="%Y%m%d%H%M%S")
        if clock := _try(Clock(rule.column, "epoch", zone=rule.zone), cells) or _try(digits, cells):
            return clock
    for kind in ("iso", "cleaned"):
        if clock := _try(Clock(rule.column, kind, zone=rule.zone), cells):
            return clock
    return _by_format(cells, rule, year or datetime.now(UTC).year)


def _by_format(cells: Sequence[str], rule: TimeRule, year: int) -> Clock | None:
    """Return the format that reads most of the cells, the first of equals: 14/11/2023 tells which is the day."""
    formats = [(form, 0) for form in FORMATS] + [(form, year) for form in WITHOUT_YEAR]
    clocks = [Clock(rule.column, "format", zone=rule.zone, format=form, year=in_front) for form, in_front in formats]
    best = max(clocks, key=lambda clock: len(_read(clock, cells)))
    return _try(best, cells)


def _read(clock: Clock, cells: Sequence[str]) -> list[int]:
    source = clean("x") if clock.kind == "cleaned" else "x"
    probe = iso(source, clock.zone) if clock.kind in ("iso", "cleaned") else clock.expression("x")
    return [time for time in sql.evaluate(probe, cells) if time is not None and EARLIEST <= time < LATEST]


def _try(clock: Clock, cells: Sequence[str]) -> Clock | None:
    """Keep a clock when it reads at least a quarter of the sample as times that can be."""
    times = _read(clock, cells)
    if not times or len(times) * 4 < len(cells):
        return None
    written = clock.kind == "epoch" or "%z" in clock.format
    if not written:
        cleaned = clean("x") if clock.kind == "cleaned" else "x"
        written = all(sql.evaluate(f"regexp_matches({cleaned}, {sql.text(_ZONE_WRITTEN)})", cells[:50]))
    median = int(statistics.median_low(times))
    return Clock(
        clock.column,
        clock.kind,
        clock.unit,
        clock.zone,
        clock.format,
        clock.year,
        _say(clock, cells, written),
        written,
        median,
    )


def _say(clock: Clock, cells: Sequence[str], written: bool) -> str:
    if clock.kind == "epoch":
        unit = clock.unit if clock.unit != "auto" else magnitude(cells)
        why = "as the profile says" if clock.unit != "auto" else "by the magnitude of its median; others row by row"
        return f"epoch in {unit}, {why}; UTC"
    how = f"written as {clock.format}" if clock.format else "readable date and time"
    if clock.kind == "leading":
        how = "what the text begins with"
    if clock.year:
        how += f" without a year, taken as {clock.year}"
    return how + ("; its own zone" if written else f"; no zone written, read as {clock.zone}")


def magnitude(cells: Sequence[str]) -> str:
    """Return the unit of the median of numbers that are epochs."""
    numbers = [number for number in sql.evaluate("abs(try_cast(x AS DOUBLE))", cells) if number is not None]
    middle = statistics.median(numbers) if numbers else 0
    return next((unit for unit, limit in LIMITS if middle < limit), "ns")


def shift_between(readable: Clock, other: Clock) -> str:
    """Say that two clocks of one file differ by whole hours, or by days; '' when they agree."""
    if readable.median is None or other.median is None:
        return ""
    difference = other.median - readable.median
    hours = round(difference / HOUR)
    if 1 <= abs(hours) <= 14 and abs(difference - hours * HOUR) < HOUR // 30:
        way = "ahead of" if hours > 0 else "behind"
        return f"column {other.column!r} is {abs(hours)} h {way} {readable.column!r}; {readable.column!r} is used"
    if abs(hours) > 14:
        days = abs(hours) // 24
        return f"column {other.column!r} differs from {readable.column!r} by {days} days; {readable.column!r} is used"
    return ""
