"""Finds the columns of a log header by how they behave over many lines, not by a list of formats.

A column of a header shows one behaviour in nearly every line *and* in nearly every distinct message, so that one
frequent message cannot pass for a header. A column is *independent* when it varies while the rest of the line stays
the same: then it is a variable wherever it belongs, and cutting it off cannot merge two events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workbench.signals.columnview import FEW_RESTS, ColumnView, Row
from workbench.signals.fields import LEVEL, MARK, MOST_FIELDS, NUMBER, TIME

_REACH = 2
"""Columns that may be passed over between two of a header."""


class Behaviour(StrEnum):
    """How a column behaves."""

    TIME = "time"
    LEVEL = "level"
    NUMBER = "number"
    MARK = "mark"
    BRACKET = "bracket"
    CLOSED = "closed by a colon"
    VOCABULARY = "vocabulary"
    ALIGNED = "aligned"
    INDEPENDENT = "independent"
    PASSED = "passed over"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a header: its behaviour, and whether most values stand in brackets or end in `]` or `|`."""

    behaviour: Behaviour
    bracketed: bool
    shut: bool


def behaviour_of(view: ColumnView, *, gap: int, anchored: bool, after_word: bool) -> Behaviour | None:
    """Return how a column behaves, None if not like a header's.

    `gap` is the number of columns since the last accepted one, `anchored` whether a time, level or delimiter came,
    `after_word` whether a constant plain word was passed over: a number behind one is a value of the message.
    """
    c, many = view.column, view.distinct_rests >= FEW_RESTS
    if view.covers(lambda row: row.kinds[c] == TIME):
        return Behaviour.TIME if gap <= _REACH or many else None
    if view.covers(lambda row: row.kinds[c] == LEVEL):
        return Behaviour.LEVEL
    if not many or gap > _REACH:
        return None
    if not after_word and view.covers(lambda row: row.kinds[c] in (NUMBER, TIME)):
        return Behaviour.TIME if c == 0 and not anchored and view.is_clock() else Behaviour.NUMBER
    if view.covers(lambda row: row.kinds[c] == MARK):
        return Behaviour.MARK
    if anchored or c:
        if not after_word and view.covers(_in_brackets(c)):
            return Behaviour.BRACKET
        closers = ":" if after_word else ":]|"
        if view.covers(lambda row: row.fields[c][-1] in closers or row.has_sub_name(c)):
            return Behaviour.CLOSED
    return _word_behaviour(view, anchored) if gap == 0 else None


def _in_brackets(column: int) -> Callable[[Row], bool]:
    return lambda row: row.fields[column][0] in "[(<{" and row.fields[column].rstrip(":,;|")[-1:] in "])>}"


def _word_behaviour(view: ColumnView, anchored: bool) -> Behaviour | None:
    if not view.followed:
        return None
    if view.is_vocabulary():
        return Behaviour.VOCABULARY
    if anchored and view.is_aligned():
        return Behaviour.ALIGNED
    return Behaviour.INDEPENDENT if view.is_independent() else None


def learn_columns(lines: Sequence[str], *, anchored: bool) -> list[Column]:
    """Return the columns of the header that the lines share, left to right; empty if there is none.

    `anchored` tells that delimited columns came before. Without them a header needs a time or a level somewhere.
    """
    rows = [Row(line) for line in lines]
    columns: list[Column] = []
    end, anchor, after_word = 0, anchored, False
    for c in range(MOST_FIELDS - 1):
        view = ColumnView(rows, c)
        if not view.common:
            break
        behaviour = behaviour_of(view, gap=c - end, anchored=anchor, after_word=after_word)
        if behaviour is Behaviour.CLOSED:
            for row in view.rows:
                row.join_sub_name(c)
        anchor = anchor or behaviour in (Behaviour.TIME, Behaviour.LEVEL)
        columns.append(_described(view, behaviour or Behaviour.PASSED))
        end = c + 1 if behaviour else end
        after_word = not behaviour and (after_word or view.is_constant_word())
    return columns[:end] if anchor else []


def _described(view: ColumnView, behaviour: Behaviour) -> Column:
    fields = [row.fields[view.column] for row in view.rows]
    half = 0.5 * len(fields)
    return Column(
        behaviour,
        bracketed=sum(field[0] in "[(<{" for field in fields) >= half,
        shut=sum(field[-1] in "]|" for field in fields) >= half,
    )
