"""Merges and splits move signals and can be undone; no signal is ever lost, and nothing goes to what is over."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.detect import states
from workbench.detect.group import open_incidents
from workbench.detect.keeping import TAKES_MORE
from workbench.detect.merging import merge, split, unmerge
from workbench.errors import BadInput, CausewayError, Refused
from workbench.facts.correlation import Change, Relation
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import INCIDENT_MOVES, Anomaly, Incident, IncidentState
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import groupings, incidents
from workbench.store.db import Store

START = 1_700_000_000 * NANOS_PER_SECOND
SERVICES = ("web", "cart", "db", "mail")


def seen(service: str, at_s: float = 0, **changes: object) -> Anomaly:
    values = {
        "detector": "error_rate", "kind": IncidentKind.ERROR, "service_name": service, "score": 0.8, "value": 0.3,
        "time_unix_nano": START + int(at_s * NANOS_PER_SECOND), "expected": 0.01, "scope": "s",
        "summary": f"{service} fails at {at_s:g}",
    }  # fmt: skip
    return Anomaly.model_validate(values | changes)


def group(store: Store, *anomalies: Anomaly) -> list[Incident]:
    return open_incidents(store, anomalies, edges=lambda *_: [])


def where(store: Store) -> dict[str, str]:
    every = [one.anomaly_id for one in anomaly_rows.latest(store, limit=1000)]
    return anomaly_rows.incident_of(store, every)


def test_a_merge_moves_the_signals_and_can_be_undone(store: Store) -> None:
    web, cart = group(store, seen("web"), seen("cart", 1))
    before = where(store)

    merged = merge(store, web.incident_id, [cart.incident_id], "one deploy")

    assert (merged.anomaly_count, merged.opened_unix_nano) == (2, START)
    assert incidents.latest(store) == [merged]
    assert groupings.merged_into(store, cart.incident_id) == web.incident_id

    back = unmerge(store, cart.incident_id)

    assert back == cart
    assert where(store) == before
    assert incidents.get(store, web.incident_id) == web
    assert [one.action for one in groupings.history(store, cart.incident_id)] == [
        Change.OPENED, Change.ATTACHED, Change.MERGED, Change.UNMERGED,
    ]  # fmt: skip


def test_signals_that_came_after_a_merge_stay_when_it_is_undone(store: Store) -> None:
    web, cart = group(store, seen("web"), seen("cart", 1))
    merge(store, web.incident_id, [cart.incident_id])
    group(store, seen("cart", 60))

    unmerge(store, cart.incident_id)

    assert [len(anomaly_rows.of_incident(store, one.incident_id)) for one in (web, cart)] == [2, 1]


def test_a_split_makes_an_incident_of_its_own_and_a_merge_undoes_it(store: Store) -> None:
    [one] = open_incidents(store, [seen("web"), seen("db", 1), seen("db", 30)], edges=lambda *_: [("web", "db")])

    other = split(store, one.incident_id, services=["web"], why="unrelated")

    assert (other.service_name, other.anomaly_count, other.opened_unix_nano) == ("web", 1, START)
    assert incidents.get(store, one.incident_id).anomaly_count == 2
    [link] = groupings.links(store, other.incident_id)
    assert (link.relation, link.other_incident_id, link.why) == (Relation.SPLIT_FROM, one.incident_id, "unrelated")

    assert merge(store, one.incident_id, [other.incident_id]).anomaly_count == 3


def test_a_signal_is_split_off_with_its_repeats(store: Store) -> None:
    [one] = open_incidents(store, [seen("web"), seen("db", 1), seen("db", 30)], edges=lambda *_: [("web", "db")])
    db = next(a for a in anomaly_rows.of_incident(store, one.incident_id) if a.service_name == "db")

    assert split(store, one.incident_id, [db.anomaly_id]).anomaly_count == 2


def test_what_cannot_be_merged_or_split_is_said(store: Store) -> None:
    web, cart, other = group(store, seen("web"), seen("cart", 1), seen("web", 2, scope="t"))

    with pytest.raises(BadInput, match="with itself"):
        merge(store, web.incident_id, [web.incident_id])
    with pytest.raises(BadInput, match="data set 't'"):
        merge(store, web.incident_id, [other.incident_id])
    with pytest.raises(BadInput, match="no signal 'A0'"):
        split(store, web.incident_id, ["A0"])
    with pytest.raises(BadInput, match="all 1 signals"):
        split(store, web.incident_id, services=["web"])
    with pytest.raises(BadInput, match="was not merged"):
        unmerge(store, web.incident_id)
    merge(store, web.incident_id, [cart.incident_id])
    with pytest.raises(Refused, match=f"merged into {web.incident_id}"):
        incidents.move(store, cart.incident_id, IncidentState.RESOLVED, now_unix_nano=START)
    with pytest.raises(Refused, match="merged into"):
        merge(store, cart.incident_id, [web.incident_id])


def test_nothing_is_merged_into_an_incident_that_is_over(store: Store) -> None:
    web, cart = group(store, seen("web"), seen("cart", 1))
    states.resolve(store, web.incident_id, now_unix_nano=START)

    with pytest.raises(Refused, match=r"resolved; nothing is attached to an incident that is over"):
        merge(store, web.incident_id, [cart.incident_id])


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["signal", "ended", "move", "merge", "unmerge", "split"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from([IncidentState.INVESTIGATING, IncidentState.RESOLVED, IncidentState.CLOSED]),
    ),
    max_size=14,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(ACTIONS)
def test_whatever_is_done_no_signal_is_lost_or_changed_and_what_is_over_takes_none(
    actions: list[tuple[str, int, int, IncidentState]],
) -> None:
    with Store.open(None) as store:
        given_: dict[str, Anomaly] = {}
        for step, (action, one, other, state) in enumerate(actions):
            known = [f"INC-{number}" for number in range(1, 5)]
            over = {
                incident.incident_id: incident.anomaly_count
                for incident in incidents.latest(store, limit=100, merged=True)
                if incident.state not in TAKES_MORE
            }
            try:
                if action in ("signal", "ended"):
                    signal = seen(SERVICES[one], 200 * step, firing=action == "signal", signal_key=f"k{other}")
                    given_ |= {a.anomaly_id: a for a in anomaly_rows.add(store, [signal])}
                    group(store, signal)
                elif action == "move":
                    incidents.move(store, known[one], state, now_unix_nano=START + step)
                elif action == "merge":
                    merge(store, known[one], [known[other]])
                elif action == "unmerge":
                    unmerge(store, known[one])
                else:
                    split(store, known[one], services=[SERVICES[other]])
            except CausewayError:
                continue
            for incident_id, count in over.items():
                now = incidents.get(store, incident_id)
                if action in ("signal", "ended") or (action == "merge" and incident_id == known[one]):
                    assert now.anomaly_count == count
        stored = {a.anomaly_id: a for a in anomaly_rows.latest(store, limit=1000)}
        assert stored == given_
        for incident in incidents.latest(store, limit=100, merged=True):
            inside = anomaly_rows.of_incident(store, incident.incident_id)
            assert incident.anomaly_count == len(inside)
            assert all(a.firing for a in inside)
            if groupings.merged_into(store, incident.incident_id):
                assert not inside
            _check_history(store, incident)


def _check_history(store: Store, incident: Incident) -> None:
    state = IncidentState.OPEN
    for move in incidents.moves(store, incident.incident_id):
        assert move.from_state is state
        assert move.to_state in INCIDENT_MOVES[state]
        state = move.to_state
    assert state is incident.state
