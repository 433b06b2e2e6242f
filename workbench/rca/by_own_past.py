"""Diagnoses a case without any reference: its own time before the onset is what is healthy."""

from __future__ import annotations

from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.calibrate import split_scores
from workbench.rca.changepoint import find_change
from workbench.rca.findings import Look, finding_of
from workbench.rca.fuse import Thresholds, fuse
from workbench.rca.items import read_visits
from workbench.rca.observe import observe
from workbench.rca.report import Finding
from workbench.rca.series import read_metrics
from workbench.rca.windows import GUARD_S, Window, from_time
from workbench.semconv import NANOS_PER_SECOND

LEAST_PRE_S = 60.0
LEAST_TEST_S = 10.0
GUARD_SHARE = 0.2
"""The guard band takes this share of the time before the onset at most."""
LEAST_STRUCTURE = 3.0
STRUCTURE_MARGIN = 1.5
LATENCY = 0.5


def find_by_own_past(case: Case, cache: ReferenceCache) -> Finding | str:
    """Return the finding, or the reason why the data is too little for one."""
    extent = case.telemetry.extent()
    if extent is None:
        return "No row of this case has a time."
    at = case.at_unix_nano
    if at is None:
        change = find_change(
            case.telemetry, read_metrics(case.telemetry, cache), read_visits(case.telemetry, cache).spans
        )
        at = change.at_unix_nano if change is not None else (extent[0] + extent[1]) // 2
    short = too_short(extent, at)
    if short:
        return short
    before = (at - extent[0]) / NANOS_PER_SECOND
    window = from_time(at, guard_s=min(GUARD_S, GUARD_SHARE * before))
    look = look_back(case.telemetry, window, cache)
    baseline = f"the {before:.0f} s of this case before the onset"
    incident = look.fused.incident
    onset = at if incident or case.at_unix_nano is not None else None
    return finding_of(case, look, incident=incident, onset=onset, baseline=baseline)


def too_short(extent: tuple[int, int], at: int) -> str:
    """Return why the time before or after the onset does not suffice; '' when it does."""
    before, after = (at - extent[0]) / NANOS_PER_SECOND, (extent[1] - at) / NANOS_PER_SECOND
    if before < LEAST_PRE_S:
        return (
            f"Only {max(before, 0):.0f} s of data lie before the onset and there is no reference: "
            f"at least {LEAST_PRE_S:.0f} s are needed to know what is healthy."
        )
    if after < LEAST_TEST_S:
        return f"Only {max(after, 0):.0f} s of data lie after the onset: at least {LEAST_TEST_S:.0f} s are needed."
    return ""


def look_back(telemetry: Telemetry, window: Window, cache: ReferenceCache) -> Look:
    """Return what the window shows against the case's own past."""
    thresholds = own_thresholds(telemetry, window, cache)
    seen = observe(telemetry, [], window, cache)
    return Look(window, seen, fuse(seen, thresholds), thresholds)


def own_thresholds(telemetry: Telemetry, window: Window, cache: ReferenceCache) -> Thresholds:
    """Return thresholds from splits of the time before the onset."""
    table = read_visits(telemetry, cache)
    scores = split_scores(table, table.end < (window.since or 0), nested=False)
    structure = max(LEAST_STRUCTURE, STRUCTURE_MARGIN * max(scores, default=0.0))
    return Thresholds(structure=structure, tails=1.0, latency=LATENCY, latency_leads=True)
