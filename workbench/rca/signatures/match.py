"""Matches signatures against telemetry: what fits, where, since when, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from workbench.facts.diagnosis import Action, FailureMode
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.telemetry import Telemetry
from workbench.rca.signatures.conditions import hits_of, log_patterns
from workbench.rca.signatures.hits import Hit, Owner, base_of
from workbench.rca.signatures.model import Condition, Signature
from workbench.rca.signatures.rank import in_causal_order, without_repeats
from workbench.rca.signatures.series import is_any_meant
from workbench.rca.signatures.tables import Seen
from workbench.rca.signatures.words import clock, closed, fill
from workbench.semconv import NANOS_PER_SECOND

STALE_S = 2 * 3600
"""What was last seen so long before the newest data, and is no present state, is over."""
QUIET_S = 300
MOST_EVIDENCE = 12
MOST_NAMES = 4
_NAMES = frozenset(("quota", "volume", "claim", "secret", "configmap", "certificate", "host", "topic", "queue"))
"""Names of groups whose value names a thing: whoever complains of the same thing has the same trouble."""


@dataclass(slots=True)
class _Fit:
    """A signature at one owner."""

    owner: Owner
    leads: list[Hit]
    others: list[Hit]
    met: int
    """How many conditions are met beyond the one that was needed."""
    excluded: list[tuple[Condition, Hit]] = field(default_factory=list)

    @property
    def hits(self) -> list[Hit]:
        return [*self.leads, *self.others]


class Matcher:
    """The hits of all conditions on one case; each is looked for once."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self._found: dict[Condition, list[Hit]] = {}

    def hits(self, condition: Condition) -> list[Hit]:
        """Return all hits of a condition."""
        if condition not in self._found:
            self._found[condition] = hits_of(condition, self.seen)
        return self._found[condition]

    def near(self, condition: Condition, owner: Owner) -> list[Hit]:
        """Return the hits of a condition that are about an owner, in the sense of the condition's `of`."""
        is_meant: Callable[[Hit], bool] = {
            "subject": lambda hit: hit.owner.is_kin(owner),
            "siblings": lambda hit: hit.owner.is_sibling(owner),
            "anywhere": lambda hit: True,
        }[condition.of]
        return [hit for hit in self.hits(condition) if is_meant(hit)]


def find_failure_modes(
    telemetry: Telemetry,
    signatures: Sequence[Signature],
    *,
    around: tuple[int, int] | None = None,
    least_severity: int = 0,
) -> list[FailureMode]:
    """Return the known failure modes that fit, causes before consequences, those that are over last.

    Args:
        telemetry: What was seen; states count as present.
        signatures: What to look for.
        around: Only logs, events and metrics of this time, in UTC nanoseconds; None takes all.
        least_severity: Log lines that are known to be less grave are left out.
    """
    conditions = [condition for one in signatures for condition in _conditions(one)]
    is_asked_for = partial(is_any_meant, [one for one in conditions if one.about in ("metric", "absent_metric")])
    matcher = Matcher(Seen(telemetry, tuple(log_patterns(conditions)), is_asked_for, least_severity, around))
    found = [pair for one in signatures if one.is_matched() for pair in _modes(one, matcher)]
    return in_causal_order(without_repeats(found), {one.id: one for one in signatures})


def _conditions(signature: Signature) -> Iterable[Condition]:
    yield from signature.match.conditions()
    yield from signature.over_when
    for one in signature.rules_out:
        yield from (*one.with_, *one.without)


def _modes(signature: Signature, matcher: Matcher) -> list[tuple[FailureMode, frozenset[str]]]:
    """Return the modes of a signature, each with what made it fit."""
    fits = [fit for owner in _owners(signature, matcher) if (fit := _fit(signature, owner, matcher))]
    groups: list[list[_Fit]] = []
    for fit in fits:
        there = next((own for own in groups if any(_is_one_trouble(fit, other) for other in own)), None)
        if there is None:
            groups.append([fit])
        else:
            there.append(fit)
    return [
        (mode, frozenset(hit.evidence.summary for fit in own for hit in fit.leads))
        for own in groups
        if (mode := _mode(signature, own, matcher)) is not None
    ]


def _is_one_trouble(fit: _Fit, other: _Fit) -> bool:
    """Tell whether two fits are one trouble: of one service, or with a captured name in common, such as a quota's."""
    if bool(fit.excluded) != bool(other.excluded):
        return False
    mine, others = base_of(fit.owner.service), base_of(other.owner.service)
    if fit.owner.kind != "node" and other.owner.kind != "node" and mine and mine == others:
        return True
    named = {value for hit in fit.leads for name, value in hit.values.items() if name in _NAMES}
    return bool(named & {value for hit in other.leads for name, value in hit.values.items() if name in _NAMES})


def _owners(signature: Signature, matcher: Matcher) -> list[Owner]:
    """Return each owner that the signature may fit at, once; the narrowest of those that are one thing."""
    leads = signature.match.any or signature.match.all[:1]
    found: dict[str, Owner] = {}
    for condition in leads:
        for hit in matcher.hits(condition):
            there = found.get(hit.owner.name)
            if there is None or (len(hit.owner.objects), hit.owner.node) > (len(there.objects), there.node):
                found[hit.owner.name] = hit.owner
    return list(found.values())


def _fit(signature: Signature, owner: Owner, matcher: Matcher) -> _Fit | None:
    match = signature.match
    alternatives = [hits for one in match.any if (hits := matcher.near(one, owner))]
    needed = [matcher.near(one, owner) for one in match.all]
    if (match.any and not alternatives) or not all(needed):
        return None
    further = [hits for one in match.supports if (hits := matcher.near(one, owner))]
    leads = [hit for hits in (alternatives or needed[:1]) for hit in hits]
    shown = [hits for one, hits in zip(match.all, needed, strict=True) if not one.quiet]
    others = [hit for hits in [*(shown if alternatives else shown[1:]), *further] for hit in hits]
    excluded = [(one, hits[0]) for one in match.none if (hits := matcher.near(one, owner))]
    return _Fit(owner, leads, others, max(0, len(alternatives) - 1) + len(further), excluded)


def _mode(signature: Signature, fits: list[_Fit], matcher: Matcher) -> FailureMode | None:
    first = max(fits, key=_telling)
    if first.excluded and not any(condition.says for condition, _ in first.excluded):
        return None
    values = _values(signature, first, fits)
    over = _over(signature, first, values, matcher)
    seen = [hit for hit in first.hits if hit.first]
    others = (fit.owner for fit in fits if fit is not first and fit.owner.objects)
    named = [owner.name for owner in others if _level(owner) == _level(first.owner) and owner.name != first.owner.name]
    sentence = closed(fill(signature.explains, values) or f"{signature.title}: {first.owner.name}")
    if named:
        sentence += f" The same holds for {', '.join(named[:MOST_NAMES])}{' and more' if named[MOST_NAMES:] else ''}."
    return FailureMode(
        signature_id=signature.id,
        title=signature.title,
        category=signature.category,
        role=signature.role,
        subject=first.owner.name,
        subject_kind=_level(first.owner),
        service_name=first.owner.service,
        namespace=first.owner.namespace,
        confidence=_confidence(signature, first.met),
        first_seen_unix_nano=min((hit.first for hit in seen), default=None),
        last_seen_unix_nano=max((hit.last for hit in seen), default=None),
        active=not over,
        sentence=sentence,
        over=over,
        evidence=_evidence(first, fits),
        ruled_out=[] if over else _ruled_out(signature, first.owner, values, matcher),
        fault_types=[signature.fault_type] if signature.fault_type else list(signature.match.fault_types),
        steps=[] if over else _steps(signature, first.owner),
    )


def _level(owner: Owner) -> str:
    return "pod" if owner.kind == "container" else owner.kind


def _telling(fit: _Fit) -> tuple[int, bool, int]:
    return fit.met, bool(fit.owner.objects), len(fit.hits)


def _confidence(signature: Signature, met: int) -> float:
    """Return the weight, and half of what is missing to certainty for each further condition that is met."""
    return round(min(0.99, 1 - (1 - signature.weight) * 0.5**met), 3)


def _values(signature: Signature, fit: _Fit, fits: list[_Fit]) -> dict[str, str]:
    found: dict[str, str] = {}
    for hit in reversed(fit.hits):
        found |= {name: value for name, value in hit.values.items() if value}
    dated = [hit for hit in fit.leads if hit.first] or [hit for hit in fit.hits if hit.first]
    owner = fit.owner
    container = owner.container or next((hit.owner.container for hit in fit.hits if hit.owner.container), "")
    return found | {
        "subject": owner.name,
        "service": owner.service or owner.name,
        "namespace": owner.namespace or next((hit.owner.namespace for hit in fit.hits if hit.owner.namespace), ""),
        "title": signature.title,
        "count": str(max((hit.count for hit in fit.leads), default=1)),
        "first": clock(min((hit.first for hit in dated), default=0)),
        "last": clock(max((hit.last for hit in dated), default=0)),
        "node": owner.node or next((hit.owner.node for hit in fit.hits if hit.owner.node), ""),
        "container": container,
        "others": str(len(fits) - 1) if len(fits) > 1 else "",
    }


def _over(signature: Signature, fit: _Fit, values: dict[str, str], matcher: Matcher) -> str:
    """Say why what was seen is no present failure; '' when it is one."""
    for condition, hit in fit.excluded:
        if condition.says:
            return (
                fill(condition.says, {**hit.values, **values})
                or f"{signature.title} at {fit.owner.name} is no failure."
            )
    last = max((hit.last for hit in fit.leads if hit.last), default=0)
    for condition in signature.over_when:
        for hit in matcher.near(condition, fit.owner):
            # A state is how things are now; what is dated has to come after what it is said to end.
            if hit.evidence.kind is EvidenceKind.STATE or (last and hit.first > last):
                more = {**values, **{name: value for name, value in hit.values.items() if value}}
                return fill(signature.over_says, more) or f"{signature.title} at {fit.owner.name} has ended."
    if said := _is_past(fit, matcher.seen):
        return said
    if last and not any(hit.now for hit in fit.hits) and matcher.seen.end - last > STALE_S * NANOS_PER_SECOND:
        hours = (matcher.seen.end - last) / NANOS_PER_SECOND / 3600
        return f"{signature.title} at {fit.owner.name} was last seen {hours:.0f} h before the newest data: it is over."
    return ""


def _is_past(fit: _Fit, seen: Seen) -> str:
    """Say that a pod is being removed, or that it is ready now and only old events complain; '' when neither holds."""
    pods = [state for state in seen.states if state.owner.kind == "pod" and state.name in fit.owner.objects]
    if not pods:
        return ""
    if any(state.attribute == "metadata.deletionTimestamp" and state.value for state in pods):
        return f"Pod {pods[0].name} is terminating (it is being deleted): what is seen there is not a current failure."
    ready = any(state.attribute == "status.conditions.Ready" and state.value == "True" for state in pods)
    last = max((hit.last for hit in fit.leads), default=0)
    # A probe may fail now and then while the pod counts as ready; only when it has been quiet for a while is it over.
    quiet = seen.end - last > QUIET_S * NANOS_PER_SECOND
    events = [hit.evidence for hit in fit.leads]
    if ready and all(one.kind is EvidenceKind.EVENT and (quiet or " Unhealthy " not in one.summary) for one in events):
        return f"Pod {pods[0].name} is Running and Ready now: the events are past, there is no active failure."
    return ""


def _evidence(first: _Fit, fits: list[_Fit]) -> list[Evidence]:
    found: dict[str, Evidence] = {}
    for fit in [first, *(one for one in fits if one is not first)]:
        for hit in fit.hits:
            found.setdefault(hit.evidence.summary, hit.evidence)
    return list(found.values())[:MOST_EVIDENCE]


def _ruled_out(signature: Signature, owner: Owner, values: dict[str, str], matcher: Matcher) -> list[str]:
    said = []
    for one in signature.rules_out:
        held = [matcher.near(condition, owner) for condition in one.with_]
        if not all(held) or any(matcher.near(c, owner) or not _is_looked_at(c, matcher.seen) for c in one.without):
            continue
        more = {name: value for hits in held for hit in hits for name, value in hit.values.items()}
        if sentence := fill(one.says, {**more, **values}):
            said.append(sentence)
    return said


def _is_looked_at(condition: Condition, seen: Seen) -> bool:
    """Tell whether there is data in which the condition could have been seen: absence of data rules nothing out."""
    tables = {"log": seen.telemetry.logs, "event": seen.telemetry.events, "state": seen.telemetry.states}
    return len(tables.get(condition.about, seen.telemetry.metrics)) > 0


def _steps(signature: Signature, owner: Owner) -> list[Action]:
    return [
        Action(title=step.title, why=f"{signature.title}: {owner.name}", risk=step.risk, command=step.command)
        for step in signature.steps
    ]
