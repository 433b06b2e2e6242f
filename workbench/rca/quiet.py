"""Finds services that only write log lines and fall silent: a beat that stops, where nothing else tells of life.

A service without spans and metrics of its own shows that it lives by its lines alone. Where it wrote them steadily, a
silence several times as long as the longest one before is none by chance: for lines that come at random, the longest
of n gaps is about log(n) mean gaps, and one three times as long comes about once in n ** 2 such recordings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Ints, texts
from workbench.rca.windows import seconds

LEAST_LINES = 30
"""Fewer lines do not show how steadily a service writes."""
LONGER = 3.0
"""A silence is so many times as long as the longest one before, also that before the first line."""
LEAST_SILENT_S = 30.0
MOST_SILENT = 0.5
"""When more of the steady services fall silent it is the collector of the lines that ended, and not they."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Lines of a service that stopped, while others still wrote."""

    service: str
    time: Ints
    """When its lines were written (UTC ns, ascending)."""
    end: int
    """The last line of anybody (UTC ns)."""

    @property
    def last(self) -> int:
        """When it was heard last (UTC ns)."""
        return int(self.time[-1])


def stopped_lines(telemetry: Telemetry, cache: ReferenceCache) -> list[Stopped]:
    """Return the services that have nothing but lines, wrote them steadily, and fell silent for the rest of the time;
    remembered in `cache`.
    """
    return cache.get("stopped_lines", [telemetry], lambda: _find(telemetry))


def went_quiet(telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    """Return when the first service of `stopped_lines` fell silent (UTC ns); None when there is none."""
    return min((one.last for one in stopped_lines(telemetry, cache)), default=None)


def _find(telemetry: Telemetry) -> list[Stopped]:
    lines = _times(telemetry)
    if len(lines) < 2:
        return []
    begin, end = min(int(time[0]) for time in lines.values()), max(int(time[-1]) for time in lines.values())
    shown = {str(name) for one in (telemetry.spans, telemetry.metrics) for name in one["service_name"].unique()}
    steady = 0
    found = []
    for name, time in lines.items():
        if name in shown or len(time) < LEAST_LINES:
            continue
        steady += 1
        longest = int(np.diff(time, prepend=begin).max())
        if end - int(time[-1]) >= max(LONGER * longest, seconds(LEAST_SILENT_S)):
            found.append(Stopped(name, time, end))
    return found if len(found) <= max(1.0, MOST_SILENT * steady) else []


def _times(telemetry: Telemetry) -> dict[str, Ints]:
    """Return the times of the lines of each named service, ascending."""
    service, time = texts(telemetry.logs, "service_name"), telemetry.logs["time_unix_nano"].to_numpy(dtype=np.int64)
    known = np.flatnonzero((service != "") & (time > 0))
    if not len(known):
        return {}
    names, codes = np.unique(service[known].astype(str), return_inverse=True)
    order = np.lexsort((time[known], codes))
    edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
    return {name: time[known[order[edges[at] : edges[at + 1]]]] for at, name in enumerate(names.tolist())}
