"""Names the log line behind an anomaly of errors, so that services which log the same thing can be seen together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR
from workbench.signals.logkey import log_key

_MOST_LINES = 200
"""Error lines looked at for one anomaly."""
_LONGEST = 200


def with_lines(anomalies: Sequence[Anomaly], telemetry: Telemetry, width_s: int) -> list[Anomaly]:
    """Return the anomalies, those of errors with the commonest error line of their service within a bucket of them.

    Args:
        anomalies: Of any kind; the others come back as they are.
        telemetry: What they were found in.
        width_s: Width of a bucket in seconds.
    """
    logs = telemetry.logs
    if not len(logs) or not any(one.kind is IncidentKind.ERROR for one in anomalies):
        return list(anomalies)
    bad = logs[logs["severity_number"].to_numpy(dtype=np.int64) >= SEVERITY_ERROR].sort_values(
        "time_unix_nano", kind="stable"
    )
    by_service = {str(service): part for service, part in bad.groupby("service_name", sort=True)}
    found = []
    for one in anomalies:
        part = by_service.get(one.service_name)
        if one.kind is not IncidentKind.ERROR or part is None:
            found.append(one)
            continue
        reach = width_s * NANOS_PER_SECOND
        time = part["time_unix_nano"].to_numpy(dtype=np.int64)
        first, last = np.searchsorted(time, [one.time_unix_nano - reach, one.time_unix_nano + reach])
        keys = Counter(log_key(str(body)) for body in part["body"].iloc[first : min(last, first + _MOST_LINES)])
        commonest = min(keys, key=lambda key: (-keys[key], key), default="")
        found.append(one.model_copy(update={"template": commonest[:_LONGEST]}))
    return found
