"""Counts per bucket of time, in order, for the detectors; and the row that every detector puts out."""

from __future__ import annotations

from typing import Any

import pathway as pw
from pydantic import Field

from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.semconv import NANOS_PER_SECOND

ANOMALY: dict[str, Any] = {
    "time_unix_nano": int,
    "detector": str,
    "kind": str,
    "service_name": str,
    "score": float,
    "value": float,
    "expected": float,
    "summary": str,
}
"""Columns of the rows that detectors put out."""


class BucketDetector(Node):
    """Settings of detectors that look at counts per bucket of time."""

    delivery = "exactly-once"

    time_column: Column = "time_unix_nano"
    """Column with the time of a row, UTC nanoseconds."""
    service_column: Column = "service_name"
    """Column that tells the series apart."""
    bucket_s: float = Field(10.0, gt=0)
    """Length of a bucket, in seconds."""
    late_s: float = Field(2.0, ge=0)
    """Rows may come so much too late, in seconds of their own time; later ones are ignored."""
    threshold: float = Field(0.5, ge=0, le=1)
    """Put out rows from this score on: 0.5 is abnormal, 0.75 is worth a page; 0 puts out every bucket."""

    def buckets(self, rows: Rows, **counts: Any) -> Rows:
        """Return one row per bucket and service, put out once: `start`, `service_name`, `count`, and sums of `counts`.

        Buckets that end together come together.
        """
        counted = rows.select(time=rows[self.time_column], service=rows[self.service_column], **counts)
        windows = counted.windowby(
            counted.time,
            window=pw.temporal.tumbling(duration=round(self.bucket_s * NANOS_PER_SECOND)),
            behavior=pw.temporal.exactly_once_behavior(round(self.late_s * NANOS_PER_SECOND)),
            instance=counted.service,
        )
        return windows.reduce(
            start=pw.this._pw_window_start,
            service_name=pw.this._pw_instance,
            count=pw.reducers.count(),
            **{name: pw.reducers.sum(pw.this[name]) for name in counts},
        )
