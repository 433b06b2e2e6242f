"""Diagnoses a case without any reference: its own time before the onset is what is healthy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.against import with_against
from workbench.rca.apart import with_apart
from workbench.rca.cache import ReferenceCache
from workbench.rca.calibrate import split_scores
from workbench.rca.changepoint import EARLIER_BUCKETS, LEAST_PRE_S, Change, find_change
from workbench.rca.changes import changed_services, changes_near
from workbench.rca.ended import judged_until_end
from workbench.rca.enough import ONLY_SYMPTOM
from workbench.rca.findings import Look, finding_of
from workbench.rca.fuse import Sign, Thresholds, fuse
from workbench.rca.habit_onset import habit_onset
from workbench.rca.items import VisitTable, read_visits
from workbench.rca.line_patterns import with_line_patterns
from workbench.rca.loaded import without_load
from workbench.rca.logerrors import burst_onset
from workbench.rca.metric_table import read_metrics
from workbench.rca.observe import observe
from workbench.rca.onset import date_onset
from workbench.rca.own_structure import own_structures
from workbench.rca.peers import add_peers, short_past
from workbench.rca.quiet import went_quiet
from workbench.rca.report import Finding
from workbench.rca.resource_onset import CLEARLY, resource_onset
from workbench.rca.symptoms import first_changed
from workbench.rca.topology import read_topology
from workbench.rca.weak_signs import REPORTED, loud_errors, weak_signs
from workbench.rca.windows import GUARD_S, Window, from_time, seconds
from workbench.semconv import NANOS_PER_SECOND

LEAST_TEST_S = 10.0
GUARD_SHARE = 0.2
"""The guard band takes this share of the time before the onset at most."""
LEAST_STRUCTURE = 3.0
STRUCTURE_MARGIN = 1.5
FEW_HABITS = 100
"""The least threshold of broken habits holds for so many of them (pairs of a kind of visit and what happens in it)."""
LATENCY, SHORT_LATENCY = 0.5, 3.0
SHORT_GAPS = 1.5
EDGES = 2.0
"""A case's own minutes are few and may hold other incidents, so minutes of an edge must differ more."""
SPARE, IDLE = 0.8, 0.6
"""With so much of a processor in use at most, work waits little for it, or not at all."""
FAR = 0.2
NOTICED_LATE_S = 900.0
ABOUT_AS_STRONG = 0.8
HABIT_APART_S = 30.0
NOTICED_BUCKETS = 2
"""So many buckets after a change of the indicators what is noticed is that change."""
SYMPTOM_RIVAL = 0.7
TRACED_SHARE = 0.5
TRACED_AT = (0.3, 0.5)
"""Shares of the time that has traces at which the case is looked at; steps are looked for around them."""
LOUD = 0.8
"""Requests that always fail count as an incident that nobody dated when there are nearly as many as count in full."""


def find_by_own_past(case: Case, cache: ReferenceCache) -> Finding | str:
    """Return the finding, or the reason why the data is too little for one. An incident that ended before the data
    does is judged by the time that it lasted.
    """
    return judged_until_end(case, cache, lambda part: _find(part, cache))


def _find(case: Case, cache: ReferenceCache) -> Finding | str:
    extent = case.telemetry.extent()
    if extent is None:
        return "No row of this case has a time."
    if case.at_unix_nano is not None:
        return _look_at_given(case, extent, case.at_unix_nano, cache)
    traced = _traced_time(case.telemetry, extent)
    if traced is not None:
        return _look_where_traced(case, extent, traced, cache)
    change = find_change(case.telemetry, read_metrics(case.telemetry, cache), read_visits(case.telemetry, cache).spans)
    at = change.at_unix_nano if change is not None else (extent[0] + extent[1]) // 2
    noticed = _noticed(case, change)
    found = _look_at(case, extent, at if noticed is None else noticed, cache, dated=noticed is not None)
    if change is not None and change.earlier_unix_nano is not None:
        found = _first_of(_look_at(case, extent, change.earlier_unix_nano, cache), found)
    # Steps that requests leave out move no indicator, and what does move at another time may be much weaker.
    habit = habit_onset(own_visits(case.telemetry, cache), extent)
    if habit is not None and abs(habit - at) > seconds(HABIT_APART_S):
        broken = _look_at(case, extent, habit, cache, dated=True)
        found = _first_of(broken, found) if habit < at else _first_of(found, broken)
    if isinstance(found, Finding) and not found.incident:
        # A resource that fills up slowly moves no indicator at any one time.
        filled = resource_onset(case.telemetry, extent, cache)
        burst, quiet = burst_onset(case.telemetry, cache), went_quiet(case.telemetry, cache)
        others = [filled] if filled is not None else [] if habit is not None else _elsewhere(extent, at)
        for later in [*(one for one in (burst, quiet) if one is not None), *others]:
            again = _look_at(case, extent, later, cache)
            if isinstance(again, Finding) and again.incident:
                return again
        mostly = habit_onset(own_visits(case.telemetry, cache), extent, mostly=True) if habit is None else None
        if mostly is not None:
            again = _look_at(case, extent, mostly, cache, dated=True, mostly=True)
            # One more look is one more chance of a false alarm.
            if isinstance(again, Finding) and again.incident and again.strength >= CLEARLY:
                return again
    return found


def _noticed(case: Case, change: Change | None) -> int | None:
    """Return when something was noticed, if that is when the indicators changed, which are only known in buckets."""
    if change is None:
        return None
    until = change.at_unix_nano + (EARLIER_BUCKETS + NOTICED_BUCKETS) * change.width
    return min((time for time in case.noticed_unix_nano if change.at_unix_nano <= time <= until), default=None)


def _first_of(earlier: Finding | str, found: Finding | str) -> Finding | str:
    """Return the earlier finding when it is an incident about as strong: what broke first drags others later."""
    if isinstance(found, str) or isinstance(earlier, str) or not earlier.incident:
        return found if isinstance(found, Finding) else earlier
    as_strong = np.log2(1 + earlier.strength) >= ABOUT_AS_STRONG * np.log2(1 + found.strength)
    return earlier if as_strong or not found.incident else found


def _traced_time(telemetry: Telemetry, extent: tuple[int, int]) -> tuple[int, int] | None:
    """Return the time of the spans, when they cover only a small part of the case: the traces were kept for what they
    show, and an incident outside of them would be another one.
    """
    time = telemetry.spans["start_time_unix_nano"]
    if not len(time):
        return None
    start, end = int(time.min()), int(time.max())
    small = end - start < TRACED_SHARE * (extent[1] - extent[0])
    return (start, end) if small and end - start >= seconds(LEAST_PRE_S) else None


def _look_where_traced(
    case: Case, extent: tuple[int, int], traced: tuple[int, int], cache: ReferenceCache
) -> Finding | str:
    """Return the finding of the strongest look inside of the time that has traces."""
    best: tuple[float, Finding] | None = None
    found: Finding | str = "No time of this case has enough data before and after it."
    for share in TRACED_AT:
        found = _look_at(case, extent, int(traced[0] + share * (traced[1] - traced[0])), cache)
        if isinstance(found, Finding):
            strength = found.strength * (1 + found.incident)
            if best is None or strength > best[0]:
                best = (strength, found)
    if best is not None and not best[1].incident:
        # Who kept the traces of a few minutes suspected them, as if a time had been named.
        loud = _look_at(case, extent, int(traced[0] + TRACED_AT[0] * (traced[1] - traced[0])), cache, loud=True)
        return loud if isinstance(loud, Finding) and loud.incident else best[1]
    return best[1] if best else found


def _look_at_given(case: Case, extent: tuple[int, int], at: int, cache: ReferenceCache) -> Finding | str:
    """Return the finding at the time that was given, or at a burst of error lines that began a little before it."""
    found = _look_at(case, extent, at, cache)
    if isinstance(found, Finding) and (not found.incident or found.strength < 1):
        # People name the time at which they noticed it; errors of before would then pass for healthy.
        burst = burst_onset(case.telemetry, cache)
        if burst is not None and 0 < at - burst <= seconds(NOTICED_LATE_S):
            earlier = _look_at(case, extent, burst, cache)
            return earlier if isinstance(earlier, Finding) and earlier.incident else found
    return found


def _elsewhere(extent: tuple[int, int], at: int) -> list[int]:
    """Return the middle of the case if the time that was tried is far from it: broken habits may move no indicator."""
    middle, whole = (extent[0] + extent[1]) // 2, extent[1] - extent[0]
    return [middle] if abs(at - middle) > FAR * whole else []


def _look_at(
    case: Case,
    extent: tuple[int, int],
    at: int,
    cache: ReferenceCache,
    *,
    dated: bool = False,
    loud: bool = False,
    mostly: bool = False,
) -> Finding | str:
    """Return what the time `at` shows; `dated` means that something began just then, and not at about that time.
    `loud` makes an incident of requests that fail whenever they are seen, `mostly` counts what visits mostly did.
    """
    short = too_short(extent, at)
    if short:
        return short
    before = (at - extent[0]) / NANOS_PER_SECOND
    # An onset that nobody named is known to about a minute: rows of the fault would widen what is healthy.
    exact = dated or case.at_unix_nano is not None
    window = from_time(at, guard_s=min(GUARD_S, GUARD_SHARE * before), exact=exact)
    changed = changed_services(changes_near(case.telemetry.events, at))
    given = case.at_unix_nano is not None
    look = look_back(case.telemetry, window, cache, changed, named=given, mostly=mostly)
    baseline = f"the {before:.0f} s of this case before the onset"
    shown = None
    if given and not look.fused.incident:
        look, shown = weak_signs(case.telemetry, look, cache)
    incident = look.fused.incident or (given and look.fused.strength >= REPORTED)
    if loud and not incident:
        look, shown = loud_errors(case.telemetry, look, cache)
        incident = shown is not None and look.fused.strength >= LOUD
    onset = case.at_unix_nano if case.at_unix_nano is not None else at if incident else None
    if incident and case.at_unix_nano is None and not dated:
        onset = _dated(case.telemetry, look, at, cache) or at
    finding = finding_of(case, look, incident=incident, onset=onset, baseline=baseline, front=shown)
    if not look.seen.traced and look.fused.lead is Sign.LATENCY:
        # Callers of a slow service are slow as well, and without spans nobody knows who waits for whom.
        strength = min(finding.strength, 1.0)
        finding = replace(
            finding,
            strength=strength,
            runner_up=max(min(finding.runner_up, strength), SYMPTOM_RIVAL * strength),
            missing=[*finding.missing, ONLY_SYMPTOM],
        )
    topology = read_topology(case.telemetry, [], read_metrics(case.telemetry, cache), cache)
    finding = with_apart(finding, case, look, topology, cache)
    return replace(finding, unsaid=lambda kept: with_against(kept, case, look, cache))


def _dated(telemetry: Telemetry, look: Look, at: int, cache: ReferenceCache) -> int | None:
    """Return when the leading lines or metrics changed, which is finer than the buckets of the indicators."""
    seen, lead, service = look.seen, look.fused.lead, look.fused.ranked()[0]
    short = short_past(telemetry, look.window, cache)
    burst = date_onset(seen, lead, service, telemetry, cache) if short or lead is Sign.ERRORS else None
    if burst is not None or seen.traced:
        return burst
    uses = {
        Sign.RESOURCE: seen.resources.uses,
        Sign.SATURATION: seen.saturation.uses,
        Sign.ERRORS: seen.errors.uses,
        Sign.LATENCY: seen.slowness.uses,
    }
    return first_changed(uses.get(lead, []), service, read_metrics(telemetry, cache), at) if lead else None


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


def look_back(
    telemetry: Telemetry,
    window: Window,
    cache: ReferenceCache,
    changed: Collection[str] = (),
    *,
    named: bool = True,
    mostly: bool = False,
) -> Look:
    """Return what the window shows against the case's own past; `named` means that somebody named its time."""
    short = short_past(telemetry, window, cache)
    seen = observe(telemetry, [], window, cache, rules=False)
    seen.latency = without_load(seen, read_visits(telemetry, cache), window)
    if seen.traced and window.since is not None:
        own_structures(seen, own_visits(telemetry, cache), window.since, around=short, named=named, mostly=mostly)
    if short:
        add_peers(seen, telemetry, window, cache)
    # How much habits differ by chance is asked for only where some are broken.
    broken = any(score > 0 for score in seen.structure.values())
    thresholds = own_thresholds(telemetry, window, cache, short=short, named=named, broken=broken)
    return Look(window, seen, fuse(seen, thresholds, changed), thresholds)


def own_thresholds(
    telemetry: Telemetry,
    window: Window,
    cache: ReferenceCache,
    *,
    short: bool = False,
    named: bool = True,
    broken: bool = True,
) -> Thresholds:
    """Return thresholds from splits of the time before the onset; a `short` one makes no one sure of latencies.
    Unless habits are `broken`, that of habits is the least there is.

    Where nobody named the time, the largest of many habits is looked at: the more there are, the further one of them
    goes by chance.
    """
    table = own_visits(telemetry, cache)
    scores = split_scores(table, table.end < (window.since or 0), halves=not short) if broken else []
    chance = 0.0 if named else np.log10(max(1.0, cache.get("habits", [telemetry], table.habits) / FEW_HABITS))
    structure = max(LEAST_STRUCTURE + chance, STRUCTURE_MARGIN * max(scores, default=0.0))
    return Thresholds(
        structure=structure,
        gaps=SHORT_GAPS if short else 1.0,
        edges=EDGES,
        tails=1.0,
        latency=SHORT_LATENCY if short else LATENCY,
        sure_filling=1.5,
        spare=SPARE,
        idle=IDLE,
        slowness=1.0,
        latency_leads=not short,
    )


def own_visits(telemetry: Telemetry, cache: ReferenceCache) -> VisitTable:
    """Return the visits with the patterns of their lines; they count because both sides come from one reading."""
    return cache.get("own_visits", [telemetry], lambda: with_line_patterns(read_visits(telemetry, cache)))
