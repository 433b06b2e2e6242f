"""Diagnoses a case against fault-free references of the same system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.facts.evidence import Evidence
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.against import with_against
from workbench.rca.apart import with_apart
from workbench.rca.cache import ReferenceCache
from workbench.rca.calibrate import structure_null
from workbench.rca.ended import judged_until_end, likeliest_onset
from workbench.rca.failures import call_outcomes, failed_since
from workbench.rca.findings import Look, finding_of
from workbench.rca.fuse import Sign, Thresholds, fuse, rank
from workbench.rca.items import read_visits
from workbench.rca.metric_table import read_metrics
from workbench.rca.observe import observe
from workbench.rca.onset import date_onset
from workbench.rca.report import Finding
from workbench.rca.resources import IDLE
from workbench.rca.sli import Indicator, front_evidence, front_service, worst_indicator
from workbench.rca.topology import Topology
from workbench.rca.windows import Window, from_time, recent, seconds
from workbench.semconv import MetricRole

LONG_S = 300
REPORTED = 0.5
"""Somebody who names a time has seen something: then half of the usual evidence is enough."""
SUSPECTED = 0.4
"""From this share of the usual evidence on a case without a time is dated and looked at again, with the rows before the
onset as a baseline: rare requests need it. Only the full evidence of that second look makes it an incident.
"""
UNUSED = 0.15
"""A processor that no row shows busier than this holds nobody up, however unusual it is."""
EARLIER_S = 30
"""A dated onset is used this much earlier: early is harmless, late puts the fault into the baseline."""


def find_by_reference(case: Case, topology: Topology, cache: ReferenceCache) -> Finding | str:
    """Return the finding; without a time the onset is dated first and the case is then looked at as if it were
    given. An incident that ended before the data does is judged by the time that it lasted.
    """
    return judged_until_end(case, cache, lambda part: _find(part, topology, cache))


def _find(case: Case, topology: Topology, cache: ReferenceCache) -> Finding:
    references = distinct(case.references.values())
    at = case.at_unix_nano
    first = last = _look(case.telemetry, references, from_time(at) if at is not None else recent(case.telemetry), cache)
    onset = at
    if at is None and first.fused.strength >= SUSPECTED:
        onset = _dated(first, case.telemetry, cache)
        if onset is not None:
            again = _look(case.telemetry, references, from_time(onset - seconds(EARLIER_S)), cache)
            last = again if again.fused.incident else first
    incident = last.fused.incident or (at is not None and first.fused.strength >= REPORTED)
    shown: Evidence | None = None
    if not incident:
        front = worst_indicator(
            read_metrics(case.telemetry, cache),
            [read_metrics(reference, cache) for reference in references],
            since=first.window.metrics_since,
            before=first.window.metrics_before,
        )
        if front is not None and front.ratio >= 1:
            incident, onset = True, front.since if at is None else at
            if at is None:
                # The rows before the front fell are healthy: with them in the baseline rare requests can be judged.
                last = _look(case.telemetry, references, from_time(onset - seconds(EARLIER_S)), cache)
            last = _blame_front(last, front_service(topology), front)
            shown = front_evidence(front, last.fused.ranked())
    baseline = f"{len(references)} fault-free reference{'s' if len(references) > 1 else ''} of the same system"
    finding = finding_of(case, last, incident=incident, onset=onset, baseline=baseline, front=shown)
    finding = replace(finding, calibrated=True)
    finding = with_apart(finding, case, last, topology, cache)
    return replace(finding, unsaid=lambda kept: with_against(kept, case, last, cache))


def _dated(look: Look, telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    """Return when the leading evidence began (ns), else when calls began to fail; where neither has a date, but there
    is an incident, when most indicators changed.
    """
    service = look.fused.ranked()[0]
    onset = date_onset(look.seen, look.fused.lead, service, telemetry, cache)
    if onset is None:
        onset = failed_since(look.seen.failures, call_outcomes(read_visits(telemetry, cache).spans), service)
    return likeliest_onset(telemetry, cache) if onset is None and look.fused.incident else onset


def distinct(references: Iterable[Telemetry]) -> list[Telemetry]:
    """Return the references in their order, each object once."""
    return list({id(reference): reference for reference in references}.values())


def _look(telemetry: Telemetry, references: Sequence[Telemetry], window: Window, cache: ReferenceCache) -> Look:
    long = _long(references)
    null = structure_null(references, nested=window.since is None, cache=cache)
    thresholds = Thresholds(
        structure=null.threshold, tails=1.0 if long else float("inf"), spare=IDLE[MetricRole.CPU], idle=UNUSED
    )
    seen = observe(telemetry, references, window, cache, tails=long, short=null.short)
    return Look(window, seen, fuse(seen, thresholds), thresholds)


def _long(references: Sequence[Telemetry]) -> bool:
    """Tell whether the spans of the references cover enough time to know how many calls are late while all is well."""
    spans = [reference.spans for reference in references if len(reference.spans)]
    covered = sum(int(one["start_time_unix_nano"].max() - one["start_time_unix_nano"].min()) for one in spans)
    return covered >= seconds(LONG_S)


def _blame_front(look: Look, service: str, front: Indicator) -> Look:
    """Return the look with the front as the first suspect, unless another service shows at least half of a sign."""
    if not service or look.fused.strength >= REPORTED:
        return look
    ratios = {name: dict(own) for name, own in look.fused.ratios.items()}
    ratios.setdefault(service, dict.fromkeys(Sign, 0.0))[Sign.FAILURE] = front.ratio
    return replace(look, fused=rank(ratios, Sign))
