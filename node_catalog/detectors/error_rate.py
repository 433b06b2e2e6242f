"""The node `detectors.error_rate`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pathway as pw
from pydantic import Field

from node_catalog.detectors._buckets import ANOMALY, BucketDetector
from workbench.flow.expression.compiler import condition
from workbench.flow.fields import Expression
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.through import through
from workbench.signals.rates import ErrorRateDetector


class ErrorRate(BucketDetector):
    """Notice when the share of errors of a service rises above what it was before.

    Puts out anomalies: detector, kind, service_name, time_unix_nano, score, value and expected (shares), summary.
    """

    is_error: Expression = "severity_number >= 17"
    """Condition that tells which rows are errors."""
    floor: float = Field(0.01, gt=0, le=1)
    """Shares of errors below this are harmless whatever came before."""

    def build(self, rows: Rows, *, source: Source) -> Rows:
        buckets = self.buckets(rows, errors=pw.if_else(condition(self.is_error, rows), 1, 0))
        floor, threshold, bucket_s = self.floor, self.threshold, self.bucket_s
        detectors: defaultdict[str, ErrorRateDetector] = defaultdict(lambda: ErrorRateDetector(floor=floor))

        def step(batch: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
            for start, service, count, errors in batch:
                found = detectors[service].update(errors, count)
                if found.score >= threshold:
                    said = (
                        f"{service}: {errors} of {count} rows within {bucket_s:g} s are errors "
                        f"({found.value:.1%}, usual {found.expected:.1%})"
                    )
                    yield start, "error_rate", "error", service, found.score, found.value, found.expected, said

        return through(buckets, step, ANOMALY, source)
