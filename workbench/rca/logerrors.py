"""Finds services that write more error lines than while they were healthy (evidence E).

It asks for nothing but lines with a time, a service and a severity, so it speaks where there are no spans. The
statistic is the beta-binomial upper tail of the error lines, given the service's own healthy share, times the size of
the rise. It is divided by the largest value that blocks of the healthy time reach against the rest of it. Callers
write about the errors of those they call, so a burst that begins later than another one counts less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Flags, Ints, texts
from workbench.rca.steps import most_likely_step
from workbench.rca.tail import upper_tail
from workbench.rca.windows import Window, seconds
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR

LEAST = 2.5
"""Smallest healthy value: a score below it is not told apart from chance, however calm the healthy time was."""
MARGIN = 1.5
LARGEST_P = 1e-3
LEAST_EFFECT = 0.02
"""A share that rises by less than this is no burst."""
ENOUGH_S = 10
"""Error lines of fewer seconds count less: one failure can write many lines at once."""
LEAST_LINES = 3
LEAST_BASE_LINES = 10
BLOCKS = 8
HALVED_AFTER_S = 30.0
"""A burst that begins this much later than the first one counts half, for it may be about the first one."""
DATED_TO_S = 10.0
"""Onsets of bursts closer than this, and than a few of their lines, are the same."""
LINES_TO_DATE = 3
LEAST_STEP = 0.5
"""A step is dated when the share of errors before it is at most this part of that after it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Log lines of one service, in the order of time (UTC ns)."""

    time: Ints
    error: Flags

    def __len__(self) -> int:
        return len(self.time)

    def errors(self) -> int:
        """Return the number of error lines."""
        return int(self.error.sum())

    def between(self, start: int | None, end: int | None) -> Lines:
        """Return the lines from `start` (inclusive) to `end` (exclusive); None does not restrict."""
        first = 0 if start is None else int(np.searchsorted(self.time, start))
        last = len(self) if end is None else int(np.searchsorted(self.time, end))
        return Lines(self.time[first:last], self.error[first:last])


@dataclass(frozen=True, slots=True)
class Burst:
    """Error lines of one service against its healthy share."""

    service: str
    since: int
    """When it began, UTC ns."""
    errors: int
    lines: int
    base_errors: int
    base_lines: int
    ratio: float
    """Score divided by its largest healthy value, before lateness is counted."""
    slack: float
    """How well `since` is known, ns."""


@dataclass(frozen=True, slots=True)
class LogErrors:
    """Bursts, and how far each service is above what is healthy: 1 is the edge."""

    scores: dict[str, float] = field(default_factory=dict)
    bursts: dict[str, Burst] = field(default_factory=dict)


def read_lines(telemetry: Telemetry, cache: ReferenceCache) -> dict[str, Lines]:
    """Return the lines of each named service that have a severity; remembered in `cache`."""
    return cache.get("log_lines", [telemetry], lambda: _make_lines(telemetry))


def _make_lines(telemetry: Telemetry) -> dict[str, Lines]:
    logs = telemetry.logs
    service, severity = texts(logs, "service_name"), logs["severity_number"].to_numpy(dtype=np.int64)
    time = logs["time_unix_nano"].to_numpy(dtype=np.int64)
    # Without a severity nobody knows whether a line is an error.
    known = np.flatnonzero((severity > 0) & (service != ""))
    known = known[np.argsort(time[known], kind="stable")]
    names, codes = np.unique(service[known].astype(str), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
    found = {}
    for number, name in enumerate(names.tolist()):
        rows = known[order[edges[number] : edges[number + 1]]]
        found[name] = Lines(time[rows], severity[rows] >= SEVERITY_ERROR)
    return found


def error_bursts(
    telemetry: Telemetry, references: Sequence[Telemetry], window: Window, cache: ReferenceCache
) -> LogErrors:
    """Return the bursts of error lines of one window.

    Lines of the references, and those of the case before the window, are what is healthy. Without a time the whole
    case is the test.
    """
    known = [read_lines(reference, cache) for reference in references]
    bursts = {}
    for service, lines in read_lines(telemetry, cache).items():
        base = [one[service] for one in known if service in one]
        if window.since is not None:
            base.append(lines.between(None, min(window.since, window.metrics_before)))
        burst = _burst(service, [part for part in base if len(part)], lines, window)
        if burst is not None:
            bursts[service] = burst
    return LogErrors(_early_first(bursts), bursts)


def _burst(service: str, base: Sequence[Lines], lines: Lines, window: Window) -> Burst | None:
    test = lines.between(window.since, None)
    base_errors, base_lines = sum(part.errors() for part in base), sum(map(len, base))
    if base_lines < LEAST_BASE_LINES or not test.errors():
        return None
    parts = [test]
    if window.since is None:
        start, whole = int(test.time[0]), int(test.time[-1] - test.time[0])
        parts = [test.between(start + int(share * whole), None) for share in window.nested]
    strongest = max(parts, key=lambda part: score(part, base_errors, base_lines))
    top = score(strongest, base_errors, base_lines)
    if top <= 0:
        return None
    since, slack = _dated(lines)
    return Burst(
        service=service,
        since=since if window.since is None else max(since, window.metrics_before),
        errors=strongest.errors(),
        lines=len(strongest),
        base_errors=base_errors,
        base_lines=base_lines,
        ratio=top / healthy_limit(base, int(test.time[-1] - test.time[0])),
        slack=slack,
    )


def score(test: Lines, base_errors: int, base_lines: int) -> float:
    """Return -log10 p x root of the rise of the share of error lines; 0 when it is small or no surprise."""
    errors, lines = test.errors(), len(test)
    if lines < LEAST_LINES or not errors:
        return 0.0
    effect = errors / lines - base_errors / max(base_lines, 1)
    seen, size, base_seen, base_size = np.array([[errors], [lines], [base_errors], [base_lines]], dtype=float)
    p = float(upper_tail(seen, size, base_seen, base_size)[0])
    if p >= LARGEST_P or effect < LEAST_EFFECT:
        return 0.0
    spread = len(np.unique(test.time[test.error] // NANOS_PER_SECOND))
    return float(-np.log10(p) * np.sqrt(effect) * min(spread, ENOUGH_S) / ENOUGH_S)


def healthy_limit(base: Sequence[Lines], length: int) -> float:
    """Return the largest score of a block of the healthy time against the rest of it, with a margin; at least 2.5.

    Blocks are about as long (ns) as the test, but each part of the healthy time has at least four of them.
    """
    errors, lines = sum(part.errors() for part in base), sum(map(len, base))
    scores = [0.0]
    for part in base:
        whole = int(part.time[-1] - part.time[0]) + 1
        blocks = int(np.clip(whole // max(length, 1), BLOCKS // 2, BLOCKS))
        edges = [int(part.time[0]) + whole * number // blocks for number in range(blocks + 1)]
        for start, end in pairwise(edges):
            block = part.between(start, end)
            if lines - len(block) >= LEAST_BASE_LINES:
                scores.append(score(block, errors - block.errors(), lines - len(block)))
    return max(LEAST, MARGIN * max(scores))


def _dated(lines: Lines) -> tuple[int, float]:
    """Return when error lines became frequent, and how well that is known (both ns). There must be one at least."""
    error = lines.error
    rise = most_likely_step(error) if len(error) > LEAST_LINES else 0
    # Lines that all come after the onset have no step: where they differ a little is chance.
    if rise and error[:rise].mean() > LEAST_STEP * error[rise:].mean():
        rise = 0
    late = lines.time[rise:][error[rise:]]
    gap = float(late[-1] - late[0]) / max(len(late) - 1, 1)
    return int(late[0]), max(seconds(DATED_TO_S), LINES_TO_DATE * gap)


def _early_first(bursts: Mapping[str, Burst]) -> dict[str, float]:
    """Return the ratio of each burst, less when another real burst began clearly earlier."""
    real = [burst for burst in bursts.values() if burst.ratio >= 1]
    scores = {}
    for service, burst in bursts.items():
        lag = max((burst.since - other.since - max(burst.slack, other.slack) for other in real), default=0.0)
        scores[service] = burst.ratio * 0.5 ** (max(0.0, lag) / seconds(HALVED_AFTER_S))
    return scores


def burst_onset(telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    """Return when the largest burst of a case began, for a case without anything healthy to compare with.

    None when no service has a time from which on its error lines are far more frequent than before.
    """
    best: tuple[float, int] | None = None
    for lines in read_lines(telemetry, cache).values():
        if not lines.errors() or len(lines) <= LEAST_BASE_LINES:
            continue
        since, _ = _dated(lines)
        earlier, later = lines.between(None, since), lines.between(since, None)
        strength = score(later, earlier.errors(), len(earlier)) if len(earlier) >= LEAST_BASE_LINES else 0.0
        if strength >= LEAST and (best is None or strength > best[0]):
            best = (strength, since)
    return best[1] if best else None
