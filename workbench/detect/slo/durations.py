"""Durations as specifications write them: `30d` and `1M` of OpenSLO, `1h30m` of Prometheus."""

from __future__ import annotations

import re

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "M": 30 * 86_400, "Q": 90 * 86_400,
           "Y": 365 * 86_400}  # fmt: skip
"""Length of each unit. Months, quarters and years are meant for rolling windows: 30, 90 and 365 days."""
UNITS = {"h": "hour", "d": "day", "w": "week", "M": "month", "Q": "quarter", "Y": "year"}
"""Units of calendar windows."""
_PROMETHEUS = {"y": 365 * 86_400, "w": 7 * 86_400, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_LONGEST_S = 100 * 365 * 86_400


def shorthand(text: str) -> tuple[int, str] | None:
    """Return number and unit of an OpenSLO duration such as `4w`; None when it is none."""
    found = re.fullmatch(r"([0-9]{1,9})([mhdwMQY])", text.strip())
    if not found or int(found[1]) == 0 or int(found[1]) * SECONDS[found[2]] > _LONGEST_S:
        return None
    return int(found[1]), found[2]


def shorthand_s(text: str) -> int | None:
    """Return an OpenSLO duration in seconds; None when it is none."""
    found = shorthand(text)
    return found[0] * SECONDS[found[1]] if found else None


def prometheus_s(text: str) -> int | None:
    """Return a Prometheus duration such as `1h30m` in whole seconds; None when it is none, or 0."""
    found = re.fullmatch(r"(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?",
                         text.strip())  # fmt: skip
    if not found:
        return None
    seconds = sum(int(part or 0) * size for part, size in zip(found.groups(), _PROMETHEUS.values(), strict=True))
    return seconds if 0 < seconds <= _LONGEST_S else None


def prometheus(seconds: int) -> str:
    """Write a duration as Prometheus does: weeks and years only when nothing is left over (`30d`, `4w`, `1d12h`)."""
    text = ""
    for unit, size in _PROMETHEUS.items():
        if seconds >= size and (unit not in ("y", "w") or seconds % size == 0):
            text += f"{seconds // size}{unit}"
            seconds %= size
    return text or "0s"


def spoken(seconds: float) -> str:
    """Return a duration for people: `30 days`, `1 h`, `5 min`, `6 h 30 min`, `45 s`."""
    if seconds >= 86_400 and seconds % 86_400 == 0:
        days = round(seconds / 86_400)
        return f"{days} day" if days == 1 else f"{days} days"
    whole = round(seconds)
    if seconds < 60 and seconds != whole:
        return f"{seconds:.3g} s"
    parts = []
    for name, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        if whole >= size:
            parts.append(f"{whole // size} {name}")
            whole %= size
    return " ".join(parts[:2]) or "0 s"
