"""Reads the time stamps that logs and exports use, into UTC nanoseconds.

Known: ISO 8601 and its cousins with `/`, `.`, blanks and commas; digits only (`20240102 030405`, `240102 030405`);
syslog and klog without a year; access logs; ctime and mail dates; epoch seconds, milli-, micro- and nanoseconds.
A time without a zone is UTC. Of the names of zones the usual meaning is taken (CST is American, IST Indian).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from workbench.semconv import NANOS_PER_SECOND

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
WEEKDAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_HOURS_OF_ZONE: dict[str, float] = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "JST": 9,
    "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7,
}  # fmt: skip
ZONES = "|".join(_HOURS_OF_ZONE)
"""Names of time zones. A looser pattern would take words like "start" and "POST" for one."""

_MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS.split("|"), start=1)}
_CLOCK = (
    r"(?P<h>\d{1,2})[:.](?P<mi>\d{1,2})[:.](?P<s>\d{1,2})"
    # After a comma only whole milli-, micro- or nanoseconds: `03:04:05,1234` is a time and the next column.
    r"(?:(?:[.:]|,(?=(?:\d{3}){1,3}(?!\d)))(?P<f>\d{1,9})\d*)?(?:\s?(?P<ampm>[AaPp])\.?[Mm]\.?)?"
)
_SHORT = r"(?P<h>\d{1,2}):(?P<mi>\d\d)(?:\s?(?P<ampm>[AaPp])[Mm])?"
_ZONE = rf"(?:\s*(?P<z>Z|{ZONES}|[+-]\d\d:?(?:\d\d)?)(?!\w))?"
_NAME = rf"(?P<mon>{MONTHS})[a-z]*\.?"
_WEEKDAY = rf"(?:(?:{WEEKDAYS})[a-z]*[,.]?\s+)?"

# The first that fits the whole text decides; more digits of a year come before fewer.
_FORMS = [
    re.compile(form)
    for form in (
        rf"{_WEEKDAY}(?P<y>\d{{4}})(?P<sep>[-/.])(?P<mo>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?:[T\s_:-]+{_CLOCK}{_ZONE})?",
        rf"(?P<y>\d{{4}})(?P<mo>\d\d)(?P<d>\d\d)[-T\s_]+{_CLOCK}{_ZONE}",
        rf"(?P<y>\d{{4}})(?P<mo>\d\d)(?P<d>\d\d)[-T\s_]?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)(?:[.,](?P<f>\d{{1,9}}))?{_ZONE}",
        rf"(?P<yy>\d\d)(?P<mo>\d\d)(?P<d>\d\d)[-T\s_]+(?P<h>\d\d):?(?P<mi>\d\d):?(?P<s>\d\d)(?:[.,](?P<f>\d{{1,9}}))?{_ZONE}",
        rf"(?P<yy>\d\d)(?P<sep>[-/.])(?P<mo>\d\d)(?P=sep)(?P<d>\d\d)[T\s]+{_CLOCK}{_ZONE}",
        rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}})[T\s,]+{_CLOCK}{_ZONE}",
        rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<mo>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})[T\s]+{_SHORT}{_ZONE}",
        rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}})[T\s,]+{_SHORT}{_ZONE}",
        rf"(?P<d>\d{{1,2}})[-/\s]{_NAME}[-/\s](?P<y>\d{{4}})[:\s]+{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})[-/\s]{_NAME}[-/\s](?P<y>\d{{4}})[:\s]+{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_NAME}\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})[,\s]+(?:at\s+)?{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_NAME}\s+(?P<d>\d{{1,2}})[,\s]+{_CLOCK}{_ZONE}(?:\s+(?P<y>\d{{4}}))?",
        rf"(?P<mo>\d{{1,2}})[-/.](?P<d>\d{{1,2}})[T\s]+{_CLOCK}{_ZONE}",
        rf"[VDIWEF](?P<mo>\d\d)(?P<d>\d\d)\s+{_CLOCK}",
    )
]
_EPOCH = re.compile(r"(?P<whole>\d{9,13}|\d{15,19})(?:[.,](?P<f>\d{1,9})\d*)?")
_STRIP = " \t\r\n[](){}<>\"',;|"
_SHORT_YEAR_PIVOT = 70
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def parse_time(text: str, *, year: int = 1970) -> int | None:
    """Return a time stamp in UTC nanoseconds, or None if the whole text is not one.

    `year` is the year of stamps that do not carry their own, as syslog's; the caller knows it from the file's date.
    Brackets, quotes and commas around the stamp are ignored. Days and months that do not exist give None.
    """
    stamp = text.strip(_STRIP)
    if not stamp:
        return None
    epoch = _EPOCH.fullmatch(stamp)
    if epoch:
        return _from_epoch(epoch["whole"], epoch["f"] or "")
    for form in _FORMS:
        found = form.fullmatch(stamp)
        if found:
            return _from_match(found.groupdict(), year)
    return None


def time_reader(sample: str, *, year: int = 1970) -> Callable[[str], int | None]:
    """Return a reader that tries the form of `sample` first: several times faster on a column of one form."""
    stamp = sample.strip(_STRIP)
    form = next((form for form in _FORMS if form.fullmatch(stamp)), None)
    if form is None:
        return lambda text: parse_time(text, year=year)
    fits = form.fullmatch

    def read(text: str) -> int | None:
        found = fits(text.strip(_STRIP))
        return _from_match(found.groupdict(), year) if found else parse_time(text, year=year)

    return read


def _from_epoch(whole: str, fraction: str) -> int | None:
    value, digits = int(whole), len(whole)
    if digits <= 11:
        return value * NANOS_PER_SECOND + int(fraction.ljust(9, "0"))
    unit = 1_000_000 if digits <= 14 else 1_000 if digits <= 17 else 1
    return value * unit + (int(fraction.ljust(9, "0")) * unit // NANOS_PER_SECOND if fraction else 0)


def _from_match(part: dict[str, str | None], default_year: int) -> int | None:
    year = _year(part, default_year)
    month, day = _month_day(part)
    hour, minute, second = (int(part.get(name) or 0) for name in ("h", "mi", "s"))
    half = (part.get("ampm") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if not (1 <= month <= 12 and 1 <= day <= _days(year, month) and hour < 24 and minute < 60 and second <= 60):
        return None
    seconds = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - _offset(part.get("z"))
    return seconds * NANOS_PER_SECOND + int((part.get("f") or "0").ljust(9, "0"))


def _year(part: dict[str, str | None], default: int) -> int:
    if part.get("yy"):
        short = int(part["yy"] or 0)
        return short + (1900 if short >= _SHORT_YEAR_PIVOT else 2000)
    return int(part.get("y") or default)


def _month_day(part: dict[str, str | None]) -> tuple[int, int]:
    name, first = part.get("mon"), part.get("a")
    if name:
        return _MONTH_NUMBERS[name[:3]], int(part["d"] or 0)
    if first:
        # `13/01/2024` can only be a day first; `01/02/2024` is read as month first unless dots divide it.
        a, b = int(first), int(part["b"] or 0)
        return (b, a) if a > 12 or part["sep"] == "." else (a, b)
    return int(part["mo"] or 0), int(part["d"] or 0)


def _offset(zone: str | None) -> int:
    if not zone or zone == "Z":
        return 0
    if zone in _HOURS_OF_ZONE:
        return int(_HOURS_OF_ZONE[zone] * 3600)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 28 if month == 2 and not leap else _DAYS_IN_MONTH[month - 1]


def days_from_civil(year: int, month: int, day: int) -> int:
    """Return the days from 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms")."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
