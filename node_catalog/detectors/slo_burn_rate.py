"""The node `detectors.slo_burn_rate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pathway as pw
from pydantic import Field

from node_catalog.detectors._buckets import ANOMALY, BucketDetector
from workbench.flow.expression.compiler import condition
from workbench.flow.fields import Expression
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.through import through
from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.burn_rates import DAY_S, alert_windows
from workbench.signals.burn_watch import SCORES, BurnWatch


class SloBurnRate(BucketDetector):
    """Notice when a service spends its error budget too fast: pages and tickets of two windows each.

    Puts out anomalies when an alert begins to fire and every half hour while it does: detector, kind, service_name,
    time_unix_nano, score, value and expected (bad shares of the long window), summary.
    """

    is_bad: Expression = "severity_number >= 17"
    """Condition that tells which rows are bad events."""
    objective: float = Field(99.9, gt=0, lt=100)
    """Percent of the rows that have to be good."""
    period_days: float = Field(30.0, gt=0, le=366)
    """Length of the objective's rolling window, in days; the alerts' windows and factors follow from it."""
    promises: Literal["error", "latency", "downtime"] = "error"
    """What users notice when the objective is missed: the kind of the anomalies."""

    def build(self, rows: Rows, *, source: Source) -> Rows:
        buckets = self.buckets(rows, bad=pw.if_else(condition(self.is_bad, rows), 1, 0))
        memory = BurnMemory(self.objective, self.period_days * DAY_S, self.bucket_s, self.threshold, self.promises)
        return through(buckets, memory.step, ANOMALY, source)


class BurnMemory:
    """One watch per service."""

    def __init__(self, objective: float, period_s: float, bucket_s: float, threshold: float, kind: str) -> None:
        self._allowed = round(1 - objective / 100, 12)
        self._period_s, self._threshold, self._kind = period_s, threshold, kind
        self._length = round(bucket_s * NANOS_PER_SECOND)
        self._watches: dict[str, BurnWatch] = {}

    def step(self, batch: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Judge the buckets (start, service, count, bad) that have ended, oldest first."""
        for start, service, total, bad in batch:
            if service not in self._watches:
                self._watches[service] = BurnWatch(alert_windows(self._period_s), self._allowed, self._period_s)
            for burn in self._watches[service].update(start, start + self._length, bad, total):
                score = SCORES[burn.pair.severity, burn.pair.speed]
                if score < self._threshold:
                    continue
                said = (
                    f"{service}: error budget burns at {burn.share / self._allowed:.3g} times the allowed rate: "
                    f"{burn.share:.2%} bad over {burn.pair.long_s / 3600:g} h, {self._allowed:.3%} allowed "
                    f"({burn.pair.severity})"
                )
                yield burn.time, "slo_burn_rate", self._kind, service, score, burn.share, self._allowed, said
