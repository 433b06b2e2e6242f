"""Gathers all evidence of one window: the test's spans, logs and metrics against their baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.clocks import clock_gaps, wrong_clocks
from workbench.rca.columns import Flags
from workbench.rca.downtime import Downtime, gone
from workbench.rca.edge_groups import all_of
from workbench.rca.edge_series import edge_gaps
from workbench.rca.failures import call_outcomes, failed_calls
from workbench.rca.impatience import repeated_calls
from workbench.rca.items import VisitTable, read_visits
from workbench.rca.joined import Part
from workbench.rca.latency import LEAST_TEST, OwnLatency, own_times, slower_work
from workbench.rca.logerrors import LogErrors, error_bursts
from workbench.rca.metric_table import read_metrics
from workbench.rca.network import Network, Usual, heavy_tails, slow_network, span_gaps
from workbench.rca.pools import with_limits
from workbench.rca.quiet import stopped_lines
from workbench.rca.resources import Resources, busy_resources, is_hard, is_loss, is_soft
from workbench.rca.statements import SlowStatement, slow_statement
from workbench.rca.structure import Structure, broken_rules
from workbench.rca.symptoms import symptoms
from workbench.rca.untraced import by_share_of_failures, without_requests
from workbench.rca.windows import Window

LEAST_PRE_SPANS = 50
LEAST_TEST_SPANS = 20
LEAST_CALLS = 10
"""Against a long baseline own latency may lead, so a few slow spans must not do."""

ALONE = 0.5
"""Short visits count half against one day: it does not show how much days differ in speed. That is enough to date them
and to look again, with the time before as a second day.
"""


@dataclass(slots=True)
class Observation:
    """Everything that was seen in one window; scores are not yet divided by their thresholds."""

    structures: list[Structure] = field(default_factory=list)
    structure: dict[str, float] = field(default_factory=dict)
    """Mean of the structures' scores."""
    network: list[Network] = field(default_factory=list)
    statement: SlowStatement | None = None
    """The one statement that makes a store slow."""
    gaps: dict[str, float] = field(default_factory=dict)
    """Largest network score of the windows."""
    edge_network: Network = field(default_factory=Network)
    tails: Network = field(default_factory=Network)
    failures: Network = field(default_factory=Network)
    clocks: Network = field(default_factory=Network)
    retries: Network = field(default_factory=Network)
    """Calls made again because their caller gave up too early."""
    latency: OwnLatency = field(default_factory=OwnLatency)
    resources: Resources = field(default_factory=Resources)
    """Processor, memory, disk."""
    saturation: Resources = field(default_factory=Resources)
    """Connections, threads, queues."""
    losses: Resources = field(default_factory=Resources)
    """Messages that the network lost."""
    slowness: Resources = field(default_factory=Resources)
    """Metrics of latency."""
    errors: Resources = field(default_factory=Resources)
    """Metrics of errors."""
    downtime: Downtime = field(default_factory=Downtime)
    log_errors: LogErrors = field(default_factory=LogErrors)
    traced: frozenset[str] = frozenset()
    """Services whose spans were compared: they tell better than lines what a service does."""
    test_spans: int = 0
    base_spans: int = 0


@dataclass(frozen=True)
class _Side:
    """Visits of one telemetry, with the spans that belong to the chosen visits; what they are like is computed once."""

    table: VisitTable
    visits: Flags
    spans: Flags

    @classmethod
    def of(cls, table: VisitTable, visits: Flags) -> _Side:
        number = np.full(len(table.spans), -1, dtype=np.int64)
        number[table.entry] = np.arange(len(table))
        return cls(
            table, visits, visits[number[table.spans.visit]] if len(table.spans) else np.zeros(0, dtype=np.bool_)
        )

    @classmethod
    def whole(cls, table: VisitTable) -> _Side:
        return cls.of(table, np.ones(len(table), dtype=np.bool_))

    def __len__(self) -> int:
        return int(self.spans.sum())

    def part(self) -> Part:
        return Part(self.table, self.visits)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        return span_gaps(self.table.spans, self.spans)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        return call_outcomes(self.table.spans, self.spans)

    @cached_property
    def clock_gaps(self) -> pd.DataFrame:
        return clock_gaps(self.table.spans, self.spans)

    @cached_property
    def times(self) -> pd.DataFrame:
        return own_times(self.table.spans, self.spans)


@dataclass(frozen=True)
class _Baseline:
    """The healthy visits that a test is compared with; what they are like is computed once."""

    sides: tuple[_Side, ...]

    @classmethod
    def of(cls, references: Sequence[Telemetry], cache: ReferenceCache) -> _Baseline:
        tables = [read_visits(reference, cache) for reference in references]
        return cls(tuple(_Side.whole(table) for table in tables if len(table)))

    @cached_property
    def gaps(self) -> pd.DataFrame:
        return all_of([side.gaps for side in self.sides])

    @cached_property
    def usual(self) -> Usual:
        return Usual.of(self.gaps)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        return all_of([side.outcomes for side in self.sides])

    @cached_property
    def clock_gaps(self) -> pd.DataFrame:
        return all_of([side.clock_gaps for side in self.sides])

    @cached_property
    def times(self) -> pd.DataFrame:
        return pd.concat([side.times for side in self.sides])


def observe(
    telemetry: Telemetry,
    references: Sequence[Telemetry],
    window: Window,
    cache: ReferenceCache,
    *,
    tails: bool = True,
    rules: bool = True,
    short: Mapping[str, float] | None = None,
) -> Observation:
    """Return what the window shows. The references' spans and the case's own earlier spans are the baseline.

    `tails` asks for shares of late calls as well, which need a long baseline. `rules` asks for those that visits break,
    and `short` says how much short visits count (see `broken_rules`).
    """
    seen = Observation()
    observe_spans(seen, telemetry, references, window, cache, tails=tails, rules=rules, short=short)
    seen.log_errors = error_bursts(telemetry, references, window, cache)
    metrics = read_metrics(telemetry, cache)
    known = [read_metrics(reference, cache) for reference in references]
    seen.resources, seen.saturation, seen.losses = (
        busy_resources(metrics, known, since=window.metrics_since, before=window.metrics_before, of=chosen)
        for chosen in (is_hard, is_soft, is_loss)
    )
    seen.saturation = replace(seen.saturation, uses=with_limits(seen.saturation.uses, metrics))
    seen.slowness, seen.errors = symptoms(metrics, known, since=window.metrics_since, before=window.metrics_before)
    extent = telemetry.extent()
    if window.since is not None and extent:
        seen.downtime = gone(
            metrics,
            since=window.since,
            before=window.metrics_before,
            until=extent[1],
            stopped=stopped_lines(telemetry, cache),
        )
    if not seen.traced:
        since = window.metrics_since if window.since is None else window.since
        seen.errors = by_share_of_failures(seen.errors, metrics, since, window.metrics_before)
        unasked, silences = without_requests(metrics, since, window.metrics_before)
        seen.downtime = replace(
            seen.downtime, scores=unasked | seen.downtime.scores, silences=[*seen.downtime.silences, *silences]
        )
    gaps = edge_gaps(metrics)
    later, earlier = gaps[gaps["time"] >= window.edges_since], gaps[gaps["time"] < window.metrics_before]
    healthy = cache.get("edge_gaps", references[:1], lambda: edge_gaps(known[0])) if known else earlier
    seen.edge_network = slow_network(healthy, later, series=True)
    return seen


def observe_spans(
    seen: Observation,
    telemetry: Telemetry,
    references: Sequence[Telemetry],
    window: Window,
    cache: ReferenceCache,
    *,
    tails: bool,
    rules: bool = True,
    short: Mapping[str, float] | None = None,
) -> None:
    """Add what spans and logs show to `seen`."""
    case = read_visits(telemetry, cache)
    after = np.ones(len(case), dtype=np.bool_) if window.since is None else case.start >= window.since
    test = _Side.of(case, after)
    known = [reference for reference in references if len(reference.spans) >= LEAST_PRE_SPANS]
    base = cache.get("baseline", known, lambda: _Baseline.of(known, cache)) if known else _Baseline(())
    bases = [base] if base.sides else []
    if window.since is not None:
        own = _Side.of(case, case.end < (window.spans_before or window.since))
        if len(own) >= LEAST_PRE_SPANS:
            bases.append(_Baseline((*base.sides, own)))
    seen.test_spans = len(test)
    seen.base_spans = max((sum(map(len, one.sides)) for one in bases), default=0)
    if not bases or len(test) < LEAST_TEST_SPANS:
        return
    seen.traced = frozenset(str(service) for service in np.unique(case.service[after].astype(str)))
    start = case.start[after]
    for one in bases:
        for share in window.nested:
            chosen = (
                _later_traces(case, after, int(start.min() + share * (start.max() - start.min()))) if share else test
            )
            if len(chosen) < LEAST_TEST_SPANS:
                continue
            if rules:
                briefly = short if len(one.sides) > 1 else _alone(short, seen.traced)
                seen.structures.append(broken_rules([side.part() for side in one.sides], chosen.part(), briefly))
            if one is bases[0]:
                seen.network.append(slow_network(one.usual, chosen.gaps))
                # A clock that went wrong late in the case is right in the median of the whole.
                clocks = wrong_clocks(one.clock_gaps, chosen.clock_gaps)
                seen.clocks = max(seen.clocks, clocks, key=lambda found: max(found.scores.values(), default=0.0))
    if seen.network:
        seen.statement = slow_statement(seen.network[0].edges, test.gaps)
    _calls(seen, bases[0], test, tails)
    seen.structure = _mean([found.scores for found in seen.structures])
    for network in seen.network:
        for service, score in network.scores.items():
            seen.gaps[service] = max(seen.gaps.get(service, 0.0), score)


def _alone(short: Mapping[str, float] | None, services: Iterable[str]) -> dict[str, float] | None:
    """Return how much the short visits of the services count when there is one day to compare with."""
    return None if short is None else {name: ALONE * short.get(name, 1.0) for name in services}


def _calls(seen: Observation, base: _Baseline, test: _Side, tails: bool) -> None:
    """Add what the calls of the whole test show."""
    if tails:
        seen.tails = heavy_tails(base.gaps, base.usual, test.gaps)
    outcomes = base.outcomes, test.outcomes
    seen.failures, seen.retries = failed_calls(*outcomes), repeated_calls(*outcomes)
    seen.latency = slower_work(base.times, test.times, least_calls=LEAST_CALLS if tails else LEAST_TEST)


def _later_traces(case: VisitTable, after: Flags, since: int) -> _Side:
    """Return the test's visits of traces that have a visit from `since` on."""
    late = set(case.trace[after & (case.start >= since)])
    return _Side.of(case, after & np.array([trace in late for trace in case.trace], dtype=np.bool_))


def _mean(scores: Sequence[dict[str, float]]) -> dict[str, float]:
    services = {service for found in scores for service in found}
    return {service: sum(found.get(service, 0.0) for found in scores) / len(scores) for service in services}
