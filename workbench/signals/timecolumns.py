"""Reads a whole column of time stamps at once: by array arithmetic when all have one fixed-width form."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.times import parse_time, time_reader

NO_TIME = -(2**63)
"""Stands for a text that is no time: the least 64-bit integer, which numpy and pandas read as "not a time"."""

_FIXED = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d[T _]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z?")
_EPOCH = re.compile(r"\d{9,13}|\d{15,19}")
_ZERO = ord("0")
_FEW = 32
_YEAR_TURN_MONTHS = 6


def parse_times(texts: Sequence[str], *, year: int = 1970) -> npt.NDArray[np.int64]:
    """Return UTC nanoseconds of each text, `NO_TIME` where it is none.

    `year` is that of the first stamp if stamps carry none; when such a column falls back by more than half a year from
    one row to the next, the next year has begun.
    """
    if len(texts) >= _FEW:
        fixed = _fixed_width(texts)
        if fixed is not None:
            return fixed
    read = time_reader(texts[0], year=year) if len(texts) else parse_time
    known: dict[str, int] = {}
    out = np.empty(len(texts), dtype=np.int64)
    for row, text in enumerate(texts):
        value = known.get(text)
        if value is None:
            parsed = read(text)
            value = known[text] = NO_TIME if parsed is None else parsed
            if len(known) > 100_000:
                known.clear()
        out[row] = value
    return _next_years(out, texts, year)


def _fixed_width(texts: Sequence[str]) -> npt.NDArray[np.int64] | None:
    """Return the times of a column in which every text has the layout of the first; None when one has not."""
    first = texts[0]
    if _EPOCH.fullmatch(first):
        return _epochs(texts, len(first))
    if not _FIXED.fullmatch(first):
        return None
    chars = _characters(texts, len(first))
    if chars is None:
        return None
    digit_at = np.array([char.isdigit() for char in first])
    pattern = np.array([ord(char) for char in first], dtype=np.int64)
    digits = chars[:, digit_at] - _ZERO
    if (chars[:, ~digit_at] != pattern[~digit_at]).any() or (digits < 0).any() or (digits > 9).any():
        return None
    return _assemble(digits)


def _assemble(digits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    def number(start: int, end: int) -> npt.NDArray[np.int64]:
        return digits[:, start:end] @ (10 ** np.arange(end - start - 1, -1, -1, dtype=np.int64))

    year, month, day = number(0, 4), number(4, 6), number(6, 8)
    hour, minute, second = number(8, 10), number(10, 12), number(12, 14)
    if (month < 1).any() or (month > 12).any() or (hour > 23).any() or (minute > 59).any() or (second > 60).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    if (day < 1).any() or (day > length).any():
        return None
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    places = digits.shape[1] - 14
    fraction = number(14, 14 + places) * 10 ** (9 - places) if places else 0
    out: npt.NDArray[np.int64] = seconds * NANOS_PER_SECOND + fraction
    return out


def _epochs(texts: Sequence[str], width: int) -> npt.NDArray[np.int64] | None:
    chars = _characters(texts, width)
    if chars is None or (chars < _ZERO).any() or (chars > _ZERO + 9).any():
        return None
    value = np.array(texts, dtype=f"U{width}").astype(np.int64)
    unit = NANOS_PER_SECOND if width <= 11 else 1_000_000 if width <= 14 else 1_000 if width <= 17 else 1
    return value * unit


def _characters(texts: Sequence[str], width: int) -> npt.NDArray[np.int64] | None:
    if any(len(text) != width for text in texts):
        return None
    array = np.array(texts, dtype=f"U{width}")
    return array.view(np.uint32).reshape(len(texts), width).astype(np.int64)


def _next_years(times: npt.NDArray[np.int64], texts: Sequence[str], year: int) -> npt.NDArray[np.int64]:
    """Move rows after a turn of the year into the years that follow, for stamps whose year was supplied."""
    if not len(texts) or year == _year_of(texts[0], year, other=year + 1):
        return times
    valid = np.flatnonzero(times != NO_TIME)
    month = times[valid].astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    turns = np.concatenate(([0], np.cumsum(np.diff(month) < -_YEAR_TURN_MONTHS)))
    if not turns.any():
        return times
    out = times.copy()
    for row, turn in zip(valid[turns > 0], turns[turns > 0], strict=True):
        out[row] = parse_time(texts[row], year=year + int(turn)) or NO_TIME
    return out


def _year_of(text: str, year: int, *, other: int) -> int | None:
    """Return `year` if the stamp carries its own: then another default changes nothing."""
    return year if parse_time(text, year=year) == parse_time(text, year=other) else None
