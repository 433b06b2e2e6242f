"""Finds when an incident ended before the data does, and cuts a case there: what came later is no part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.changepoint import CAP, SURE, find_change, indicator_grid, measured, step_gains
from workbench.rca.columns import Floats
from workbench.rca.items import read_visits
from workbench.rca.metric_table import read_metrics
from workbench.rca.prefix import visits_until
from workbench.rca.report import Finding, said
from workbench.rca.visits import middle_of
from workbench.semconv import TIME_COLUMN

LEAST_AFTER = 4
"""Buckets after the end: fewer do not show that it is over."""
LEAST_BAD = 2
SHARE = 0.35
"""The way back must be seen in so large a part of what the way there was seen in."""
RETURNED = 0.5
"""And so much of what got worse must be back where it was."""

CLEARLY = 1.25
"""Where nobody named a time and the whole case is calm, the shorter part is one more look, and so one more chance of a
false alarm: it has to show this much more than what is seen while healthy.
"""


def judged_until_end(case: Case, cache: ReferenceCache, find: Callable[[Case], Finding | str]) -> Finding | str:
    """Return what `find` says about a case, or about the time until its incident ended, whichever shows more.

    An incident that ended before the data does is judged by the time that it lasted: healthy rows after it are no part
    of it, and "the incident is on now" does not hold.
    """
    found = _found_until_end(case, cache, find)
    return said(found) if isinstance(found, Finding) else found


def _found_until_end(case: Case, cache: ReferenceCache, find: Callable[[Case], Finding | str]) -> Finding | str:
    found = find(case)
    at = found.onset_unix_nano if isinstance(found, Finding) and found.incident else case.at_unix_nano
    if at is None and isinstance(found, Finding):
        at = likeliest_onset(case.telemetry, cache)
    end = find_end(case.telemetry, at, cache) if at is not None else None
    if end is None:
        return found
    part = cut(case, end)
    whole = read_visits(case.telemetry, cache)
    known = visits_until(whole, case.telemetry, part.telemetry, end)
    if known is not None:
        cache.get("visits", [part.telemetry], lambda: known)
    again = find(part)
    if not isinstance(again, Finding) or not again.incident:
        return found
    calm = isinstance(found, Finding) and not found.incident
    if calm and case.at_unix_nano is None and _shown(again) < CLEARLY:
        return found
    if isinstance(found, Finding) and found.incident and found.strength > again.strength:
        return replace(found, ended_unix_nano=end)
    return replace(again, ended_unix_nano=end)


def _shown(found: Finding) -> float:
    """Return the largest ratio of the sign that leads; the strength may be less for what the data does not tell."""
    return max([found.strength, *(own.get(found.lead, 0.0) for own in found.signs.values())])


def likeliest_onset(telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    """Return when most indicators of a case changed (ns), or None when they did not."""
    change = find_change(telemetry, read_metrics(telemetry, cache), read_visits(telemetry, cache).spans)
    return change.at_unix_nano if change is not None else None


def find_end(telemetry: Telemetry, at: int, cache: ReferenceCache) -> int | None:
    """Return when the incident that began at `at` ended (ns), or None when it goes on to the end of the data.

    Read backwards, a recovery is a step for the worse: the same likelihood of a common step finds it.
    """
    grid = indicator_grid(telemetry, read_metrics(telemetry, cache), read_visits(telemetry, cache).spans)
    if grid is None:
        return None
    first = int(np.clip((at - grid.start) // grid.width, 0, grid.buckets - 1))
    if grid.buckets - first < LEAST_AFTER + LEAST_BAD + 2 or first < 2:
        return None
    late = grid.keep(measured(grid.values[:, first:]) >= LEAST_AFTER + LEAST_BAD)
    back = _votes(step_gains(late.values[:, first:][:, ::-1], late.noise, late.worse)).sum(axis=0)
    # Position p of the reversed rows: the last p buckets are calm, the ones before them are not.
    last = int(np.argmax(back))
    calm_from = grid.buckets - last
    if not back.any() or last < LEAST_AFTER or calm_from - first < LEAST_BAD:
        return None
    early = grid.keep(measured(grid.values[:, :calm_from]) >= LEAST_AFTER + LEAST_BAD)
    votes = _votes(step_gains(early.values[:, :calm_from], early.noise, early.worse))
    votes = votes[:, max(first - 1, 0) : first + 3].max(axis=1)
    there = votes.sum()
    returned = sum(
        vote for vote, row in zip(votes, early.values, strict=True) if vote and _is_back(row, first, calm_from)
    )
    # What waits for the broken part does less work: that is a step for the better, and no recovery.
    over = there > 0 and back[last] >= SHARE * there and returned >= RETURNED * there
    return int(grid.start + calm_from * grid.width) if over else None


def _is_back(row: Floats, first: int, calm_from: int) -> bool:
    """Tell whether a series that moved at `first` is nearer to where it was than to where it went from `calm_from`
    on.
    """
    before, during, after = (
        middle_of(part[np.isfinite(part)]) if np.isfinite(part).any() else np.nan
        for part in (row[:first], row[first:calm_from], row[calm_from:])
    )
    return abs(after - before) < abs(after - during)


def _votes(gains: Floats) -> Floats:
    """Return the gains of each series, scaled down to the cap; zeros where chance explains them."""
    top = gains.max(axis=1, keepdims=True, initial=0.0)
    votes: Floats = np.where(top >= SURE, gains * np.minimum(1.0, CAP / np.maximum(top, SURE)), 0.0)
    return votes


def cut(case: Case, end: int) -> Case:
    """Return the case without the rows from `end` (ns) on."""
    tables: dict[str, Any] = {
        table.value: frame[frame[column] < end].reset_index(drop=True)
        for table, column in TIME_COLUMN.items()
        if column and len(frame := case.telemetry.frame(table))
    }
    return replace(case, telemetry=replace(case.telemetry, **tables))
