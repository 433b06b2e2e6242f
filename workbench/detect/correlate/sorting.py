"""Sorts signals by the rules of a user: what is suppressed, what opens or joins an incident, what waits. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.detect.correlate.conditions import holds
from workbench.detect.correlate.fingerprints import fields_of, fingerprint_of
from workbench.detect.correlate.rules import Rule
from workbench.facts.incident import Anomaly
from workbench.semconv import NANOS_PER_SECOND

Key = tuple[tuple[str, str], ...]
"""The fields a rule groups by, with their values."""


@dataclass(frozen=True, slots=True)
class Group:
    """Signals that a rule puts into one incident."""

    rule: Rule
    key: Key
    signals: list[Anomaly]
    incident_id: str = ""
    """The running incident that takes them; '' opens a new one."""

    def why(self) -> str:
        """Return the reason in words."""
        by = ", ".join(f"{name} {value or 'empty'}" for name, value in self.key)
        return f"rule {self.rule.name!r}" + (f" for {by}" if by else "")


@dataclass(slots=True)
class Sorted:
    """What became of the signals."""

    suppressed: dict[str, list[Anomaly]] = field(default_factory=dict)
    """By name of the rule."""
    groups: list[Group] = field(default_factory=list)
    held: dict[str, list[Anomaly]] = field(default_factory=dict)
    """Below a rule's threshold, or with no incident to join, by name of the rule."""
    rest: list[Anomaly] = field(default_factory=list)
    """Taken by no rule: the built-in grouping decides."""


def sort_signals(
    signals: Sequence[Anomaly], rules: Sequence[Rule], running: Mapping[str, tuple[str, Sequence[Anomaly]]]
) -> Sorted:
    """Sort signals of one data set; the first rule whose condition holds for a signal decides about it.

    Args:
        signals: Firing, in no incident; any order.
        rules: In the order in which they are asked.
        running: Incident -> (its fingerprint, its signals), of those that may still take more.
    """
    found = Sorted()
    taken: dict[str, list[Anomaly]] = defaultdict(list)
    for one in sorted(signals, key=lambda one: (one.time_unix_nano, one.anomaly_id)):
        values = fields_of(one)
        rule = next((rule for rule in rules if _in_time(rule, one) and holds(rule.when, values)), None)
        if rule is None:
            found.rest.append(one)
        else:
            taken[rule.name].append(one)
    for rule in rules:
        if rule.action == "suppress":
            found.suppressed |= {rule.name: taken[rule.name]} if taken[rule.name] else {}
            continue
        held: list[Anomaly] = []
        for key, same in _by_key(rule, taken[rule.name]).items():
            for episode in _episodes(same, rule):
                group = _group(rule, key, episode, running)
                if group is None:
                    held += episode
                else:
                    found.groups.append(group)
        found.held |= {rule.name: held} if held else {}
    return found


def fingerprint_by_rule(scope: str, rule: Rule, key: Key) -> str:
    """Return what signals of one incident of a rule have in common."""
    return "|".join([scope, f"rule:{rule.name}", *(value for _, value in key)])


def _in_time(rule: Rule, one: Anomaly) -> bool:
    seconds = one.time_unix_nano / NANOS_PER_SECOND
    return not ((rule.since and seconds < rule.since.timestamp()) or (rule.until and seconds >= rule.until.timestamp()))


def _by_key(rule: Rule, signals: Sequence[Anomaly]) -> dict[Key, list[Anomaly]]:
    found: dict[Key, list[Anomaly]] = {}
    for one in signals:
        found.setdefault(_key(rule, one), []).append(one)
    return found


def _key(rule: Rule, one: Anomaly) -> Key:
    values = fields_of(one)
    return tuple((name, str(values.get(name, ""))) for name in rule.group_by)


def _episodes(signals: Sequence[Anomaly], rule: Rule) -> list[list[Anomaly]]:
    found: list[list[Anomaly]] = []
    for one in signals:
        if found and one.time_unix_nano - found[-1][-1].time_unix_nano <= rule.within * NANOS_PER_SECOND:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _group(
    rule: Rule, key: Key, episode: list[Anomaly], running: Mapping[str, tuple[str, Sequence[Anomaly]]]
) -> Group | None:
    mark = fingerprint_by_rule(episode[0].scope, rule, key)
    near = []
    for incident_id, (fingerprint, inside) in running.items():
        if rule.action == "open":
            same = inside if fingerprint == mark else ()
        else:
            same = [one for one in inside if _key(rule, one) == key]
        gaps = [_gap(one.time_unix_nano, episode) for one in same]
        if gaps and min(gaps) <= rule.within * NANOS_PER_SECOND:
            near.append((min(gaps), incident_id))
    if near:
        return Group(rule, key, episode, min(near)[1])
    return Group(rule, key, episode) if rule.action == "open" and _enough(rule, episode) else None


def _gap(time: int, episode: list[Anomaly]) -> int:
    return max(episode[0].time_unix_nano - time, time - episode[-1].time_unix_nano, 0)


def _enough(rule: Rule, episode: list[Anomaly]) -> bool:
    """Tell whether so many different signals of so many services stand within the rule's time of one another."""
    reach = int(rule.within * NANOS_PER_SECOND)
    start = 0
    for end, last in enumerate(episode):
        while last.time_unix_nano - episode[start].time_unix_nano > reach:
            start += 1
        inside = episode[start : end + 1]
        if len({fingerprint_of(one) for one in inside}) >= rule.signals and (
            len({one.service_name for one in inside}) >= rule.services
        ):
            return True
    return False
