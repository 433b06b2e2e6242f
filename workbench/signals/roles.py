"""Tells which columns of a learned header are the time, the level, the component and the process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.columns import Behaviour, Column
from workbench.signals.columnview import COVERAGE
from workbench.signals.fields import DECORATION, LEVEL, MARK, NUMBER, TIME, kind_of, undecorated
from workbench.signals.times import parse_time

_SAMPLE = 40
_PROBES = 5
_LONGEST_TIME = 7
_LETTER = re.compile(r"[VDIWEF]\d{4}")
_WITH_PID = re.compile(r"(?P<name>.*?[^\s\[(#])[\[(#](?P<pid>\d+)[\])]?:?(?:\s+[(\[](?P<sub>[^()\[\]]*)[)\]])?:?")
_TYPED = (Behaviour.TIME, Behaviour.LEVEL, Behaviour.NUMBER, Behaviour.MARK)


@dataclass(frozen=True, slots=True)
class Roles:
    """Numbers of the pattern's groups (from 1; 0 = there is none). A time may span several columns."""

    time_first: int = 0
    time_last: int = 0
    level: int = 0
    component: int = 0
    process: int = 0
    level_in_time: bool = False
    """The level is the first letter of the time, as klog writes it."""


def assign_roles(pattern: re.Pattern[str], delimited: int, columns: Sequence[Column], lines: Sequence[str]) -> Roles:
    """Return the roles; the first `delimited` groups of the pattern are delimited columns, the others `columns`."""
    step = max(1, len(lines) // _SAMPLE)
    matches = [match for line in lines[::step][:_SAMPLE] if (match := pattern.match(line))]
    total = delimited + len(columns)
    kinds = [_group_kind(matches, group) for group in range(1, total + 1)]
    for group, column in enumerate(columns, start=delimited):
        if column.behaviour is Behaviour.LEVEL:
            kinds[group] = LEVEL
    levels = [group for group, kind in enumerate(kinds, start=1) if kind == LEVEL]
    level = levels[0] if levels else 0
    first, last = _time_span(matches, total, levels)
    free = [group for group in range(1, total + 1) if group != level and not (first and first <= group <= last)]
    component = _component(matches, free, kinds, delimited, columns)
    process = next((group for group in free if group > last > 0 and kinds[group - 1] == NUMBER), 0)
    starts = [match[first] or "" for match in matches] if first else []
    letters = sum(bool(_LETTER.match(text.strip(DECORATION))) for text in starts)
    return Roles(first, last, level, component, process, bool(starts) and letters >= COVERAGE * len(starts))


def split_component(text: str) -> tuple[str, str]:
    """Return (name, process) of a component such as `name[12]:` or `name[12] (sub):`, '' where there is none."""
    bare = text.strip()
    found = _WITH_PID.fullmatch(bare)
    if found:
        return undecorated(found["name"]), found["pid"]
    return undecorated(bare), ""


def _group_kind(matches: Sequence[re.Match[str]], group: int) -> str:
    """Return the kind that nearly all values of a group have, '' if there is none."""
    values = [kind_of(match[group].strip()) for match in matches if match[group] is not None]
    return next((kind for kind in set(values) if values.count(kind) >= COVERAGE * len(values)), "")


def _time_span(matches: Sequence[re.Match[str]], total: int, levels: Sequence[int]) -> tuple[int, int]:
    """Return the run of groups that reads as a time in most lines, and as the most and finest moments."""
    best: tuple[float, ...] = ()
    for first in range(1, total + 1):
        for last in range(first, min(total, first + _LONGEST_TIME - 1) + 1):
            if last in levels:
                break
            if not any(_moment(match, first, last) for match in matches[:_PROBES]):
                continue
            moments = [moment for match in matches if (moment := _moment(match, first, last)) is not None]
            if 2 * len(moments) >= len(matches):
                fine = sum(moment % NANOS_PER_SECOND > 0 for moment in moments)
                nearly_all = len(moments) >= COVERAGE * len(matches)
                best = max(best, (nearly_all, len(set(moments)), fine, last - first, -first))
    return (int(-best[4]), int(best[3] - best[4])) if best else (0, 0)


def _moment(match: re.Match[str], first: int, last: int) -> int | None:
    start, end = match.start(first), match.end(last)
    return parse_time(match.string[start:end]) if start >= 0 and end >= 0 else None


def _component(
    matches: Sequence[re.Match[str]],
    free: Sequence[int],
    kinds: Sequence[str],
    delimited: int,
    columns: Sequence[Column],
) -> int:
    """Return the group that names the writer: one closed by a colon, else the last wordy one, best without brackets."""
    closed = [g for g in free if g > delimited and columns[g - delimited - 1].behaviour is Behaviour.CLOSED]
    if closed:
        return closed[-1]
    wordy = [
        group
        for group in free
        if kinds[group - 1] not in (TIME, NUMBER, MARK, LEVEL)
        and not (group > delimited and columns[group - delimited - 1].behaviour in _TYPED)
        and sum(any(map(str.isalpha, match[group] or "")) for match in matches) >= 0.5 * len(matches)
    ]
    open_ones = [g for g in wordy if not (g > delimited and columns[g - delimited - 1].bracketed)]
    return (open_ones or wordy or [0])[-1]
