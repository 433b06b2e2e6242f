"""Finds which runs of signals belong together by time, call graph and log template, and says why. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.semconv import NANOS_PER_SECOND

FIRST_KIND = (IncidentKind.DOWNTIME, IncidentKind.ERROR, IncidentKind.LATENCY, IncidentKind.METRIC)
"""Of several kinds of trouble at one service, the likelier cause of the others comes first."""


@dataclass(slots=True)
class Episode:
    """Anomalies of one fingerprint without a long pause, in the order of time."""

    anomalies: list[Anomaly]
    incident_id: str = ""
    """The incident it goes on with; empty for a new one."""

    @property
    def start(self) -> int:
        """Time of the first, UTC nanoseconds."""
        return self.anomalies[0].time_unix_nano

    @property
    def end(self) -> int:
        """Time of the last, UTC nanoseconds."""
        return self.anomalies[-1].time_unix_nano

    @property
    def service_name(self) -> str:
        """The service of all of them."""
        return self.anomalies[0].service_name

    @property
    def kind(self) -> IncidentKind:
        """The kind of all of them."""
        return self.anomalies[0].kind

    @property
    def templates(self) -> set[str]:
        """Log templates behind them."""
        return {one.template for one in self.anomalies if one.template}

    def order(self) -> tuple[int, int, str]:
        """Return what sorts likelier causes first."""
        return FIRST_KIND.index(self.kind), self.start, self.anomalies[0].anomaly_id


@dataclass(frozen=True, slots=True)
class Join:
    """Why an episode belongs to the one that leads its incident."""

    root: Episode
    by: str
    """time, topology or template."""
    why: str


def episodes_of(free: Iterable[Anomaly], near: int) -> list[Episode]:
    """Return the runs of signals of one service and kind with no pause longer than `near`, in nanoseconds."""
    by_print: dict[tuple[str, str, IncidentKind], list[Anomaly]] = defaultdict(list)
    for one in sorted(free, key=lambda one: (one.time_unix_nano, one.anomaly_id)):
        by_print[one.scope, one.service_name, one.kind].append(one)
    found: list[Episode] = []
    for same in by_print.values():
        found.append(Episode([same[0]]))
        for one in same[1:]:
            if one.time_unix_nano - found[-1].end <= near:
                found[-1].anomalies.append(one)
            else:
                found.append(Episode([one]))
    return found


def goes_on(episode: Episode, running: Sequence[Episode], near: int) -> tuple[str, int]:
    """Return the nearest incident with signals of the same service and kind, and the pause; ("", 0) if none is near."""
    gaps = []
    for other in running:
        same = [
            one.time_unix_nano
            for one in other.anomalies
            if (one.service_name, one.kind) == (episode.service_name, episode.kind)
        ]
        if same:
            gap = max(min(same) - episode.end, episode.start - max(same), 0)
            gaps.append((gap, other.incident_id))
    gap, incident_id = min(gaps, default=(near + 1, ""))
    return (incident_id, gap) if gap <= near else ("", 0)


def leading(running: Iterable[Episode]) -> list[Episode]:
    """Return running incidents as episodes of the services that are in them."""
    found = []
    for episode in running:
        by_service: dict[str, list[Anomaly]] = defaultdict(list)
        for one in episode.anomalies:
            by_service[one.service_name].append(one)
        found += [Episode(part, episode.incident_id) for part in by_service.values()]
    return found


def joins(episodes: Sequence[Episode], callers: dict[str, set[str]], near: int) -> dict[int, Join]:
    """Return for each episode, by `id`, the one that its trouble most likely comes from, and why.

    Below an episode are the services that its service calls, abnormal at the same time; then likelier kinds of trouble
    of the same service; then services whose log lines have the same template.
    """
    below: dict[int, list[Episode]] = {}
    reasons: dict[int, tuple[str, str]] = {}
    span = f"within {near / NANOS_PER_SECOND:g} s"
    for episode in episodes:
        others = [other for other in episodes if other is not episode and _overlap(episode, other, near)]
        called = [other for other in others if episode.service_name in callers.get(other.service_name, ())]
        earlier = [other for other in others if other.order() < episode.order()]
        same = [other for other in earlier if other.service_name == episode.service_name]
        alike = [other for other in earlier if other.templates & episode.templates]
        below[id(episode)] = called or same or alike
        reasons[id(episode)] = _reason(episode, called, same, alike, span)
    reach = {id(episode): _reach(episode, below) for episode in episodes}
    found: dict[int, Join] = {}
    for episode in episodes:
        # The lowest ones: whatever they reach reaches them again. An incident that runs already takes more first.
        lowest = [
            one for one in reach[id(episode)].values() if all(id(one) in reach[other] for other in reach[id(one)])
        ]
        root = min(lowest, key=lambda one: (not one.incident_id, one.order()))
        found[id(episode)] = Join(root, *reasons[id(episode)])
    return found


def callers_of(edges: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the callers of each service."""
    found: dict[str, set[str]] = defaultdict(set)
    for caller, callee in edges:
        found[callee].add(caller)
    return found


def _reason(
    episode: Episode, called: list[Episode], same: list[Episode], alike: list[Episode], span: str
) -> tuple[str, str]:
    if called:
        names = ", ".join(sorted({one.service_name for one in called}))
        return "topology", f"{episode.service_name} calls {names}, abnormal {span} as well"
    if same:
        kinds = ", ".join(sorted({one.kind.value for one in same}))
        return "time", f"{episode.service_name} had trouble of kind {kinds} {span} as well"
    if alike:
        shared = min(set().union(*(one.templates for one in alike)) & episode.templates)
        names = ", ".join(sorted({one.service_name for one in alike}))
        return "template", f"{names} logged the same {span}: {shared[:120]}"
    return "time", f"no abnormal service below {episode.service_name or 'it'} {span}"


def _reach(episode: Episode, below: dict[int, list[Episode]]) -> dict[int, Episode]:
    seen = {id(episode): episode}
    waiting = [episode]
    while waiting:
        for other in below[id(waiting.pop())]:
            if id(other) not in seen:
                seen[id(other)] = other
                waiting.append(other)
    return seen


def _overlap(one: Episode, other: Episode, near: int) -> bool:
    return one.start <= other.end + near and other.start <= one.end + near
