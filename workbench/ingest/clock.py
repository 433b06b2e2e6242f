"""Reads times in SQL into UTC nanoseconds: epochs of any unit, ISO text of any zone, Go's and servers' formats."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.ingest import sql
from workbench.ingest.profile import NANOS
from workbench.semconv import EARLIEST_UNIX_NANO, LATEST_UNIX_NANO

EARLIEST, LATEST = EARLIEST_UNIX_NANO, LATEST_UNIX_NANO
# Between the units lies a factor of 1000 and no real time does: 9e9 seconds is the year 2255, 9e9 ms is April 1970.
LIMITS = (("s", 9_000_000_000), ("ms", 9_000_000_000_000), ("us", 9_000_000_000_000_000))
LEADING = r"^\W*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"
"""The time that a text begins with."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of one column are read."""

    column: str
    kind: str
    """`epoch`, `iso`, `cleaned` (ISO after small repairs), `format`, `leading` (what a text begins with), or `typed`
    (Parquet).
    """
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
            return f"coalesce({_epoch_text(source, self.unit)}, {iso(source, self.zone)})"
        epoch = _epoch_text(source, "auto")
        if self.kind == "format":
            prefix, form = (f"'{self.year} ' || ", "%Y ") if self.year else ("", "")
            parsed = f"epoch_ns(try_strptime({prefix}{source}, {sql.text(form + self.format)}))"
            if "%z" not in self.format:
                parsed = _shift(parsed, self.zone)
            return f"coalesce({parsed}, {iso(source, self.zone)})"
        if self.kind == "leading":
            return iso(clean(f"regexp_extract({source}, {sql.text(LEADING)}, 1)"), self.zone)
        if self.kind == "cleaned":
            return f"coalesce({iso(clean(source), self.zone)}, {epoch})"
        return f"coalesce({iso(source, self.zone)}, {iso(clean(source), self.zone)}, {epoch})"


def iso(source: str, zone: str) -> str:
    """Return SQL for ISO text as UTC nanoseconds; a time without a zone is read in `zone`."""
    # A cast to TIMESTAMP_NS skips an offset without a word, and one to TIMESTAMPTZ keeps microseconds only and reads a
    # time without a zone in that of the session. So each is asked for what it can.
    nanos = f"epoch_ns(try_cast({source} AS TIMESTAMP_NS))"
    joined = f"regexp_replace({source}, '\\s+([+-])', '\\1')"
    zoned = f"(epoch_us(try_cast({joined} AS TIMESTAMPTZ)) * 1000 + {nanos} % 1000)"
    signs = " OR ".join(f"substr({source}, -{back}, 1) IN ('+', '-')" for back in (6, 5, 3))
    bare = f"right({source}, 1) BETWEEN '0' AND '9' AND NOT (length({source}) > 19 AND ({signs}))"
    return f"CASE WHEN {bare} THEN {_shift(nanos, zone)} WHEN right({source}, 1) = 'Z' THEN {nanos} ELSE {zoned} END"


def clean(source: str) -> str:
    """Return SQL that makes ISO text of what Go and the loggers of Python and Java write."""
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
    cases = " ".join(f"WHEN abs({number}) < {limit} THEN {times(one)}" for one, limit in LIMITS)
    return f"CASE {cases} ELSE {number} END"


def _typed(source: str, duckdb_type: str, clock: Clock) -> str:
    if duckdb_type.startswith(("TIMESTAMP", "DATE")):
        nanos = f"epoch_ns({source})"
        return nanos if "TIME ZONE" in duckdb_type else _shift(nanos, clock.zone)
    if duckdb_type in ("DOUBLE", "FLOAT") or duckdb_type.startswith("DECIMAL"):
        micros = f"try_cast({source} AS DOUBLE)"
        cases = " ".join(
            f"WHEN abs({micros}) < {limit} THEN round({micros} * {NANOS[one] // 1000})" for one, limit in LIMITS
        )
        if clock.unit != "auto":
            return f"CAST(round({micros} * {NANOS[clock.unit]} / 1000) AS BIGINT) * 1000"
        return f"CAST(CASE {cases} ELSE round({micros} / 1000) END AS BIGINT) * 1000"
    return _scaled(f"try_cast({source} AS BIGINT)", clock.unit)


def out_of_range(column: str) -> str:
    """Return the branches of a CASE that reject nanoseconds that are missing or can be no time."""
    return (
        f"WHEN {column} IS NULL THEN '{column} is empty or no number' "
        f"WHEN {column} < {EARLIEST} OR {column} >= {LATEST} THEN concat('{column} ', {column}, ' lies "
        "outside of 1980 to 2200')"
    )
