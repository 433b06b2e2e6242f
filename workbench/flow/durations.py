"""Lengths of time as people and programs write them: `1h30m`, `250ms`, `1.5 s`, `PT1H30M`, `00:01:30`."""

from __future__ import annotations

import re

NANOS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60 * 1_000_000_000,
    "min": 60 * 1_000_000_000,
    "h": 3_600 * 1_000_000_000,
    "d": 86_400 * 1_000_000_000,
    "w": 7 * 86_400 * 1_000_000_000,
}
"""Nanoseconds of each unit."""
_PART = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(ns|us|µs|ms|min|s|m|h|d|w)", re.ASCII)
_ISO = re.compile(
    r"P(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_CLOCK = re.compile(r"([0-9]{1,6}):([0-5]?[0-9]):([0-5]?[0-9](?:\.[0-9]{1,9})?)")
_LONGEST = 2**63 - 1


def parse_duration(text: str) -> int | None:
    """Return a length of time in nanoseconds; None when the text is none or it is longer than 292 years."""
    stripped = text.strip()
    sign = -1 if stripped.startswith("-") else 1
    stripped = stripped.removeprefix("-").lstrip()
    iso, clock = _ISO.fullmatch(stripped), _CLOCK.fullmatch(stripped)
    if iso and any(iso.groups()) and not stripped.endswith("T"):
        pairs = zip(iso.groups(), ("w", "d", "h", "m", "s"), strict=True)
        parts = [(number, unit) for number, unit in pairs if number]
    elif clock:
        parts = list(zip(clock.groups(), ("h", "m", "s"), strict=True))
    else:
        parts = _PART.findall(stripped)
        if not parts or _PART.sub("", stripped).strip():
            return None
    total = sum(_nanos(number, unit) for number, unit in parts)
    return sign * total if total <= _LONGEST else None


def _nanos(number: str, unit: str) -> int:
    whole, _, fraction = number.partition(".")
    # Floats have no room for nanoseconds of a long time.
    return (
        int(whole) * NANOS[unit] + int(fraction.ljust(9, "0")) * NANOS[unit] // 10**9
        if fraction
        else int(whole) * NANOS[unit]
    )
