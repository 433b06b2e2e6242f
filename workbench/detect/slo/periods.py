"""Cuts time into the periods of a window: the last so many seconds, or periods of the calendar in a time zone.

Calendar periods begin at the same local wall-clock time, so a day has 23 or 25 hours when the clocks change.
"""

from __future__ import annotations

import calendar as months_of
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.detect.slo.model import Calendar, Rolling, Window

_NANOS = 1_000_000_000
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (inclusive) to `end` (exclusive), UTC nanoseconds."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / _NANOS


def period_at(window: Window, at_unix_nano: int) -> Period:
    """Return the period that a moment (UTC nanoseconds) belongs to; for a rolling window, the one that ends there."""
    if isinstance(window, Rolling):
        return Period(at_unix_nano - window.seconds * _NANOS, at_unix_nano)
    number = _number(window, at_unix_nano)
    return Period(_begin(window, number), _begin(window, number + 1))


def periods_between(window: Calendar, start: int, end: int) -> list[Period]:
    """Return all periods that have a moment from `start` to `end` (both inclusive), the earliest first."""
    first, last = _number(window, start), _number(window, end)
    return [Period(_begin(window, number), _begin(window, number + 1)) for number in range(first, last + 1)]


def monthly(window: Window) -> Calendar:
    """Return the calendar by which a history is told: that of the window, or months in UTC for a rolling one."""
    if isinstance(window, Calendar):
        return window
    return Calendar(count=1, unit="M", start="1970-01-01T00:00:00", zone="UTC")


def local_date(window: Window, at_unix_nano: int) -> datetime:
    """Return a moment on the clock of the window's time zone."""
    zone = ZoneInfo(window.zone) if isinstance(window, Calendar) else UTC
    return datetime.fromtimestamp(at_unix_nano // _NANOS, UTC).astimezone(zone)


def _number(window: Calendar, at: int) -> int:
    """Return which period a moment is in, counted from the window's start."""
    guess = _guess(window, at)
    while _begin(window, guess) > at:
        guess -= 1
    while _begin(window, guess + 1) <= at:
        guess += 1
    return guess


def _guess(window: Calendar, at: int) -> int:
    began, now = datetime.fromisoformat(window.start), local_date(window, at).replace(tzinfo=None)
    if window.unit in _MONTHS:
        passed = (now.year - began.year) * 12 + now.month - began.month
        return passed // (_MONTHS[window.unit] * window.count)
    size = 1 / 24 if window.unit == "h" else _DAYS[window.unit]
    return int((now - began) / timedelta(days=1) // (size * window.count))


def _begin(window: Calendar, number: int) -> int:
    """Return when a period begins, in UTC nanoseconds."""
    began, zone, steps = datetime.fromisoformat(window.start), ZoneInfo(window.zone), number * window.count
    if window.unit == "h":
        moment = began.replace(tzinfo=zone).astimezone(UTC) + timedelta(hours=steps)
        return round(moment.timestamp()) * _NANOS
    if window.unit in _MONTHS:
        months = began.year * 12 + began.month - 1 + steps * _MONTHS[window.unit]
        year, month = divmod(months, 12)
        # The 31st of a shorter month is its last day.
        day = min(began.day, months_of.monthrange(year, month + 1)[1])
        local = began.replace(year=year, month=month + 1, day=day)
    else:
        local = began + timedelta(days=steps * _DAYS[window.unit])
    # A time that the clocks jump over is read with the offset before the jump, so it comes a little after it.
    return round(local.replace(tzinfo=zone).timestamp()) * _NANOS
