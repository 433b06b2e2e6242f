"""Says what users noticed: errors and latency where requests enter, before and after the onset."""

from __future__ import annotations

import numpy as np

from workbench.facts.diagnosis import IncidentKind
from workbench.rca.items import VisitTable
from workbench.rca.narrate import number
from workbench.rca.visits import MS
from workbench.semconv import NANOS_PER_SECOND

NOTICED_ERRORS = 0.02
"""Users notice when so many more of all requests fail."""
NOTICED_SLOWER = 1.5
"""Users notice when the slowest 5 % take so many times as long."""
LEAST_REQUESTS = 10


def _share(failed: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    return f"{number(100 * float(failed.mean()))} %"


def impact_of(visits: VisitTable, onset_unix_nano: int | None) -> list[str]:
    """Return sentences about the requests that enter the system, or none when there are too few spans."""
    if onset_unix_nano is None or not len(visits):
        return []
    entering = visits.caller < 0
    after = entering & (visits.start >= onset_unix_nano)
    before = entering & (visits.end < onset_unix_nano)
    if after.sum() < LEAST_REQUESTS:
        return []
    failed = visits.spans.error[visits.entry]
    duration = (visits.end - visits.start) / MS
    span_s = max(float(visits.end[after].max() - onset_unix_nano) / NANOS_PER_SECOND, 1.0)
    known = before.sum() >= LEAST_REQUESTS
    sentences = [f"{int(after.sum()):,} requests came in during the {span_s:.0f} s since the onset."]
    if failed.any():
        usual = f"; before it was {_share(failed[before])}" if known else ""
        sentences.append(f"{int(failed[after].sum()):,} of them failed, {_share(failed[after])}{usual}.")
    usual = f"; before it was {number(float(np.quantile(duration[before], 0.95)))} ms" if known else ""
    sentences.append(f"The slowest 5 % took more than {number(float(np.quantile(duration[after], 0.95)))} ms{usual}.")
    return sentences


def noticed(visits: VisitTable, onset_unix_nano: int | None, usual: IncidentKind | None) -> IncidentKind | None:
    """Return what the users of the system notice, by the requests that enter it; `usual` where those do not tell.

    Downtime stays downtime. Failed requests are worse than slow ones, and a resource is noticed by neither.
    """
    if onset_unix_nano is None or not len(visits) or usual in (None, IncidentKind.DOWNTIME):
        return usual
    entering = visits.caller < 0
    after, before = entering & (visits.start >= onset_unix_nano), entering & (visits.end < onset_unix_nano)
    if min(after.sum(), before.sum()) < LEAST_REQUESTS:
        return usual
    failed = visits.spans.error[visits.entry]
    if failed[after].mean() - failed[before].mean() >= NOTICED_ERRORS:
        return IncidentKind.ERROR
    duration = visits.end - visits.start
    slower = np.quantile(duration[after], 0.95) >= NOTICED_SLOWER * np.quantile(duration[before], 0.95)
    return IncidentKind.LATENCY if slower and usual is IncidentKind.METRIC else usual
