"""Reads times in SQL into UTC nanoseconds: epochs of any unit, ISO text of any zone, Go's and servers' formats."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.ingest import sql
from workbench.ingest.profile import NANOS, TimeRule

EARLIEST = 315_532_800 * NANOS["s"]
"""1980: an earlier time is a number that is no time."""
LATEST = 7_258_118_400 * NANOS["s"]
"""2200."""
HOUR = 3600 * NANOS["s"]

# Between the units lies a factor of 1000 and no real time does: 9e9 seconds is the year 2255, 9e9 ms is April 1970.
_LIMITS = (("s", 9_000_000_000), ("ms", 9_000_000_000_000), ("us", 9_000_000_000_000_000))

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
)
WITHOUT_YEAR = ("%b %d %H:%M:%S", "%m-%d %H:%M:%S.%g", "%m-%d %H:%M:%S", "%d %b %H:%M:%S")
_ZONE_WRITTEN = r":\d{2}(?:[.,]\d+)?\s*(?:[A-Z]{1,5}|[A-Z][a-z]+/\w+|[+-]\d{2}(?::?\d{2})?)$"


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of one column are read."""

    column: str
    kind: str
    """`epoch`, `iso`, `cleaned` (ISO after small repairs), `format`, or `typed` (Parquet)."""
    unit: str = "auto"
    zone: str = "UTC"
    format: str = ""
    year: int = 0
    """Put in front when the format has no year; 0 otherwise."""
    said: str = ""
    """One sentence for the explanation."""
    zone_written: bool = True
    median: int | None = None
    """Median of the sample in UTC nanoseconds."""

    def expression(self, source: str, duckdb_type: str = "VARCHAR") -> str:
        """Return SQL for UTC nanoseconds, NULL where the cell is no time."""
        if duckdb_type != "VARCHAR":
            return _typed(source, duckdb_type, self)
        if self.kind == "epoch":
            return f"coalesce({_epoch_text(source, self.unit)}, {_iso(source, self.zone)})"
        epoch = _epoch_text(source, "auto")
        if self.kind == "format":
            prefix, form = (f"'{self.year} ' || ", "%Y ") if self.year else ("", "")
            parsed = f"epoch_ns(try_strptime({prefix}{source}, {sql.text(form + self.format)}))"
            if "%z" not in self.format:
                parsed = _shift(parsed, self.zone)
            return f"coalesce({parsed}, {_iso(source, self.zone)})"
        if self.kind == "cleaned":
            return f"coalesce({_iso(_clean(source), self.zone)}, {epoch})"
        return f"coalesce({_iso(source, self.zone)}, {_iso(_clean(source), self.zone)}, {epoch})"


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
    for form in FORMATS:
        if clock := _try(Clock(rule.column, "format", zone=rule.zone, format=form), cells):
            return clock
    for form in WITHOUT_YEAR:
        if clock := _try(Clock(rule.column, "format", zone=rule.zone, format=form, year=year), cells):
            return clock
    return None


def _try(clock: Clock, cells: Sequence[str]) -> Clock | None:
    """Keep a clock when it reads at least a quarter of the sample as times that can be."""
    source = _clean("x") if clock.kind == "cleaned" else "x"
    probe = _iso(source, clock.zone) if clock.kind in ("iso", "cleaned") else clock.expression("x")
    times = [time for time in sql.evaluate(probe, cells) if time is not None and EARLIEST <= time < LATEST]
    if not times or len(times) * 4 < len(cells):
        return None
    written = clock.kind == "epoch" or "%z" in clock.format
    if not written:
        cleaned = _clean("x") if clock.kind == "cleaned" else "x"
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
    if clock.year:
        how += f" without a year, taken as {clock.year}"
    return how + ("; its own zone" if written else f"; no zone written, read as {clock.zone}")


def magnitude(cells: Sequence[str]) -> str:
    """Return the unit of the median of numbers that are epochs."""
    numbers = [number for number in sql.evaluate("abs(try_cast(x AS DOUBLE))", cells) if number is not None]
    middle = statistics.median(numbers) if numbers else 0
    return next((unit for unit, limit in _LIMITS if middle < limit), "ns")


def _iso(source: str, zone: str) -> str:
    # A cast to TIMESTAMP_NS skips an offset without a word, and one to TIMESTAMPTZ keeps microseconds only and reads a
    # time without a zone in that of the session. So each is asked for what it can.
    nanos = f"epoch_ns(try_cast({source} AS TIMESTAMP_NS))"
    joined = f"regexp_replace({source}, '\\s+([+-])', '\\1')"
    zoned = f"(epoch_us(try_cast({joined} AS TIMESTAMPTZ)) * 1000 + {nanos} % 1000)"
    signs = " OR ".join(f"substr({source}, -{back}, 1) IN ('+', '-')" for back in (6, 5, 3))
    bare = f"right({source}, 1) BETWEEN '0' AND '9' AND NOT (length({source}) > 19 AND ({signs}))"
    return f"CASE WHEN {bare} THEN {_shift(nanos, zone)} WHEN right({source}, 1) = 'Z' THEN {nanos} ELSE {zoned} END"


def _clean(source: str) -> str:
    # Go prints `+0000 UTC m=+0.1` behind the time; Python's and Java's loggers put a comma before the fraction.
    go = f"regexp_replace({source}, ' ([+-]\\d{{2}}:?\\d{{2}})( [A-Z]{{3,5}})?( m=[+-][0-9.]+)?$', '\\1')"
    return f"regexp_replace(trim({go}, ' []'), '(:\\d{{2}}),(\\d{{1,9}})', '\\1.\\2')"


def _shift(nanos: str, zone: str) -> str:
    """Return UTC nanoseconds of nanoseconds that count a local clock."""
    if zone == "UTC":
        return nanos
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return f"({nanos} - {sign * minutes * 60 * NANOS['s']})"
    local = f"timezone({sql.text(zone)}, make_timestamp({nanos} // 1000))"
    return f"(epoch_us({local}) * 1000 + {nanos} % 1000)"


def _epoch_text(source: str, unit: str) -> str:
    whole = f"try_cast({source} AS BIGINT)"
    if unit == "ns":
        return whole
    fraction = _scaled(
        f"try_cast(split_part({source}, '.', 1) AS BIGINT)",
        unit,
        lambda zeros: f" + try_cast(rpad(left(split_part({source}, '.', 2), {zeros}), {zeros}, '0') AS BIGINT)",
    )
    return f"CASE WHEN contains({source}, '.') THEN {fraction} ELSE {_scaled(whole, unit)} END"


def _scaled(number: str, unit: str, rest: object = None) -> str:
    def times(one: str) -> str:
        zeros = len(str(NANOS[one])) - 1
        more = rest(zeros) if callable(rest) and zeros else ""
        return f"{number} * {NANOS[one]}{more}" if zeros else number

    if unit != "auto":
        return f"CASE WHEN abs({number}) < {9_000_000_000_000_000_000 // NANOS[unit]} THEN {times(unit)} END"
    cases = " ".join(f"WHEN abs({number}) < {limit} THEN {times(one)}" for one, limit in _LIMITS)
    return f"CASE {cases} ELSE {number} END"


def _typed(source: str, duckdb_type: str, clock: Clock) -> str:
    if duckdb_type.startswith(("TIMESTAMP", "DATE")):
        nanos = f"epoch_ns({source})"
        return nanos if "TIME ZONE" in duckdb_type else _shift(nanos, clock.zone)
    if duckdb_type in ("DOUBLE", "FLOAT") or duckdb_type.startswith("DECIMAL"):
        micros = f"try_cast({source} AS DOUBLE)"
        cases = " ".join(
            f"WHEN abs({micros}) < {limit} THEN round({micros} * {NANOS[one] // 1000})" for one, limit in _LIMITS
        )
        if clock.unit != "auto":
            return f"CAST(round({micros} * {NANOS[clock.unit]} / 1000) AS BIGINT) * 1000"
        return f"CAST(CASE {cases} ELSE round({micros} / 1000) END AS BIGINT) * 1000"
    return _scaled(f"try_cast({source} AS BIGINT)", clock.unit)


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


def out_of_range(column: str) -> str:
    """Return the branches of a CASE that reject nanoseconds that are missing or can be no time."""
    return (
        f"WHEN {column} IS NULL THEN '{column} is empty or no number' "
        f"WHEN {column} < {EARLIEST} OR {column} >= {LATEST} THEN concat('{column} ', {column}, ' lies "
        "outside of 1980 to 2200')"
    )
