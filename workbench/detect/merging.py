"""Merges and splits incidents by hand. Both can be undone: signals are only moved, and each move is written down."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.detect.correlate.fingerprints import fingerprint_of
from workbench.detect.episodes import Episode, episodes_of
from workbench.detect.group import fingerprint
from workbench.detect.keeping import TAKES_MORE, create_incident, refresh_incident
from workbench.errors import BadInput, Refused
from workbench.facts.correlation import Change, Relation
from workbench.facts.incident import Incident
from workbench.store import anomalies, groupings, incidents
from workbench.store.db import Store

_WHOLE = 2**62
"""A pause that no two signals of a data set have."""


def merge(store: Store, into: str, others: Sequence[str], why: str = "") -> Incident:
    """Move the signals of other incidents into one; the others are kept, without signals and out of the lists.

    Raises:
        NotFound: one of them is not there.
        BadInput: an incident shall be merged with itself, twice, or with one of another data set.
        Refused: the first one is over, or one of them was merged into another already.
    """
    with store.transaction():
        target = incidents.get(store, into)
        _check_free(store, into)
        if target.state not in TAKES_MORE:
            hint = f"Merge into one that runs, or move {into} to investigating first"
            raise Refused(f"{into} is {target.state}; nothing is attached to an incident that is over. {hint}")
        for other in others:
            _check_pair(store, target, incidents.get(store, other))
            moved = [one.anomaly_id for one in anomalies.of_incident(store, other)]
            incidents.attach(store, into, moved)
            incidents.attach(store, other, [])
            said = why or "merged by hand"
            groupings.record(store, Change.MERGED, into, moved, grouped_by="user", why=said, other=other)
            groupings.link(store, other, Relation.MERGED_INTO, into, said)
        return refresh_incident(store, into)


def unmerge(store: Store, incident_id: str, why: str = "") -> Incident:
    """Give a merged incident back the signals that it brought, and return it.

    Signals that came to the other one after the merge stay there, and so do those that were moved on by hand.

    Raises:
        NotFound: there is no such incident.
        BadInput: it was not merged into another.
        Refused: the other one was merged into a third since; undo that first.
    """
    with store.transaction():
        incidents.get(store, incident_id)
        into = groupings.merged_into(store, incident_id)
        if not into:
            raise BadInput(f"{incident_id} was not merged into another incident", hint="`causeway incident` shows it")
        _check_free(store, into)
        last = [
            one
            for one in groupings.history(store, into)
            if one.action is Change.MERGED and one.other_incident_id == incident_id
        ][-1]
        where = anomalies.incident_of(store, last.anomaly_ids)
        back = [name for name in last.anomaly_ids if where.get(name) == into]
        incidents.attach(store, incident_id, back)
        incidents.attach(store, into, [])
        said = why or "merge undone"
        groupings.record(store, Change.UNMERGED, incident_id, back, grouped_by="user", why=said, other=into)
        groupings.unlink(store, incident_id, Relation.MERGED_INTO)
        refresh_incident(store, into)
        return refresh_incident(store, incident_id)


def split(
    store: Store, incident_id: str, anomaly_ids: Sequence[str] = (), services: Sequence[str] = (), why: str = ""
) -> Incident:
    """Move some signals of an incident into a new one, and return that; merging it back undoes it.

    Args:
        store: The workspace.
        incident_id: The incident that they are in.
        anomaly_ids: These signals with their repeats,
        services: and all signals of these services.
        why: For the history.

    Raises:
        NotFound: there is no such incident.
        BadInput: a signal or a service is not in it, or none or all of its signals are named.
        Refused: it was merged into another.
    """
    with store.transaction():
        source = incidents.get(store, incident_id)
        _check_free(store, incident_id)
        inside = anomalies.of_incident(store, incident_id)
        _check_known("signal", incident_id, anomaly_ids, {one.anomaly_id for one in inside})
        _check_known("service", incident_id, services, {one.service_name for one in inside})
        named = {fingerprint_of(one) for one in inside if one.anomaly_id in anomaly_ids}
        chosen = [one for one in inside if fingerprint_of(one) in named or one.service_name in services]
        if not chosen or len(chosen) == len(inside):
            what = "no signal" if not chosen else f"all {len(inside)} signals"
            raise BadInput(
                f"a split of {incident_id} names {what}", hint="Name some signals (A...) or services, and leave others"
            )
        lead = min(episodes_of(chosen, _WHOLE), key=Episode.order)
        said = why or "split by hand"
        mark = fingerprint(source.scope, lead.service_name, lead.kind)
        made = create_incident(store, lead, mark=mark, by="user", why=f"split from {incident_id}: {said}")
        names = [one.anomaly_id for one in chosen]
        incidents.attach(store, made.incident_id, names)
        incidents.attach(store, incident_id, [])
        groupings.record(store, Change.SPLIT, made.incident_id, names, grouped_by="user", why=said, other=incident_id)
        groupings.link(store, made.incident_id, Relation.SPLIT_FROM, incident_id, said)
        refresh_incident(store, incident_id)
        return refresh_incident(store, made.incident_id)


def _check_pair(store: Store, target: Incident, other: Incident) -> None:
    if other.incident_id == target.incident_id:
        raise BadInput(f"{target.incident_id} cannot be merged with itself")
    if other.scope != target.scope:
        what = f"{other.incident_id} is of data set {other.scope!r}, {target.incident_id} of {target.scope!r}"
        raise BadInput(what, hint="Incidents of one data set can be merged")
    _check_free(store, other.incident_id)


def _check_free(store: Store, incident_id: str) -> None:
    if into := groupings.merged_into(store, incident_id):
        raise Refused(
            f"{incident_id} was merged into {into}; use {into}, or undo: causeway incident-unmerge {incident_id}"
        )


def _check_known(kind: str, incident_id: str, given: Sequence[str], known: set[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        shown = ", ".join(sorted(known)[:10])
        raise BadInput(f"{incident_id} has no {kind} {unknown[0]!r}", hint=f"It has: {shown}")
