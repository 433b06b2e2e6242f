"""Writes times, lengths, shares and numbers the way people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from workbench.facts.diagnosis import Verdict
from workbench.facts.shares import percent as percent

VERDICT_WORDS = {
    Verdict.INCIDENT: "Incident",
    Verdict.HEALTHY: "Healthy",
    Verdict.UNKNOWN: "Not enough data to tell",
}

FAULT_WORDS = {"cpu": "CPU", "http": "HTTP", "dns": "DNS", "io": "I/O"}


def moment(unix_nano: int) -> datetime:
    """Return UTC nanoseconds as a date and time; what is finer than a microsecond is dropped."""
    seconds, nanos = divmod(unix_nano, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanos // 1000)


def date_time(unix_nano: int | None) -> str:
    """Return `2026-03-10 09:35:52 UTC`."""
    return "not known" if unix_nano is None else f"{moment(unix_nano):%Y-%m-%d %H:%M:%S} UTC"


def day_time(unix_nano: int | None) -> str:
    """Return `10 Mar 09:35`."""
    return "" if unix_nano is None else f"{moment(unix_nano):%-d %b %H:%M}"


def clock(unix_nano: int | None) -> str:
    """Return `09:35:52`."""
    return "" if unix_nano is None else f"{moment(unix_nano):%H:%M:%S}"


def offset(unix_nano: int, onset: int | None) -> str:
    """Return how long before or after the onset a time is, such as `+1 min 20 s`."""
    if onset is None:
        return ""
    seconds = (unix_nano - onset) / 1e9
    if abs(seconds) < 0.0005:
        return "0 s"
    return ("−" if seconds < 0 else "+") + span(abs(seconds))


def span(seconds: float) -> str:
    """Return a length of time with its two largest units."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10 and seconds % 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    parts = [(whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    first = next((place for place, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def milliseconds(value: float) -> str:
    """Return a duration given in milliseconds in the unit that reads best."""
    if value >= 10_000:
        return f"{value / 1000:,.1f} s"
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.2g} ms"


def quantity(value: float, unit: str) -> str:
    """Return a number with three significant digits and its unit."""
    if unit == "ms":
        return milliseconds(value)
    if unit == "s" and 0 < abs(value) < 1:
        return milliseconds(1000 * value)
    if unit in ("By", "bytes") and abs(value) >= 1e6:
        return f"{value / 1e9:.3g} GB" if abs(value) >= 1e9 else f"{value / 1e6:.3g} MB"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    plain = {"1": "", "": "", "By": "bytes"}.get(unit, unit.strip("{}"))
    return f"{text} {plain}".strip()


def fault_words(fault_type: str | None) -> str:
    """Return a fault type as words: `pool_exhaustion` is `pool exhaustion`."""
    if not fault_type:
        return ""
    return " ".join(FAULT_WORDS.get(word, word) for word in fault_type.split("_"))


_UNIT = re.compile(r"(?<=\d) (?=(?:%|[nµm]?s|min|h|d|[kMG]?B|UTC)(?![\w]))")


def whole(text: str) -> str:
    """Return a title for a page: a change of values stays on one line, with an arrow in the middle."""
    return _UNIT.sub("\u00a0", text).replace(" -> ", "\u00a0\u2192\u00a0")


def plural(count: int, noun: str) -> str:
    """Return `1 row`, `2 rows`, `12,000 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


_ROW_NOUNS = {
    "logs": "log line",
    "spans": "span",
    "metrics": "metric value",
    "events": "event",
    "edges": "call edge",
    "states": "state",
}


def row_counts(rows: Mapping[str, int]) -> str:
    """Return `420 log lines, 1 event`; '' when there is none."""
    return ", ".join(plural(count, _ROW_NOUNS.get(table, f"row of {table}")) for table, count in rows.items() if count)
