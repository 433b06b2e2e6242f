"""Puts the visits of several telemetries into one numbered table: those of the baseline and those under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Floats, Ints, Texts
from workbench.rca.habits import Habits, habits_by_kind
from workbench.rca.items import VisitTable


@dataclass(frozen=True, slots=True)
class Part:
    """Some visits of a table."""

    table: VisitTable
    keep: Flags


@dataclass(slots=True)
class Joined:
    """Visits of all parts, numbered anew; the last part is the test."""

    kind: Texts
    service: Texts
    is_test: Flags
    part: Ints
    start: Ints
    own_ms: Floats
    caller: Ints
    before_last: Texts
    weight: Floats
    """Share of a visit in its trace: the unit of counting is a kind in a trace, on either side."""
    trace_id: Texts
    habits: Callable[[], Iterator[Habits]]
    """What happens in the visits of the kinds that come in the test."""


def join(parts: Sequence[Part]) -> Joined:
    """Return the visits of all parts, none of which shares visits with another; the last part is the test."""
    first = parts[0].table
    one = all(part.table is first for part in parts)
    numbers, callers, offset = [], [], 0
    for part in parts:
        number = np.full(len(part.table), -1, dtype=np.int64)
        count = int(part.keep.sum())
        number[part.keep] = np.arange(offset, offset + count)
        above = part.table.caller[part.keep]
        callers.append(np.where(above >= 0, number[np.maximum(above, 0)], -1) if len(part.table) else above)
        numbers.append(number)
        offset += count
    is_test = np.concatenate([np.full(int(part.keep.sum()), part is parts[-1]) for part in parts])
    trace_id, kind = _column(parts, "trace"), _column(parts, "kind")
    if one:
        number = np.max(numbers, axis=0)
        unit = np.concatenate(
            [first.once("units", lambda: _units(first.kind, first.trace))[part.keep] for part in parts]
        )
    else:
        unit = _units(kind, trace_id)

    def habits() -> Iterator[Habits]:
        if one:
            # Many splits of one case are looked at; what happens in a visit is the same in all of them.
            known = first.once("habits", lambda: [*habits_by_kind(first.kind, first.item_visit, first.item)])
            return (habit.among(number) for habit in known)
        kept = [part.keep[part.table.item_visit] for part in parts]
        item_visit = np.concatenate(
            [own[part.table.item_visit[keep]] for own, part, keep in zip(numbers, parts, kept, strict=True)]
        )
        item = np.concatenate([part.table.item[keep] for part, keep in zip(parts, kept, strict=True)])
        return habits_by_kind(kind, item_visit, item, wanted=is_test)

    side = unit * 2 + is_test
    return Joined(
        kind=kind,
        service=_column(parts, "service"),
        is_test=is_test,
        part=np.concatenate([np.full(int(p.keep.sum()), number, dtype=np.int64) for number, p in enumerate(parts)]),
        start=_column(parts, "start"),
        own_ms=_column(parts, "own_ms"),
        caller=np.concatenate(callers),
        before_last=_column(parts, "before_last"),
        weight=1.0 / np.bincount(side)[side],
        trace_id=trace_id,
        habits=habits,
    )


def _column(parts: Sequence[Part], name: str) -> np.ndarray:
    return np.concatenate([getattr(part.table, name)[part.keep] for part in parts])


def _units(kind: Texts, trace: Texts) -> Ints:
    """Return a number per visit, the same for those of one kind in one trace."""
    kinds, traces = pd.factorize(kind)[0].astype(np.int64), pd.factorize(trace)[0].astype(np.int64)
    return pd.factorize(kinds * (int(traces.max(initial=0)) + 1) + traces)[0].astype(np.int64)
