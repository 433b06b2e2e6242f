"""Says what speaks against a suspect: what stayed healthy, what began later, who is not affected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.telemetry import Case
from workbench.rca.cache import ReferenceCache
from workbench.rca.failures import call_outcomes
from workbench.rca.findings import WORDS, Look
from workbench.rca.fuse import Sign
from workbench.rca.items import read_visits
from workbench.rca.narrate import Span, with_unit
from workbench.rca.narrate_use import own_values, spread_of
from workbench.rca.observe import Observation
from workbench.rca.onset import date_onset
from workbench.rca.report import Finding
from workbench.rca.series import Reading
from workbench.rca.windows import Window, seconds
from workbench.semconv import MetricRole, Table

NEAR = 4
"""Ranks that are told about: others are no near suspects."""
MOST = 2
LATER_S = 15.0
"""Onsets closer than this may be the same."""
WITHIN = 0.3
"""A resource below this share of the largest healthy value, and within two spreads, stayed healthy."""
SPREADS = 2.0
LEAST_CALLS = 10
MOST_NAMES = 3
SLOWER, LATER, FAIL_MORE = 1.3, 1.5, 0.02
"""Calls are as ever while their median and 95 % quantile stay below so many times the usual, and their failures within
so much of the usual share: whatever the reason of it, nobody would say of slower ones that they are well.
"""


def with_against(finding: Finding, case: Case, look: Look, cache: ReferenceCache) -> Finding:
    """Return the finding with at most two statements against each of the first causes of an incident."""
    if not finding.incident:
        return finding
    extent = case.telemetry.extent() or (0, 0)
    span = Span(look.window.since if look.window.since is not None else look.window.metrics_since, extent[1] + 1)
    near = list(finding.scores)[:NEAR]
    evidence, edges = dict(finding.evidence), _edges(look.seen)
    outcomes = call_outcomes(read_visits(case.telemetry, cache).spans)
    for place, service in enumerate(near):
        found: list[Evidence] = []
        if place and not finding.apart:
            found += [
                *_began_later(finding, look, case, service, near[0], cache),
                *_others_well(edges, outcomes, look.window, service, near[0], span),
            ]
        if not place:
            found += _callers_well(edges, outcomes, look.window, service, span)
        if place or look.fused.lead is not Sign.RESOURCE:
            found += _calm_processor(look.seen, service, span)
        evidence[service] = [*evidence.get(service, ()), *found[:MOST]]
    return replace(finding, evidence=evidence)


def _began_later(
    finding: Finding, look: Look, case: Case, service: str, first: str, cache: ReferenceCache
) -> Iterable[Evidence]:
    """Say that the strongest evidence of a service began after that of the first cause."""
    own = look.fused.ratios.get(service, {})
    sign = max(own, key=lambda one: own[one], default=None)
    start = finding.first_seen.get(first)
    if start is None and look.fused.lead is not None:
        start = date_onset(look.seen, look.fused.lead, first, case.telemetry, cache)
    if sign is None or own[sign] < 1 or start is None:
        return
    begun = date_onset(look.seen, sign, service, case.telemetry, cache)
    if begun is None or begun - start < seconds(LATER_S):
        return
    yield Evidence(
        kind=_KIND.get(sign, EvidenceKind.STRUCTURE),
        service_name=service,
        summary=f"Its {WORDS[sign]} began {(begun - start) / seconds(1):.0f} s after the trouble of {first}.",
        supports=False,
        observed_unix_nano=begun,
        selection=Selection(
            table=Table.METRICS if sign in (Sign.RESOURCE, Sign.SATURATION) else Table.SPANS,
            start_unix_nano=begun,
            equals={"service_name": service},
        ),
    )


_KIND = {
    Sign.RESOURCE: EvidenceKind.RESOURCE,
    Sign.SATURATION: EvidenceKind.RESOURCE,
    Sign.NETWORK: EvidenceKind.NETWORK,
    Sign.LATENCY: EvidenceKind.LATENCY,
    Sign.ERRORS: EvidenceKind.ERROR,
    Sign.FAILURE: EvidenceKind.ERROR,
}


def _edges(seen: Observation) -> pd.DataFrame:
    """Return the edges with enough calls, with what is wrong with any of them: slow or failing."""
    frames = [one.edges for one in [*seen.network[:1], seen.failures, seen.tails] if len(one.edges)]
    if not frames:
        return pd.DataFrame()
    edges = pd.concat([frame[["caller", "callee", "slow", "calls"]] for frame in frames])
    edges = edges.groupby(["caller", "callee"], as_index=False).agg(slow=("slow", "max"), calls=("calls", "max"))
    return edges[edges["calls"] >= LEAST_CALLS]


def _felt(edges: pd.DataFrame, outcomes: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return those of the edges whose calls take longer than usual for the caller, or end with an error more often."""
    own = outcomes.merge(edges[["caller", "callee"]], on=["caller", "callee"])
    before = own[own["time"] < (window.spans_before or window.since or 0)]
    after = own[own["time"] >= (window.since or 0)]
    now, usual = (
        part.groupby(["caller", "callee"]).agg(
            median=("ms", "median"), top=("ms", lambda ms: ms.quantile(0.95)), errors=("error", "mean")
        )
        for part in (after, before)
    )
    both = now.join(usual.add_suffix("_usual"), how="inner")
    worse = (
        (both["median"] > SLOWER * both["median_usual"])
        | (both["top"] > LATER * both["top_usual"])
        | (both["errors"] > both["errors_usual"] + FAIL_MORE)
    )
    return both[worse].reset_index()[["caller", "callee"]]


def _others_well(
    edges: pd.DataFrame, outcomes: pd.DataFrame, window: Window, service: str, first: str, span: Span
) -> Iterable[Evidence]:
    """Say that a caller's calls to others than the first cause are as ever: its trouble comes from there."""
    if not len(edges):
        return
    own = edges[edges["caller"] == service]
    to_first, others = own[own["callee"] == first], own[own["callee"] != first]
    if not to_first["slow"].any() or not len(others) or others["slow"].any() or len(_felt(others, outcomes, window)):
        return
    names = [str(name) for name in others.sort_values("calls", ascending=False, kind="stable")["callee"]]
    yield Evidence(
        kind=EvidenceKind.TOPOLOGY,
        service_name=service,
        summary=f"Calls of {service} that do not go to {first} (to {_few(names)}) are neither slower nor fail more.",
        supports=False,
        value=float(others["calls"].sum()),
        unit="{call}",
        selection=_calls(service, names, span),
    )


def _callers_well(
    edges: pd.DataFrame, outcomes: pd.DataFrame, window: Window, service: str, span: Span
) -> Iterable[Evidence]:
    """Say which callers of the first cause do not suffer, though others do."""
    if not len(edges):
        return
    own = edges[edges["callee"] == service]
    well = own[~own["slow"].astype(bool)]
    if not own["slow"].any() or not len(well):
        return
    well = well[~well["caller"].isin(_felt(well, outcomes, window)["caller"])]
    if not len(well):
        return
    names = [str(name) for name in well.sort_values("calls", ascending=False, kind="stable")["caller"]]
    calls = _calls(names[0], [service], span)
    yield Evidence(
        kind=EvidenceKind.TOPOLOGY,
        service_name=service,
        summary=f"Calls from {_few(names)} to {service} are neither slower nor fail more.",
        supports=False,
        value=float(well["calls"].sum()),
        unit="{call}",
        selection=calls.model_copy(update={"equals": {}, "one_of": {**calls.one_of, "service_name": names}}),
    )


def _calm_processor(seen: Observation, service: str, span: Span) -> Iterable[Evidence]:
    """Say that the processor of a service stayed within what is healthy."""
    own = [use for use in seen.resources.uses if use.source.service == service and use.metric.role is MetricRole.CPU]
    if not own or any(use.ratio >= WITHIN or use.value > use.median + SPREADS * use.spread for use in own):
        return
    use = max(own, key=lambda one: one.value)
    value, baseline, unit = own_values(use)
    plain = use.metric.reading is Reading.PLAIN
    spread = f" (spread {spread_of(use)})" if plain else ""
    yield Evidence(
        kind=EvidenceKind.RESOURCE,
        service_name=service,
        summary=(
            f"{use.metric.label} of {service} stayed within what is healthy: at {'most' if plain else 'least'} "
            f"{with_unit(value, unit)}; usual is {with_unit(baseline, unit)}{spread}."
        ),
        supports=False,
        strength=round(use.ratio, 3),
        value=use.value if plain else value,
        baseline=use.median if plain else baseline,
        unit=use.metric.unit,
        selection=Selection(
            table=Table.METRICS,
            start_unix_nano=span.start,
            end_unix_nano=span.end,
            equals={"service_name": service, "metric_name": use.metric.name, "statistic": use.metric.statistic},
        ),
    )


def _calls(caller: str, callees: list[str], span: Span) -> Selection:
    return Selection(
        table=Table.SPANS,
        start_unix_nano=span.start,
        end_unix_nano=span.end,
        equals={"service_name": caller},
        one_of={"peer_service_name": callees},
    )


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
