"""Puts anomalies that belong together into incidents. Anomalies are kept as they are, so a grouping can be undone.

One fingerprint (data set, service, kind) within the grouping time is one incident. An incident of a service takes in
what the same service and its callers show at the same time: the trouble below is the likelier cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workbench.detect.edges import call_edges
from workbench.detect.severity import worst_severity
from workbench.detect.wording import title
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly, Incident, IncidentState
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import incidents
from workbench.store.db import Store

GROUPING_S = 300.0
"""Anomalies of one fingerprint closer than this belong together, in seconds."""
TAKES_MORE = (IncidentState.OPEN, IncidentState.INVESTIGATING, IncidentState.MITIGATED)
"""An incident in another state is over: what comes later is a new one."""
_FIRST_KIND = (IncidentKind.DOWNTIME, IncidentKind.ERROR, IncidentKind.LATENCY, IncidentKind.METRIC)


@dataclass(slots=True)
class _Episode:
    """Anomalies of one fingerprint without a long pause, in the order of time."""

    anomalies: list[Anomaly]
    incident_id: str = ""
    """The incident it goes on with; empty for a new one."""

    @property
    def start(self) -> int:
        return self.anomalies[0].time_unix_nano

    @property
    def end(self) -> int:
        return self.anomalies[-1].time_unix_nano

    @property
    def service_name(self) -> str:
        return self.anomalies[0].service_name

    @property
    def kind(self) -> IncidentKind:
        return self.anomalies[0].kind


def fingerprint(scope: str, service_name: str, kind: IncidentKind) -> str:
    """Return what anomalies of one incident have in common."""
    return f"{scope}|{service_name}|{kind.value}"


def open_incidents(
    store: Store,
    anomalies: Sequence[Anomaly],
    *,
    grouping_s: float = GROUPING_S,
    edges: Callable[[Store, str], Iterable[tuple[str, str]]] = call_edges,
) -> list[Incident]:
    """Store anomalies and attach each to an incident, a new one where none is near enough.

    Anomalies that are in an incident already stay there, so giving them again changes nothing. Nothing is ever attached
    to a resolved or closed incident.

    Args:
        store: The workspace.
        anomalies: Stored or not; any data sets, any order.
        grouping_s: See `GROUPING_S`.
        edges: Gives the (caller, callee) pairs of a data set.

    Returns:
        The incidents that took something in, as they are afterwards, the earliest first.
    """
    touched: dict[str, Incident] = {}
    by_scope: dict[str, set[str]] = defaultdict(set)
    for one in anomaly_rows.add(store, anomalies):
        by_scope[one.scope].add(one.anomaly_id)
    for scope, given in sorted(by_scope.items()):
        if not _free(store, scope, given):
            continue
        # Spans are searched before the transaction: a query by SQL has a read-only one of its own.
        callers = _callers(edges(store, scope))
        with store.transaction():
            for incident in _group(store, scope, _free(store, scope, given), callers, grouping_s):
                touched[incident.incident_id] = incident
    return sorted(touched.values(), key=lambda one: (one.opened_unix_nano, one.incident_id))


def _free(store: Store, scope: str, given: set[str]) -> list[Anomaly]:
    return [one for one in anomaly_rows.without_incident(store, scope) if one.anomaly_id in given]


def _group(
    store: Store, scope: str, free: list[Anomaly], callers: dict[str, set[str]], grouping_s: float
) -> list[Incident]:
    near = int(grouping_s * NANOS_PER_SECOND)
    running = [
        _Episode(anomaly_rows.of_incident(store, one.incident_id), one.incident_id) for one in _running(store, scope)
    ]
    running = [episode for episode in running if episode.anomalies]
    episodes = _episodes(free, near)
    for episode in episodes:
        episode.incident_id = _goes_on(episode, running, near)
    roots = _roots([*episodes, *_leading(running)], callers, near)
    incidents_: list[Incident] = []
    made: dict[int, str] = {}
    for episode in sorted(episodes, key=_order):
        root = roots.get(id(episode), episode)
        incident_id = episode.incident_id or root.incident_id or made.get(id(root))
        if not incident_id:
            incident_id = made[id(root)] = _create(store, scope, root).incident_id
        incidents.attach(store, incident_id, [one.anomaly_id for one in episode.anomalies])
        incidents_.append(_refreshed(store, incident_id))
    return list({one.incident_id: one for one in incidents_}.values())


def _running(store: Store, scope: str) -> list[Incident]:
    return [one for state in TAKES_MORE for one in incidents.latest(store, state=state, scope=scope, limit=10_000)]


def _episodes(free: list[Anomaly], near: int) -> list[_Episode]:
    by_print: dict[str, list[Anomaly]] = defaultdict(list)
    for one in sorted(free, key=lambda one: (one.time_unix_nano, one.anomaly_id)):
        by_print[fingerprint(one.scope, one.service_name, one.kind)].append(one)
    found: list[_Episode] = []
    for same in by_print.values():
        found.append(_Episode([same[0]]))
        for one in same[1:]:
            if one.time_unix_nano - found[-1].end <= near:
                found[-1].anomalies.append(one)
            else:
                found.append(_Episode([one]))
    return found


def _goes_on(episode: _Episode, running: list[_Episode], near: int) -> str:
    """Return the incident that has anomalies of the same fingerprint near enough; the nearest one, else none."""
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
    return min(gaps)[1] if gaps and min(gaps)[0] <= near else ""


def _leading(running: list[_Episode]) -> list[_Episode]:
    """Return the running incidents as episodes of the services that are in them."""
    found = []
    for episode in running:
        by_service: dict[str, list[Anomaly]] = defaultdict(list)
        for one in episode.anomalies:
            by_service[one.service_name].append(one)
        found += [_Episode(part, episode.incident_id) for part in by_service.values()]
    return found


def _roots(episodes: list[_Episode], callers: dict[str, set[str]], near: int) -> dict[int, _Episode]:
    """Return for each episode the one below it, through anomalous services, that the trouble most likely comes from."""
    below: dict[int, list[_Episode]] = {}
    for episode in episodes:
        others = [other for other in episodes if other is not episode and _overlap(episode, other, near)]
        called = [other for other in others if episode.service_name in callers.get(other.service_name, ())]
        same = [other for other in others if other.service_name == episode.service_name]
        below[id(episode)] = called or [other for other in same if _order(other) < _order(episode)]
    reach = {id(episode): _reach(episode, below) for episode in episodes}
    found: dict[int, _Episode] = {}
    for episode in episodes:
        # The lowest ones: whatever they reach reaches them again. An incident that runs already takes more first.
        lowest = [
            one for one in reach[id(episode)].values() if all(id(one) in reach[other] for other in reach[id(one)])
        ]
        found[id(episode)] = min(lowest, key=lambda one: (not one.incident_id, _order(one)))
    return found


def _reach(episode: _Episode, below: dict[int, list[_Episode]]) -> dict[int, _Episode]:
    seen = {id(episode): episode}
    waiting = [episode]
    while waiting:
        for other in below[id(waiting.pop())]:
            if id(other) not in seen:
                seen[id(other)] = other
                waiting.append(other)
    return seen


def _overlap(one: _Episode, other: _Episode, near: int) -> bool:
    return one.start <= other.end + near and other.start <= one.end + near


def _order(episode: _Episode) -> tuple[int, int, str]:
    return _FIRST_KIND.index(episode.kind), episode.start, episode.anomalies[0].anomaly_id


def _callers(edges: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for caller, callee in edges:
        found[callee].add(caller)
    return found


def _create(store: Store, scope: str, root: _Episode) -> Incident:
    return incidents.create(
        store,
        Incident(
            incident_id=incidents.next_id(store),
            title=title(root.anomalies),
            kind=root.kind,
            severity=worst_severity(root.anomalies),
            service_name=root.service_name,
            opened_unix_nano=root.start,
            updated_unix_nano=root.end,
            scope=scope,
            fingerprint=fingerprint(scope, root.service_name, root.kind),
        ),
    )


def _refreshed(store: Store, incident_id: str) -> Incident:
    """Tell an incident's title, severity and times from the anomalies that it has now."""
    incident = incidents.get(store, incident_id)
    inside = anomaly_rows.of_incident(store, incident_id)
    own = [one for one in inside if (one.service_name, one.kind) == (incident.service_name, incident.kind)] or inside
    return incidents.update(
        store,
        incident.model_copy(
            update={
                "title": title(own),
                "severity": worst_severity(inside),
                "opened_unix_nano": min(one.time_unix_nano for one in inside),
                "updated_unix_nano": max(incident.updated_unix_nano, max(one.time_unix_nano for one in inside)),
                "anomaly_count": len(inside),
            }
        ),
    )
