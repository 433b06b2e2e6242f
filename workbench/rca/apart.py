"""Tells two faults at once from one fault and its victims.

Another service is a cause of its own when it leads a kind of evidence that the first one does not show, and no call
leads from it to the first, by which the trouble could have come up; or when its trouble clearly began before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.changes import Changed, changed_services, changes_near
from workbench.rca.failures import call_outcomes, failed_since
from workbench.rca.faulttype import fault_type
from workbench.rca.findings import WORDS, Look
from workbench.rca.fuse import FELT, SURE, SYMPTOMS, UNCONFIRMED, Fused, Sign, filling_services
from workbench.rca.items import read_visits
from workbench.rca.observe import Observation
from workbench.rca.onset import date_onset
from workbench.rca.report import Finding
from workbench.rca.topology import Topology
from workbench.rca.windows import seconds
from workbench.semconv import NANOS_PER_SECOND

LEADING = (Sign.CLOCK, Sign.RESOURCE, Sign.ABSENCE, Sign.NETWORK, Sign.FAILURE, Sign.STRUCTURE)
"""Kinds of evidence that can name a cause of their own; the others only confirm."""
OF_CODE = (Sign.FAILURE, Sign.STRUCTURE)
ENDS = (Sign.CLOCK, Sign.RETRIES, Sign.ABSENCE, Sign.FAILURE, Sign.STRUCTURE, Sign.ERRORS)
"""What makes calls end differently, and so their callers do something else."""
OF_LOAD = (Sign.RESOURCE, Sign.NETWORK, Sign.SATURATION)
"""What many more calls do to whoever gets them."""
LEAST = 2.0
SHARE_OF_FIRST = 0.4
"""Doublings of the other's evidence, as a share of those of the first: what is far smaller may be a side effect."""
CONFIRMED = 2
ALIKE = 0.3
"""Of two services that run hot, the weaker one counts when it is at least this part as far off."""
EARLIER_S = 15.0
MOST = 1
ROLLED_OUT_S = 60.0
"""What a change broke shows so soon after it; what began later has another reason."""


@dataclass(frozen=True, slots=True)
class Apart:
    """One cause that stands for itself."""

    service: str
    sign: Sign
    ratio: float
    onset_unix_nano: int | None
    """When its own evidence began, where that can be dated."""


def set_apart(
    seen: Observation,
    fused: Fused,
    topology: Topology,
    telemetry: Telemetry,
    cache: ReferenceCache,
    changed: Mapping[str, Changed],
) -> list[Apart]:
    """Return the first cause and at most one other that stands for itself, the earlier first; [] for a single cause.

    `changed` are changes on record: what broke in the code of such a service is dated by its change.
    """
    if fused.lead is None or not fused.incident:
        return []
    first = fused.ranked()[0]
    start = _began(seen, fused.lead, first, telemetry, cache, changed)
    found = []
    for service, sign, ratio in _candidates(fused, first):
        onset = _began(seen, sign, service, telemetry, cache, changed)
        before = onset is not None and start is not None and start - onset > seconds(EARLIER_S)
        if _waits_in_caller(service, sign, first, fused, topology):
            continue
        if before or not _may_come_from(service, sign, first, fused, topology, _burdened(seen, first)):
            found.append(Apart(service, sign, ratio, onset))
    found = sorted(found, key=lambda one: -one.ratio)[:MOST]
    if not found:
        return []
    both = [Apart(first, fused.lead, fused.strength, start), *found]
    dated = all(one.onset_unix_nano is not None for one in both)
    later = dated and (both[0].onset_unix_nano or 0) - (both[1].onset_unix_nano or 0) > seconds(EARLIER_S)
    return both[::-1] if later else both


def with_apart(finding: Finding, case: Case, look: Look, topology: Topology, cache: ReferenceCache) -> Finding:
    """Return the finding with two causes that stand for themselves, where there are two; else as it is."""
    if not finding.incident or not look.fused.incident:
        return finding
    changed = changed_services(changes_near(case.telemetry.events, finding.onset_unix_nano))
    both = set_apart(look.seen, look.fused, topology, case.telemetry, cache, changed)
    if not both:
        filling = filling_services(look.seen)
        burdened = _burdened(look.seen, look.fused.ranked()[0])
        return with_second(finding, next_suspect(look.fused, topology, filling, changed, burdened=burdened))
    names = [one.service for one in both]
    top = max(finding.scores.values())
    scores = {names[0]: top, names[1]: 0.999 * top}
    scores |= {name: min(score, 0.99 * top) for name, score in finding.scores.items() if name not in names}
    onsets = {one.service: one.onset_unix_nano for one in both if one.onset_unix_nano is not None}
    onset = finding.onset_unix_nano
    if not finding.onset_given and onset is not None:
        onset = min(onset, *onsets.values()) if onsets else onset
    logs = case.telemetry.logs
    logs = logs[logs["time_unix_nano"] >= (look.window.since or look.window.metrics_since)]
    types = {
        one.service: fault_type(
            look.seen, replace(look.fused, lead=one.sign), one.service, logs, changed.get(one.service)
        )
        for one in both
    }
    return replace(
        finding,
        reason=f"{_sentence(both, topology, names)} {finding.reason}",
        scores=scores,
        onset_unix_nano=onset,
        fault_types={**finding.fault_types, **types},
        first_seen={**finding.first_seen, **onsets},
        apart={one.service: one.ratio for one in both},
    )


def next_suspect(
    fused: Fused,
    topology: Topology,
    filling: Collection[str] = (),
    changed: Collection[str] = (),
    *,
    burdened: str = "",
) -> str:
    """Return the service for which most speaks that the first cause does not show and cannot have brought about; ''
    when nothing goes beyond what is healthy. It is too little for a second fault, and the next to be looked at.

    `filling` are services whose disk or memory fills up, which needs no confirmation here; `burdened` is the store that
    the first cause keeps busy. Where all that is seen may
    come from the first cause, one of the `changed` services with symptoms is next.
    """
    first = fused.ranked()[0]
    best = (0.0, "")
    for service in fused.ranked()[1:]:
        own = {sign: ratio for sign, ratio in fused.ratios[service].items() if _is_its_own(fused, service, sign, first)}
        fills = fused.ratios[service][Sign.RESOURCE] if service in filling else 0.0
        if fills >= LEAST / UNCONFIRMED:
            own[Sign.RESOURCE] = fills
        sign = max(own, key=lambda sign: own[sign], default=Sign.LATENCY)
        if own and (
            _is_merely_late(service, sign, first, fused)
            or not _may_come_from(service, sign, first, fused, topology, burdened)
        ):
            best = max(best, (_doublings(own.values()), service), key=lambda one: one[0])
    for service in () if best[1] else fused.ranked()[1:]:
        felt = [ratio for sign in SYMPTOMS if (ratio := fused.ratios[service][sign]) >= 1]
        if service in changed and felt:
            best = max(best, (_doublings(felt), service), key=lambda one: one[0])
    return best[1]


def _is_merely_late(service: str, sign: Sign, first: str, fused: Fused) -> bool:
    """Tell whether a service does something else than before while the first cause is only late: answers that come late
    change nothing of what its callers do, as long as no call fails.
    """
    ends = max(fused.ratios[first][other] for other in ENDS)
    failing = max(fused.ratios[service][other] for other in (Sign.FAILURE, Sign.ERRORS))
    return sign is Sign.STRUCTURE and max(ends, failing) < FELT


def _doublings(ratios: Iterable[float]) -> float:
    return float(sum(np.log2(1 + ratio) for ratio in ratios))


def with_second(finding: Finding, service: str) -> Finding:
    """Return the finding with this service in the second place; as it is where there is none, or where it is first."""
    order = list(finding.scores)
    if not service or service in order[:2]:
        return finding
    top = finding.scores[order[0]]
    scores = {order[0]: top, service: 0.999 * top}
    scores |= {name: min(score, 0.99 * top) for name, score in finding.scores.items() if name not in scores}
    return replace(finding, scores=scores)


def _is_its_own(fused: Fused, service: str, sign: Sign, first: str) -> bool:
    """Tell whether a service shows a sign that can name a cause, beyond what is healthy and more than the first one."""
    ratio = fused.ratios[service][sign]
    return sign in LEADING and ratio >= 1 and ratio > fused.ratios[first][sign]


def _sentence(both: Sequence[Apart], topology: Topology, names: Sequence[str]) -> str:
    """Say that there are two faults, and which services suffer from which."""
    parts = []
    for one in both:
        since = ""
        if one.onset_unix_nano is not None:
            since = f" since {datetime.fromtimestamp(one.onset_unix_nano / NANOS_PER_SECOND, UTC):%H:%M:%S} UTC"
        way = topology.path_up(one.service, names)[1:]
        felt = f", felt in {', '.join(way)}" if way else ""
        parts.append(f"{one.service} ({WORDS[one.sign]}{since}{felt})")
    return f"Two faults at once that do not explain each other: {parts[0]} and {parts[1]}."


def _candidates(fused: Fused, first: str) -> Iterable[tuple[str, Sign, float]]:
    """Give services that lead another kind of evidence, or share the one of resources, with their strongest kind."""
    strongest: dict[str, tuple[Sign, float]] = {}
    whole = np.log2(1 + fused.strength)
    for sign in LEADING:
        ratio, service = max(((own[sign], name) for name, own in fused.ratios.items()), default=(0.0, ""))
        hot = sign is Sign.RESOURCE and fused.lead is Sign.RESOURCE
        if service == first:
            if not hot:
                continue
            ratio, service = max(
                ((own[sign], name) for name, own in fused.ratios.items() if name != first), default=(0.0, "")
            )
            if ratio < max(SURE, ALIKE * fused.strength):
                continue
        # Several kinds of evidence that the first one does not show confirm each other, however strong that one is.
        confirmed = sum(_is_its_own(fused, service, own, first) for own in LEADING) >= CONFIRMED if service else False
        if ratio >= LEAST and (confirmed or np.log2(1 + ratio) >= SHARE_OF_FIRST * whole):
            known = strongest.get(service)
            if known is None or ratio > known[1]:
                strongest[service] = (sign, ratio)
    return [(service, sign, ratio) for service, (sign, ratio) in strongest.items()]


def _burdened(seen: Observation, first: str) -> str:
    """Return the store that a statement of the first cause keeps busy; '' where there is none."""
    return seen.statement.store if seen.statement is not None and seen.statement.caller == first else ""


def _waits_in_caller(service: str, sign: Sign, first: str, fused: Fused, topology: Topology) -> bool:
    """Tell whether calls to a service may be late because their caller, the first cause, waits for its own processor:
    it then reads each answer late. Rows of metrics date that a row later than spans do, so the time tells nothing.
    """
    own = fused.ratios[first]
    busy = own[Sign.RESOURCE] >= 1 and own[Sign.LATENCY] >= 1
    return sign is Sign.NETWORK and busy and service in topology.callees.get(first, frozenset())


def _may_come_from(service: str, sign: Sign, first: str, fused: Fused, topology: Topology, burdened: str = "") -> bool:
    """Tell whether the evidence of a service may be an effect of the first one: trouble goes up to callers, also to
    those of a store that the first one keeps busy, and calls that changed go down.
    """
    if sign in OF_LOAD and fused.ratios[first][Sign.RETRIES] >= 1 and service in topology.below(first):
        # Calls that are made again and again keep all busy that lies behind them.
        return True
    if sign is Sign.RESOURCE:
        waits = bool({first, burdened} & topology.callees.get(service, frozenset()))
        return fused.ratios[service][sign] < SURE and waits
    below_it = topology.below(service)
    above = first in below_it or (burdened != "" and burdened in below_it)
    below = service in topology.callees.get(first, frozenset())
    changed = fused.ratios[first][Sign.STRUCTURE] >= 1 or fused.ratios[first][Sign.FAILURE] >= 1
    return above or (below and changed)


def _began(
    seen: Observation,
    sign: Sign,
    service: str,
    telemetry: Telemetry,
    cache: ReferenceCache,
    changed: Mapping[str, Changed],
) -> int | None:
    """Return when the evidence of a service began: with its change, if it did not begin much later than that."""
    shown = _onset(seen, sign, service, telemetry, cache)
    if sign not in OF_CODE or service not in changed:
        return shown
    if sign is Sign.FAILURE:
        shown = failed_since(seen.failures, call_outcomes(read_visits(telemetry, cache).spans), service)
    at = changed[service].time_unix_nano
    return at if shown is None or shown - at <= seconds(ROLLED_OUT_S) else shown


def _onset(seen: Observation, sign: Sign, service: str, telemetry: Telemetry, cache: ReferenceCache) -> int | None:
    if sign is Sign.ABSENCE:
        return next((silence.since for silence in seen.downtime.silences if silence.service == service), None)
    return date_onset(seen, sign, service, telemetry, cache)
