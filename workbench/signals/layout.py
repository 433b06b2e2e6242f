"""Makes one compiled pattern of a learned header and tells which of its columns are time, level, component, process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.signals.columns import Behaviour, Column, learn_columns
from workbench.signals.delimiters import Delimited, learn_delimiters
from workbench.signals.fields import BALANCED, FIELD, LEVEL_LETTERS, LEVELS
from workbench.signals.roles import Roles, assign_roles
from workbench.signals.times import MONTHS, WEEKDAYS, ZONES

_CLOSER = r'[\])>}",:|;]*'
_PATTERNS = {
    Behaviour.TIME: rf"\S*(?:\d|\b(?:{MONTHS}|{WEEKDAYS})|\b(?:AM|PM|{ZONES})\b)\S*",
    Behaviour.LEVEL: rf'[\[(<{{"]?(?:(?i:{LEVELS})|[{LEVEL_LETTERS}])\d?{_CLOSER}(?=[\s\[(]|$)',
    Behaviour.NUMBER: r"\S*\d\S*",
    Behaviour.MARK: r"(?:\S+\s+){0,2}?[^\w\s]+(?=\s|$)",
    Behaviour.CLOSED: rf"\S*:(?=\s|$)|\S+\s+(?:{BALANCED}):(?=\s|$)",
}
_SHUT = r"\S*[:\]|](?=\s|$)"
_BRACKETED = rf"(?:{BALANCED})[:,;|]*"
_IN_BRACKETS = (Behaviour.TIME, Behaviour.NUMBER, Behaviour.BRACKET, Behaviour.CLOSED)


@dataclass(frozen=True, slots=True)
class Layout:
    """One learned header: its pattern, the roles of the pattern's groups, and a description for people."""

    pattern: re.Pattern[str]
    roles: Roles
    description: str


def learn_layout(lines: Sequence[str], *, need_time: bool) -> Layout | None:
    """Return the header that the lines share, None if they have none.

    `need_time` asks for a column of times: in a minority of a file's lines words such as "error:" are content.
    """
    delimited = learn_delimiters(lines, need_time=need_time)
    texts = _without(delimited, lines) if delimited else list(lines)
    columns = learn_columns(texts, anchored=bool(delimited)) if texts else []
    timed = any(column.behaviour is Behaviour.TIME for column in columns)
    if not delimited and (not columns or (need_time and not timed)):
        return None
    pattern = re.compile(r"\s*" + (delimited.pattern() if delimited else "") + _pattern(columns))
    roles = assign_roles(pattern, delimited.count if delimited else 0, columns, lines)
    return Layout(pattern, roles, _describe(delimited, columns))


def _without(delimited: Delimited, lines: Sequence[str]) -> list[str]:
    found = re.compile(delimited.pattern())
    return [line[match.end() :] for line in lines if (match := found.match(line))]


def _pattern(columns: Sequence[Column]) -> str:
    """Nested optional groups, so that the header of a line ends where the line stops to look like it."""
    out, pending, depth = "", "", 0
    for column in columns:
        # Atomic: a field that could be cut at another place would be tried in all ways, which takes for ever.
        pending += rf"((?>{_column_pattern(column)}))\s*+"
        if column.behaviour is not Behaviour.PASSED:
            out += "(?:" + pending
            pending = ""
            depth += 1
    return out + ")?" * depth


def _column_pattern(column: Column) -> str:
    if column.bracketed and column.behaviour in _IN_BRACKETS:
        return _BRACKETED
    if column.behaviour is Behaviour.CLOSED and column.shut:
        return _SHUT
    return _PATTERNS.get(column.behaviour, FIELD)


def _describe(delimited: Delimited | None, columns: Sequence[Column]) -> str:
    parts = [f"{delimited.count} columns divided by {delimited.mark!r}"] if delimited else []
    return ", ".join(parts + [str(column.behaviour) for column in columns])
