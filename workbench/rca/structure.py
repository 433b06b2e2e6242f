"""Finds services whose visits break the rules that held while the system was healthy (evidence S).

A rule is `in visits of this kind, when A happens then B happens (or: never happens)`. Rules are mined from the
baseline as association rules (Agrawal and Srikant, VLDB 1994) with confidence 0.9; a rule is broken when the
beta-binomial tail of the violations seen in the test is small. A trace, not a call, is the unit of counting, so a busy
trace cannot outvote the others. `blame` tells whose fault the broken visits are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.rca.blame import Blame, blame
from workbench.rca.columns import Flags, Floats, Ints
from workbench.rca.habits import Habits
from workbench.rca.items import NOTHING
from workbench.rca.joined import Joined, Part, join
from workbench.rca.tail import RARELY, Prior, upper_tail
from workbench.rca.visits import middle_of, quantile_of

RARE = 0.1
"""A baseline share at or below this is `never`, at or above 1 - this is `always`."""
MOSTLY, TURNED = 0.75, 0.5
"""What so large a part of the visits did, and at most half as many do now, is a habit that is broken, too: one that
is asked for where nothing clearer is wrong.
"""
LEAST_TEST = 1.5
LEAST_BASE_VISITS = 1
LARGEST_P = 0.01
SHORT = "short:"
"""Item of a visit whose own time is far below what is usual: it left out some of its work."""
LEAST_SHARE = 0.5
"""Short visits that count less than this are not reported."""
SHORT_SHARE, SHORT_QUANTILE = 0.5, 0.1
"""Far below: less than half of the healthy median, and than nine of ten healthy visits."""


class Doubt(NamedTuple):
    """What has to be seen of a rule before it holds."""

    prior: Prior
    least_base: float
    """Traces of the baseline in which the rule has to hold."""
    mostly: bool = False
    """Whether what visits mostly did counts as well."""


HABITS_HOLD = Doubt(RARELY, 1.0)
"""What was done once is a habit: there is an incident, and its first sign is looked for."""
NOTHING_KNOWN = Doubt((1.0, 1.0), 2.0)
"""Any share of broken rules is as likely as any other (Laplace's rule of succession), and once is no habit."""


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
class Structure(Blame):
    """What the search found. Scores are -log10 p x effect, per service."""

    rules: list[BrokenRule] = field(default_factory=list)
    brief: dict[str, float] = field(default_factory=dict)
    """Largest strength of short visits per service, whether they count or not."""


def broken_rules(
    base: Sequence[Part], test: Part, short: Mapping[str, float] | None = None, *, doubt: Doubt = HABITS_HOLD
) -> Structure:
    """Compare the visits of `test` with those of `base`; pure, and independent of the order of visits.

    `short` gives, per service, how much its short visits count (0..1, 1 for services that are not in it). Load and
    caches make visits short as well, so without it they do not count at all. `doubt` says what has to be
    seen of a rule before it holds.
    """
    joined = join([*base, test])
    broken = _Broken(len(joined.kind))
    rules = [rule for habits in joined.habits() for rule in _search(joined, habits, broken, doubt)]
    rules.sort(key=lambda rule: (rule.p, rule.kind, rule.novel, rule.given, rule.then))
    hit = np.flatnonzero(broken.brief > 0)
    brief = pd.Series(broken.brief[hit]).groupby(joined.service[hit]).max()
    if short is None:
        rules = [rule for rule in rules if rule.then != SHORT]
    else:
        rules = [rule for rule in rules if rule.then != SHORT or short.get(rule.service, 1.0) >= LEAST_SHARE]
        share = np.array([short.get(str(service), 1.0) for service in joined.service[hit]])
        broken.strength[hit] = np.maximum(broken.strength[hit], share * broken.brief[hit])
    found = blame(joined, broken.strength, broken.gave_up_after)
    return Structure(
        found.scores,
        found.times,
        found.traces,
        found.blamed_by,
        rules=rules,
        brief={str(service): float(value) for service, value in brief.items()},
    )


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


def _search(joined: Joined, habits: Habits, broken: _Broken, doubt: Doubt) -> list[BrokenRule]:
    """Return the broken rules of one kind of visit, one per consequence, and mark the visits that break them."""
    visits = habits.visits
    is_test = joined.is_test[visits]
    if is_test.sum() < 2 or (~is_test).sum() < LEAST_BASE_VISITS:
        return []
    habits = habits.with_item(SHORT, _short(joined.own_ms[visits], joined.part[visits], is_test))
    names, pattern, present = habits.items, habits.pattern, habits.present
    base, test = (
        present.T @ (present * np.bincount(pattern[side], joined.weight[visits][side], len(present))[:, None])
        for side in (~is_test, is_test)
    )
    base_size, test_size = np.diag(base), np.diag(test)
    pair = (test_size[:, None] >= LEAST_TEST) & (base_size[:, None] >= doubt.least_base - 1e-9)
    np.fill_diagonal(pair, False)
    pair[-1] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        share0, share1 = base / base_size[:, None], test / test_size[:, None]
    rules: list[BrokenRule] = []
    for novel, which in (
        (False, pair & (share1 < 1 - 1e-9) & held(share0, share1, doubt.mostly)),
        (True, pair & (share1 > 1e-9) & held(1 - share0, 1 - share1, doubt.mostly)),
    ):
        given, then = np.nonzero(which)
        if not len(given):
            continue
        n0, n1 = base_size[given], test_size[given]
        k0 = base[given, then] if novel else n0 - base[given, then]
        k1 = test[given, then] if novel else n1 - test[given, then]
        for at, p in _strongest(then, n0, n1, k0, k1, doubt.prior):
            a, b = given[at], then[at]
            effect = min(1.0, np.floor(k1[at] + 1e-6) / n1[at]) - min(1.0, k0[at] / n0[at])
            strength = -np.log10(p) * np.sqrt(max(0.0, effect))
            hit = visits[is_test & ((present[:, a] > 0) & ((present[:, b] > 0) == novel))[pattern]]
            then_name = names[b]
            where = broken.brief if then_name == SHORT else broken.strength
            where[hit] = np.maximum(where[hit], strength)
            if novel and then_name.startswith("end:") and then_name != f"end:{NOTHING}":
                for visit in hit.tolist():
                    broken.gave_up_after.setdefault(visit, then_name[4:])
            rules.append(
                BrokenRule(
                    kind=habits.kind,
                    service=habits.kind.split("|")[0],
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


def held(before: Floats, after: Floats, mostly: bool) -> Flags:
    """Tell which shares were a habit: nearly always, or `mostly` and now far less."""
    always: Flags = before >= 1 - RARE
    return always | ((before >= MOSTLY) & (after <= TURNED * before)) if mostly else always


def _short(own_ms: Floats, part: Ints, is_test: Flags) -> Flags:
    """Tell which visits have an own time far below that of every part of the base: days differ in speed."""
    limits = []
    for number in np.unique(part[~is_test]):
        usual = own_ms[~is_test & (part == number)]
        limits.append(min(SHORT_SHARE * middle_of(usual), quantile_of(usual, SHORT_QUANTILE)))
    short: Flags = own_ms < min(limits)
    return short


def _strongest(then: Ints, n0: Floats, n1: Floats, k0: Floats, k1: Floats, prior: Prior) -> list[tuple[int, float]]:
    """Return (position, p) of the least likely violation of each consequence, where p is small enough."""
    seen = np.floor(k1 + 1e-6)
    # A share that did not rise cannot be in the upper tail: leaving it out early saves most of the work.
    rose = np.flatnonzero((seen >= 1) & (seen * (n0 + sum(prior)) > (k0 + prior[0]) * n1))
    if not len(rose):
        return []
    size = np.maximum(seen, np.floor(n1 + 0.5))
    p = upper_tail(seen[rose], size[rose], k0[rose], n0[rose], prior)
    # Equal tails are told apart by size, never by name: renaming services must change nothing.
    order = np.lexsort((-n1[rose], -k1[rose], p, then[rose]))
    first = np.r_[True, np.diff(then[rose][order]) > 0]
    best = order[first]
    return [(int(rose[i]), float(p[i])) for i in best if p[i] < LARGEST_P]
