"""The node `detectors.rate_change`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from node_catalog.detectors._buckets import ANOMALY, BucketDetector
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.through import through
from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.rates import RateChangeDetector, Score

MOST_EMPTY = 1000
"""Buckets without any row that are filled in between two with rows."""


class RateChange(BucketDetector):
    """Notice when a service says much more or much less than it did before, or falls silent while others go on.

    Puts out anomalies: detector, kind, service_name, time_unix_nano, score, value and expected (rows per bucket),
    summary.
    """

    def build(self, rows: Rows, *, source: Source) -> Rows:
        memory = RateMemory(self.bucket_s, self.threshold)
        return through(self.buckets(rows), memory.step, ANOMALY, source)


class RateMemory:
    """One detector per service; a service without rows in a bucket has 0 of them."""

    def __init__(self, bucket_s: float, threshold: float) -> None:
        self._bucket_s, self._threshold = bucket_s, threshold
        self._length = round(bucket_s * NANOS_PER_SECOND)
        self._detectors: dict[str, RateChangeDetector] = {}
        self._last: int | None = None

    def step(self, batch: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Score the buckets (start, service, count) that have ended, oldest first."""
        for start, group in groupby(batch, key=lambda row: row[0]):
            counts = {service: count for _, service, count in group}
            for empty in self._between(start):
                yield from self._bucket(empty, {})
            yield from self._bucket(start, counts)
            self._last = start

    def _between(self, start: int) -> range:
        if self._last is None:
            return range(0)
        first = max(self._last + self._length, start - MOST_EMPTY * self._length)
        return range(first, start, self._length)

    def _bucket(self, start: int, counts: dict[str, int]) -> Iterator[tuple[Any, ...]]:
        for service in counts:
            self._detectors.setdefault(service, RateChangeDetector())
        for service, detector in sorted(self._detectors.items()):
            found = detector.update(counts.get(service, 0))
            if found.score >= self._threshold:
                yield (
                    start,
                    "rate_change",
                    "metric",
                    service,
                    found.score,
                    found.value,
                    found.expected,
                    self._said(service, found),
                )

    def _said(self, service: str, found: Score) -> str:
        way = "more" if found.value > found.expected else "fewer"
        return f"{service}: {found.value:g} rows within {self._bucket_s:g} s, {way} than the usual {found.expected:.1f}"
