"""Finds services whose visits break the rules that held while the system was healthy (evidence S).

A rule is `in visits of this kind, when A happens then B happens (or: never happens)`. Rules are mined from the
baseline as association rules (Agrawal and Srikant, VLDB 1994) with confidence 0.9; a rule is broken when the
beta-binomial tail of the violations seen in the test is small. A trace, not a call, is the unit of counting, so a busy
trace cannot outvote the others. A broken visit below another broken visit explains it: the deepest one is blamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.rca.items import NOTHING, VisitTable
from workbench.rca.tail import upper_tail
from workbench.rca.visits import Flags, Floats, Ints, Texts

RARE = 0.1
"""A baseline share at or below this is `never`, at or above 1 - this is `always`."""
LEAST_TEST = 1.5
LEAST_BASE = 1.0
LEAST_BASE_VISITS = 1
LARGEST_P = 0.01
SHORT = "short:"
"""Item of a visit whose own time is far below what is usual: it left out some of its work."""
LEAST_SHARE = 0.5
"""Short visits that count less than this are not reported."""
EXPLAINS = 0.5
"""A broken visit explains those above it that are broken at most twice as strongly: a small one explains no large one.
"""
SHORT_SHARE, SHORT_QUANTILE = 0.5, 0.1
"""Far below: less than half of the healthy median, and than nine of ten healthy visits."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some visits of a table."""

    table: VisitTable
    keep: Flags


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that held in the baseline and does not in the test."""

    kind: str
    """Kind of visit: `service|operation`."""
    service: str
    novel: bool
    """True when `then` appears though it never did; False when it is missing though it always came."""
    given: str
    then: str
    p: float
    violations: float
    of: float
    base_violations: float
    base_of: float


@dataclass(slots=True)
class Structure:
    """What the search found. Scores are -log10 p x effect, per service."""

    scores: dict[str, float] = field(default_factory=dict)
    rules: list[BrokenRule] = field(default_factory=list)
    times: dict[str, Ints] = field(default_factory=dict)
    """Start times of the unexplained broken visits per service, sorted."""
    traces: dict[str, list[str]] = field(default_factory=dict)
    """Trace ids of the unexplained broken visits per service."""
    brief: dict[str, float] = field(default_factory=dict)
    """Largest strength of short visits per service, whether they count or not."""
    blamed_by: dict[str, str] = field(default_factory=dict)
    """Callee that is blamed for the visits of a caller -> that caller."""


def broken_rules(base: Sequence[Part], test: Part, short: Mapping[str, float] | None = None) -> Structure:
    """Compare the visits of `test` with those of `base`; pure, and independent of the order of visits.

    `short` gives, per service, how much its short visits count (0..1, 1 for services that are not in it). Load and
    caches make visits short as well, so without it they do not count at all.
    """
    joined = _join([*base, test])
    broken = _Broken(len(joined.kind))
    rules = [rule for kind in joined.by_kind() for rule in _search(joined, kind, broken)]
    rules.sort(key=lambda rule: (rule.p, rule.kind, rule.novel, rule.given, rule.then))
    hit = np.flatnonzero(broken.brief > 0)
    brief = pd.Series(broken.brief[hit]).groupby(joined.service[hit]).max()
    found = Structure(brief={str(service): float(value) for service, value in brief.items()})
    if short is None:
        found.rules = [rule for rule in rules if rule.then != SHORT]
    else:
        found.rules = [rule for rule in rules if rule.then != SHORT or short.get(rule.service, 1.0) >= LEAST_SHARE]
        share = np.array([short.get(str(service), 1.0) for service in joined.service[hit]])
        broken.strength[hit] = np.maximum(broken.strength[hit], share * broken.brief[hit])
    _blame(joined, broken, found)
    return found


@dataclass(slots=True)
class _Joined:
    """Visits of all parts, numbered anew; the last part is the test."""

    kind: Texts
    service: Texts
    trace: Ints
    is_test: Flags
    part: Ints
    start: Ints
    own_ms: Floats
    caller: Ints
    before_last: Texts
    weight: Floats
    trace_id: Texts
    item_visit: Ints
    item: Texts

    def by_kind(self) -> list[_Kind]:
        codes, kinds = pd.factorize(self.kind)
        of_item = codes[self.item_visit]
        order, item_order = np.argsort(codes, kind="stable"), np.argsort(of_item, kind="stable")
        edges = np.searchsorted(codes[order], np.arange(len(kinds) + 1))
        item_edges = np.searchsorted(of_item[item_order], np.arange(len(kinds) + 1))
        return [
            _Kind(str(name), order[edges[i] : edges[i + 1]], item_order[item_edges[i] : item_edges[i + 1]])
            for i, name in enumerate(kinds)
        ]


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    visits: Ints
    items: Ints


@dataclass(slots=True)
class _Broken:
    """Strength of the strongest broken rule per visit, and the callee after which the visit gave up."""

    size: int
    strength: Floats = field(init=False)
    brief: Floats = field(init=False)
    """The same for being short."""
    gave_up_after: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.strength, self.brief = np.zeros(self.size), np.zeros(self.size)


def _join(parts: Sequence[Part]) -> _Joined:
    columns: dict[str, list[Any]] = {name: [] for name in ("kind", "service", "trace", "start", "own", "before")}
    test, part_of, caller, item_visit, item = [], [], [], [], []
    offset = 0
    for number, part in enumerate(parts):
        table, keep = part.table, part.keep
        renumber = np.full(len(table), -1, dtype=np.int64)
        count = int(keep.sum())
        renumber[keep] = np.arange(offset, offset + count)
        for name, values in (
            ("kind", table.kind),
            ("service", table.service),
            ("trace", table.trace),
            ("start", table.start),
            ("own", table.own_ms),
            ("before", table.before_last),
        ):
            columns[name].append(values[keep])
        test.append(np.full(count, number == len(parts) - 1))
        part_of.append(np.full(count, number, dtype=np.int64))
        above = table.caller[keep]
        caller.append(np.where(above >= 0, renumber[np.maximum(above, 0)], -1) if len(table) else above)
        kept = keep[table.item_visit]
        item_visit.append(renumber[table.item_visit[kept]])
        item.append(table.item[kept])
        offset += count
    trace_id = np.concatenate(columns["trace"])
    trace = pd.factorize(trace_id)[0].astype(np.int64)
    kind, is_test = np.concatenate(columns["kind"]), np.concatenate(test)
    # The unit of counting is (kind, trace, side).
    unit = pd.DataFrame({"kind": pd.factorize(kind)[0], "trace": trace, "test": is_test})
    weight = 1.0 / unit.groupby(["kind", "trace", "test"])["kind"].transform("size").to_numpy(dtype=float)
    return _Joined(
        kind=kind,
        service=np.concatenate(columns["service"]),
        trace=trace,
        is_test=is_test,
        part=np.concatenate(part_of),
        start=np.concatenate(columns["start"]),
        own_ms=np.concatenate(columns["own"]),
        caller=np.concatenate(caller),
        before_last=np.concatenate(columns["before"]),
        weight=weight,
        trace_id=trace_id,
        item_visit=np.concatenate(item_visit),
        item=np.concatenate(item),
    )


def _search(joined: _Joined, kind: _Kind, broken: _Broken) -> list[BrokenRule]:
    """Return the broken rules of one kind of visit, one per consequence, and mark the visits that break them."""
    visits = kind.visits
    is_test = joined.is_test[visits]
    if is_test.sum() < 2 or (~is_test).sum() < LEAST_BASE_VISITS:
        return []
    row = np.searchsorted(visits, joined.item_visit[kind.items])
    codes, known = pd.factorize(joined.item[kind.items], sort=True)
    names = [*map(str, known), SHORT]
    present = np.zeros((len(visits), len(names)))
    present[row, codes] = 1.0
    present[:, -1] = _short(joined.own_ms[visits], joined.part[visits], is_test)
    weighted = present * joined.weight[visits][:, None]
    base = present[~is_test].T @ weighted[~is_test]
    test = present[is_test].T @ weighted[is_test]
    base_size, test_size = np.diag(base), np.diag(test)
    pair = (test_size[:, None] >= LEAST_TEST) & (base_size[:, None] >= LEAST_BASE - 1e-9)
    np.fill_diagonal(pair, False)
    pair[-1] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        share0, share1 = base / base_size[:, None], test / test_size[:, None]
    rules: list[BrokenRule] = []
    for novel, which in (
        (False, pair & (share0 >= 1 - RARE) & (share1 < 1 - 1e-9)),
        (True, pair & (share0 <= RARE) & (share1 > 1e-9)),
    ):
        given, then = np.nonzero(which)
        if not len(given):
            continue
        n0, n1 = base_size[given], test_size[given]
        k0 = base[given, then] if novel else n0 - base[given, then]
        k1 = test[given, then] if novel else n1 - test[given, then]
        for at, p in _strongest(then, n0, n1, k0, k1):
            a, b = given[at], then[at]
            effect = min(1.0, np.floor(k1[at] + 1e-6) / n1[at]) - min(1.0, k0[at] / n0[at])
            strength = -np.log10(p) * np.sqrt(max(0.0, effect))
            hit = visits[is_test & (present[:, a] > 0) & ((present[:, b] > 0) == novel)]
            then_name = names[b]
            where = broken.brief if then_name == SHORT else broken.strength
            where[hit] = np.maximum(where[hit], strength)
            if novel and then_name.startswith("end:") and then_name != f"end:{NOTHING}":
                for visit in hit.tolist():
                    broken.gave_up_after.setdefault(visit, then_name[4:])
            rules.append(
                BrokenRule(
                    kind=kind.name,
                    service=kind.name.split("|")[0],
                    novel=novel,
                    given=names[a],
                    then=then_name,
                    p=float(p),
                    violations=float(k1[at]),
                    of=float(n1[at]),
                    base_violations=float(k0[at]),
                    base_of=float(n0[at]),
                )
            )
    return rules


def _short(own_ms: Floats, part: Ints, is_test: Flags) -> Flags:
    """Tell which visits have an own time far below that of every part of the base: days differ in speed."""
    limits = []
    for number in np.unique(part[~is_test]):
        usual = own_ms[~is_test & (part == number)]
        limits.append(min(SHORT_SHARE * float(np.median(usual)), float(np.quantile(usual, SHORT_QUANTILE))))
    short: Flags = own_ms < min(limits)
    return short


def _strongest(then: Ints, n0: Floats, n1: Floats, k0: Floats, k1: Floats) -> list[tuple[int, float]]:
    """Return (position, p) of the least likely violation of each consequence, where p is small enough."""
    seen = np.floor(k1 + 1e-6)
    # A share that did not rise cannot be in the upper tail: leaving it out early saves most of the work.
    rose = np.flatnonzero((seen >= 1) & (seen * (n0 + 1.2) > (k0 + 0.2) * n1))
    if not len(rose):
        return []
    size = np.maximum(seen, np.floor(n1 + 0.5))
    p = upper_tail(seen[rose], size[rose], k0[rose], n0[rose])
    # Equal tails are told apart by size, never by name: renaming services must change nothing.
    order = np.lexsort((-n1[rose], -k1[rose], p, then[rose]))
    first = np.r_[True, np.diff(then[rose][order]) > 0]
    best = order[first]
    return [(int(rose[i]), float(p[i])) for i in best if p[i] < LARGEST_P]


def _blame(joined: _Joined, broken: _Broken, found: Structure) -> None:
    """Score the services by their broken visits that no broken visit below explains."""
    hit = np.flatnonzero(broken.strength > 0)
    below = np.zeros(len(broken.strength))
    above, strength = joined.caller[hit], broken.strength[hit]
    while (there := above >= 0).any():
        above, strength = above[there], strength[there]
        np.maximum.at(below, above, strength)
        above = joined.caller[above]
    explained = below >= EXPLAINS * broken.strength
    for service in pd.unique(joined.service[hit]):
        own = hit[joined.service[hit] == service]
        free = own[~explained[own]]
        if not len(free):
            found.scores[service] = 0.0
            continue
        found.scores[service] = float(broken.strength[free].max() * len(free) / len(own))
        found.times[service] = np.sort(joined.start[free])
        found.traces[service] = [
            str(trace) for trace in pd.unique(joined.trace_id[free[np.argsort(joined.start[free])]])
        ]
    _common_cause(joined, broken, explained, found)


def _common_cause(joined: _Joined, broken: _Broken, explained: Flags, found: Structure) -> None:
    """Blame the callee after which visits give up: several places of code point at it, one place points at the
    caller.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for visit, callee in broken.gave_up_after.items():
        if not explained[visit]:
            groups.setdefault((str(joined.service[visit]), callee), []).append(visit)
    own = dict(found.scores)
    count = pd.Series(joined.service[broken.strength > 0]).value_counts()
    for (caller, callee), visits in sorted(groups.items()):
        target = callee.split("|")[0]
        places = pd.Series([f"{joined.kind[visit]} {joined.before_last[visit]}" for visit in visits]).value_counts()
        several = int((places >= 2).sum())
        if target == caller or not several:
            continue
        blame = own[caller] * len(visits) / int(count[caller]) * (1.2 if several >= 2 else 0.8)
        if blame > found.scores.get(target, 0.0):
            found.scores[target] = blame
            found.blamed_by[target] = caller
