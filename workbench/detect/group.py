"""Puts anomalies that belong together into incidents. Anomalies are kept as they are, so a grouping can be undone.

The rules of the workspace are asked first. For the rest, one fingerprint (data set, service, kind) within the grouping
time is one incident, and an incident of a service takes in what the same service and its callers show at the same
time: the trouble below is the likelier cause. What grouped a signal, and why, is written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from workbench.detect.correlate.fingerprints import fingerprint_of
from workbench.detect.correlate.rules import Rule, load_rules
from workbench.detect.correlate.sorting import Group, Sorted, fingerprint_by_rule, sort_signals
from workbench.detect.edges import call_edges
from workbench.detect.episodes import Episode, callers_of, episodes_of, goes_on, joins, leading
from workbench.detect.keeping import (
    GROUPING_S,
    attach_signals,
    create_incident,
    refresh_incident,
    running_incidents,
)
from workbench.facts.correlation import Change
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly, Incident
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import groupings, incidents
from workbench.store.db import Store


def fingerprint(scope: str, service_name: str, kind: IncidentKind) -> str:
    """Return what anomalies of one incident have in common."""
    return f"{scope}|{service_name}|{kind.value}"


def open_incidents(
    store: Store,
    anomalies: Sequence[Anomaly],
    *,
    grouping_s: float = GROUPING_S,
    edges: Callable[[Store, str], Iterable[tuple[str, str]]] = call_edges,
    rules: Sequence[Rule] | None = None,
) -> list[Incident]:
    """Store anomalies and attach each to an incident, a new one where none is near enough.

    Anomalies that are in an incident already stay there, so giving them again changes nothing. Nothing is ever attached
    to a resolved or closed incident: a new one is opened and linked to it as a recurrence. A signal that does not fire
    opens nothing.

    Args:
        store: The workspace.
        anomalies: Stored or not; any data sets, any order.
        grouping_s: See `GROUPING_S`.
        edges: Gives the (caller, callee) pairs of a data set.
        rules: Asked before the built-in grouping; those of the workspace when left out.

    Returns:
        The incidents that took something in, as they are afterwards, the earliest first.

    Raises:
        BadInput: the workspace's rules have faults.
    """
    asked = load_rules(store.path) if rules is None else rules
    touched: dict[str, Incident] = {}
    by_scope: dict[str, set[str]] = defaultdict(set)
    for one in anomaly_rows.add(store, anomalies):
        by_scope[one.scope].add(one.anomaly_id)
    for scope, given in sorted(by_scope.items()):
        if not _free(store, scope, given):
            continue
        # Spans are searched before the transaction: a query by SQL has a read-only one of its own.
        callers = callers_of(edges(store, scope))
        with store.transaction():
            found = _sorted(store, scope, given, asked)
            done = [_grouped(store, scope, group) for group in found.groups]
            done += _group(store, scope, found.rest, callers, grouping_s)
            # What may only join an incident can join one that was opened just now.
            again = _sorted(store, scope, {one.anomaly_id for kept in found.held.values() for one in kept}, asked)
            done += [_grouped(store, scope, group) for group in again.groups]
            _note_left(store, Change.SUPPRESSED, found.suppressed)
            _note_left(store, Change.HELD, again.held)
            for incident in done:
                touched[incident.incident_id] = incidents.get(store, incident.incident_id)
    return sorted(touched.values(), key=lambda one: (one.opened_unix_nano, one.incident_id))


def _free(store: Store, scope: str, given: set[str]) -> list[Anomaly]:
    return [one for one in anomaly_rows.without_incident(store, scope) if one.anomaly_id in given and one.firing]


def _sorted(store: Store, scope: str, given: set[str], rules: Sequence[Rule]) -> Sorted:
    """Ask the rules about the given signals, and about earlier ones that still wait for their rule's threshold."""
    if not rules or not given:
        return Sorted(rest=_free(store, scope, given))
    waiting = set().union(*groupings.noted(store, [Change.HELD]).values(), set())
    running = {
        one.incident_id: (one.fingerprint, anomaly_rows.of_incident(store, one.incident_id))
        for one in running_incidents(store, scope)
    }
    return sort_signals(_free(store, scope, given | waiting), rules, running)


def _note_left(store: Store, action: Change, kept: Mapping[str, Sequence[Anomaly]]) -> None:
    known = groupings.noted(store, [action]) if kept else {}
    for name, signals in kept.items():
        fresh = {one.anomaly_id for one in signals} - known.get(f"rule:{name}", set())
        if fresh:
            groupings.record(store, action, "", sorted(fresh), grouped_by=f"rule:{name}", why=f"rule {name!r}")


def _grouped(store: Store, scope: str, group: Group) -> Incident:
    by = f"rule:{group.rule.name}"
    incident_id = group.incident_id
    if not incident_id:
        kinds = len({fingerprint_of(one) for one in group.signals})
        services = len({one.service_name for one in group.signals})
        lead = min(episodes_of(group.signals, int(group.rule.within * NANOS_PER_SECOND)), key=Episode.order)
        made = create_incident(
            store,
            lead,
            mark=fingerprint_by_rule(scope, group.rule, group.key),
            said=group.rule.title,
            by=by,
            why=f"{group.why()}: {kinds} different signals of {services} services",
        )
        incident_id = made.incident_id
    attach_signals(store, incident_id, group.signals, by, group.why())
    return refresh_incident(store, incident_id)


def _group(
    store: Store, scope: str, free: list[Anomaly], callers: dict[str, set[str]], grouping_s: float
) -> list[Incident]:
    near = int(grouping_s * NANOS_PER_SECOND)
    running = [
        Episode(anomaly_rows.of_incident(store, one.incident_id), one.incident_id)
        for one in running_incidents(store, scope)
    ]
    running = [episode for episode in running if episode.anomalies]
    episodes = episodes_of(free, near)
    pauses: dict[int, int] = {}
    for episode in episodes:
        episode.incident_id, pauses[id(episode)] = goes_on(episode, running, near)
    roots = joins([*episodes, *leading(running)], callers, near)
    incidents_: list[Incident] = []
    made: dict[int, str] = {}
    for episode in sorted(episodes, key=Episode.order):
        join = roots[id(episode)]
        incident_id = episode.incident_id or join.root.incident_id or made.get(id(join.root))
        if not incident_id:
            root = join.root
            mark = fingerprint(scope, root.service_name, root.kind)
            incident_id = create_incident(store, root, mark=mark, by="time", why=roots[id(root)].why).incident_id
            made[id(root)] = incident_id
        by, why = join.by, join.why
        if episode.incident_id:
            pause_s = pauses[id(episode)] / NANOS_PER_SECOND
            by, why = "time", f"same service and kind of trouble, {pause_s:g} s apart (limit {grouping_s:g} s)"
        attach_signals(store, incident_id, episode.anomalies, by, why)
        incidents_.append(refresh_incident(store, incident_id))
    return list({one.incident_id: one for one in incidents_}.values())
