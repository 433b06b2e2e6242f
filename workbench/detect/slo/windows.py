"""Reads the time window of an OpenSLO objective, rolling or of the calendar."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from workbench.detect.slo.durations import SECONDS, UNITS, shorthand
from workbench.detect.slo.model import Calendar, Rolling
from workbench.detect.slo.places import Place

_EXAMPLE = "such as duration: 30d with isRolling: true"


def read_window(place: Place) -> Rolling | Calendar | None:
    """Return the window; None when it has faults."""
    if not place.there():
        place.fault(f"it is missing; an objective holds over a window, {_EXAMPLE}", shown=False)
        return None
    parts = place.items()
    if len(parts) != 1:
        place.fault(f"exactly one window is wanted, {_EXAMPLE}", shown=False)
        return None
    window = parts[0]
    window.only("duration", "isRolling", "calendar")
    duration, calendar = window.get("duration"), window.get("calendar")
    text = duration.text(needed=f"say how long, {_EXAMPLE}")
    rolling = window.get("isRolling").flag(default=not calendar.there())
    if not text:
        return None
    found = shorthand(text)
    if found is None:
        duration.fault("it is no duration; write a number from 1 on with m, h, d, w, M, Q or Y, such as 30d or 1M")
        return None
    number, unit = found
    if rolling and calendar.there():
        calendar.fault("a rolling window has no calendar; remove it, or write isRolling: false", shown=False)
        return None
    if rolling:
        if unit in "MQY":
            duration.note(f"a rolling {UNITS[unit]} is taken as {SECONDS[unit] // 86_400} days")
        return Rolling(text=text, seconds=number * SECONDS[unit])
    return _calendar(number, unit, duration, calendar)


def _calendar(number: int, unit: str, duration: Place, calendar: Place) -> Calendar | None:
    if unit == "m":
        duration.note(
            f"m means minutes, and no calendar window is that short; taken as {number}M (months). Write {number}M"
        )
        unit = "M"
    if not calendar.there():
        calendar.fault("a window that is not rolling wants calendar with startTime and timeZone", shown=False)
        return None
    start = calendar.get("startTime").text(needed="say when a window began, such as 2026-01-01 00:00:00")
    zone = calendar.get("timeZone").text(needed="name the time zone, such as Europe/Berlin or UTC")
    local = _local(start)
    if start and local is None:
        calendar.get("startTime").fault("it is no date with time; write 2026-01-01 00:00:00, without a zone")
    if zone and not _is_zone(zone):
        calendar.get("timeZone").fault("no such time zone; write an IANA name such as America/New_York or UTC")
        return None
    if local is None or not zone:
        return None
    return Calendar.model_validate({"count": number, "unit": unit, "start": local, "zone": zone})


def _local(text: str) -> str | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?", text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        # ZoneInfoNotFoundError is a KeyError of its own kind.
        return False
    except KeyError:
        return False
    return True
