"""Reads one series of a case against the levels it has in the references and before the onset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.rca.columns import Floats
from workbench.rca.series import Group, Healthy, Source
from workbench.rca.visits import middle_of, middle_of_sorted, quantile_of_sorted

LEAST_ROWS = 5
CAP = 2.0
"""Other days and the rows before the fault raise the baseline of the nearest reference by this factor at most."""
FEW_ROWS = 2
"""Without a reference so few rows of before must do; their spread is then taken as half of their level at least."""
FEW_SPREAD = 0.5
EPISODE_SPREADS, LEAST_SHARE = 3.0, 0.15
HABIT = 3
"""Bursts that came so often before are a habit; one or two were incidents, and say nothing about what is healthy."""
LONG = 10
"""Tests of so many rows are also compared by their median, which one burst does not move."""


@dataclass(frozen=True, slots=True)
class Row:
    """One series of the test and its baseline, in the metric's unit."""

    source: Source
    value: float
    """Second largest of the test."""
    median: float
    spread: float
    before: float
    """Level of the case's own earlier rows; the healthy level when there are too few."""
    level: float
    """Median of a long test; NaN of a short one."""
    healthy: Healthy
    """What the null of the statistic is taken from."""
    episodes: int = 0
    """How often the case's own earlier rows left their level by far."""


def read_row(source: Source, group: Group, references: Sequence[Group], since: int, before: int) -> Row | None:
    """Return the row of a source, or None when it has no test or no baseline."""
    series = group[source]
    test = np.sort(series.since(since))
    if not len(test):
        return None
    value = float(test[-min(2, len(test))])
    healthy = [found for reference in references if (found := reference.healthy(source)).rows >= LEAST_ROWS]
    levels = [(found.median, found.spread) for found in healthy]
    pre = _earlier(source, group, before)
    ordered = np.sort(pre)
    own = middle_of_sorted(ordered) if len(pre) >= LEAST_ROWS else None
    if own is not None:
        # Earlier faults in the case pollute upwards, so the spread is taken from the lower side.
        low = 1.5 * (own - quantile_of_sorted(ordered, 0.1))
        levels.append((own, max(low, 1.4826 * middle_of(np.abs(pre - own)))))
    elif not healthy and len(pre) >= FEW_ROWS:
        own = middle_of(pre)
        levels.append((own, max(float(np.ptp(pre)), FEW_SPREAD * abs(own))))
    if not levels:
        return None
    median, spread = max(level for level, _ in levels), max(width for _, width in levels)
    if healthy:
        nearest = healthy[0]
        median = max(min(median, CAP * nearest.median), nearest.median)
        spread = max(min(spread, CAP * nearest.spread), nearest.spread) if nearest.spread > 0 else spread
    return Row(
        source=source,
        value=value,
        median=median,
        spread=spread,
        before=median if own is None else own,
        level=middle_of_sorted(test) if len(test) >= LONG else float("nan"),
        healthy=healthy[0] if healthy else Healthy.of(pre),
        episodes=episodes(pre, median + EPISODE_SPREADS * max(spread, LEAST_SHARE * abs(median))),
    )


def episodes(values: Floats, limit: float) -> int:
    """Return the number of runs of rows above the limit; runs that one row divides are one."""
    hot = np.flatnonzero(values > limit)
    return int((np.diff(hot) > 2).sum()) + 1 if len(hot) else 0


def _earlier(source: Source, group: Group, before: int) -> Floats:
    """Return the instance's own earlier rows, or those of all instances of its service when it is new."""
    own = group[source]
    rows = own.until(before)
    if len(rows) >= LEAST_ROWS:
        return rows
    return np.concatenate([one.until(before) for other, one in group.items() if _same(source, other)])


def _same(one: Source, other: Source) -> bool:
    return one.service == other.service and one.peer == other.peer
