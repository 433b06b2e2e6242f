"""Finds how many there may be of what is counted: `db.client.connection.max` beside `db.client.connection.count`."""

from __future__ import annotations

import re
from dataclasses import replace

from workbench.rca.resources import Use
from workbench.rca.series import Group, MetricTable, Source
from workbench.semconv import MetricRole

LIMIT = frozenset({"max", "maximum", "limit", "capacity", "size"})
"""Words by which the name of a limit differs from that of the number it limits."""
NEARLY_FULL, FILLED = 0.7, 0.5
"""A pool is running out when so much of it is taken, and it was fuller by so much than while healthy."""

_Name = tuple[str, ...]


def with_limits(uses: list[Use], metrics: MetricTable) -> list[Use]:
    """Return the uses with the limits of those that count connections, where a metric of the same source tells one."""
    known = _limits(metrics)
    return [
        replace(use, limit=_limit(use, known)) if known and use.metric.role is MetricRole.CONNECTIONS else use
        for use in uses
    ]


def is_running_out(use: Use) -> bool:
    """Tell whether a number of connections came near its limit, from far below it."""
    if not use.limit:
        return False
    return use.value >= NEARLY_FULL * use.limit and use.value - use.median >= FILLED * use.limit


def _limits(metrics: MetricTable) -> dict[_Name, Group]:
    """Return the series of limits by the words of their names without the one that says so."""
    return {
        words[:place] + words[place + 1 :]: group
        for metric, group in metrics.items()
        if metric.role is MetricRole.CONNECTIONS
        for words in [_words(metric.name)]
        for place, word in enumerate(words)
        if word in LIMIT
    }


def _limit(use: Use, known: dict[_Name, Group]) -> float | None:
    words = _words(use.metric.name)
    if LIMIT & set(words):
        return None
    # `process_max_fds` has another word where `process_open_fds` counts; `pool` counts what `pool_size` limits.
    names = [words, *(words[:place] + words[place + 1 :] for place in range(len(words)))]
    for name in names:
        group = known.get(name)
        series = group.get(Source(use.source.service, use.source.instance)) if group else None
        if series is not None and len(series.value):
            return float(series.value[-1])
    return None


def _words(name: str) -> _Name:
    return tuple(re.split(r"[._]", name.lower()))
