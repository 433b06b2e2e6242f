"""Anomalies become incidents: related ones together, replays without effect, ended incidents untouched."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.detect import states
from workbench.detect.group import open_incidents
from workbench.detect.keeping import TAKES_MORE, refresh_incident
from workbench.detect.wording import clock
from workbench.errors import IllegalMove
from workbench.facts.diagnosis import Diagnosis, IncidentKind, Verdict
from workbench.facts.incident import INCIDENT_MOVES, Anomaly, Incident, IncidentState
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import diagnoses, incidents
from workbench.store.db import Store

# 2023-11-14 22:13:20 UTC
START = 1_700_000_000 * NANOS_PER_SECOND
EDGES = [("gateway", "checkout"), ("checkout", "payments"), ("a", "b"), ("b", "a")]


pytestmark = pytest.mark.slow


def seen(
    service: str, at_s: float, kind: IncidentKind = IncidentKind.ERROR, value: float = 0.12, scope: str = "s"
) -> Anomaly:
    detector = {"error": "error_rate", "latency": "latency", "downtime": "volume", "metric": "volume"}[kind.value]
    return Anomaly(
        detector=detector,
        kind=kind,
        service_name=service,
        time_unix_nano=START + int(at_s * NANOS_PER_SECOND),
        score=0.8,
        value=value,
        expected=0.004,
        summary=f"{detector} of {service} at {at_s:g}",
        scope=scope,
    )


def group(store: Store, anomalies: Sequence[Anomaly], grouping_s: float = 300.0) -> list[Incident]:
    return open_incidents(store, anomalies, grouping_s=grouping_s, edges=lambda *_: EDGES)


def test_a_title_says_what_how_much_and_since_when(store: Store) -> None:
    [incident] = group(store, [seen("payments", 52), seen("payments", 60, value=0.3)])

    assert incident.title == "payments: error rate 0.4 % -> 30 % since 22:14:12 UTC"
    assert incident == Incident(
        incident_id="INC-1",
        title=incident.title,
        kind=IncidentKind.ERROR,
        severity="critical",
        service_name="payments",
        opened_unix_nano=START + 52 * NANOS_PER_SECOND,
        updated_unix_nano=START + 60 * NANOS_PER_SECOND,
        anomaly_count=2,
        scope="s",
        fingerprint="s|payments|error",
    )


def test_a_pause_longer_than_the_grouping_time_begins_a_new_incident(store: Store) -> None:
    found = group(store, [seen("payments", 0), seen("payments", 300), seen("payments", 601)])

    assert [one.anomaly_count for one in found] == [2, 1]


def test_callers_join_the_service_below_them(store: Store) -> None:
    found = group(
        store, [seen("gateway", 8), seen("checkout", 5), seen("payments", 10, IncidentKind.LATENCY), seen("search", 9)]
    )

    assert [(one.service_name, one.anomaly_count) for one in found] == [("payments", 3), ("search", 1)]


def test_another_kind_of_trouble_at_the_same_service_joins(store: Store) -> None:
    [incident] = group(store, [seen("payments", 0, IncidentKind.LATENCY), seen("payments", 20)])

    assert (incident.kind, incident.anomaly_count) == (IncidentKind.ERROR, 2)


def test_services_that_call_each_other_share_one_incident(store: Store) -> None:
    [incident] = group(store, [seen("a", 5), seen("b", 3)])

    assert (incident.service_name, incident.anomaly_count) == ("b", 2)


def test_later_anomalies_go_on_with_the_running_incident(store: Store) -> None:
    [first] = group(store, [seen("payments", 0)])
    states.begin(store, first.incident_id, now_unix_nano=START)

    [same] = group(store, [seen("payments", 100, value=0.5), seen("checkout", 120)])

    assert (same.incident_id, same.anomaly_count, same.state) == (first.incident_id, 3, IncidentState.INVESTIGATING)
    assert "0.4 % -> 50 %" in same.title


@pytest.mark.parametrize(
    ("verdict", "onset_s", "since"),
    [
        (Verdict.INCIDENT, 60, "22:14:20"),
        (Verdict.INCIDENT, 3600, "22:13:20"),  # another incident of the same data
        (Verdict.INCIDENT, None, "22:13:20"),
        (Verdict.UNKNOWN, 60, "22:13:20"),
    ],
)
def test_an_onset_that_was_found_is_named_and_stays_when_more_signals_come(
    store: Store, verdict: Verdict, onset_s: int | None, since: str
) -> None:
    [first] = group(store, [seen("payments", 0)])
    onset = None if onset_s is None else START + onset_s * NANOS_PER_SECOND
    diagnoses.save(store, first.incident_id, Diagnosis(case="s", verdict=verdict, reason="r", onset_unix_nano=onset))

    [later] = group(store, [seen("payments", 100, value=0.5)])

    assert later.title == f"payments: error rate 0.4 % -> 50 % since {since} UTC"
    assert refresh_incident(store, first.incident_id) == later
    assert clock(later.opened_unix_nano) == f"{since} UTC"


def test_data_sets_do_not_mix(store: Store) -> None:
    found = group(store, [seen("payments", 0, scope="one"), seen("payments", 0, scope="two")])

    assert {one.scope for one in found} == {"one", "two"}


def test_grouping_can_be_undone(store: Store) -> None:
    given_ = [seen("payments", 0), seen("checkout", 1)]
    [incident] = group(store, given_)

    incidents.delete(store, incident.incident_id)

    assert [one.model_copy(update={"anomaly_id": ""}) for one in anomaly_rows.without_incident(store)] == given_


ANOMALIES = st.lists(
    st.builds(
        seen,
        st.sampled_from(["gateway", "checkout", "payments", "search", "a", "b"]),
        st.integers(0, 2000),
        st.sampled_from(list(IncidentKind)),
        st.sampled_from([0.05, 0.5]),
    ),
    max_size=8,
)


@settings(max_examples=10, deadline=None)
@given(ANOMALIES)
def test_a_replay_gives_the_same_incidents_and_changes_nothing(given_: list[Anomaly]) -> None:
    with Store.open(None) as one, Store.open(None) as other:
        group(one, given_)
        before = incidents.latest(one, limit=100)

        assert group(one, given_) == []
        assert incidents.latest(one, limit=100) == before
        group(other, list(reversed(given_)))
        assert incidents.latest(other, limit=100) == before


@settings(max_examples=10, deadline=None)
@given(ANOMALIES, ANOMALIES, st.sampled_from(list(IncidentState)))
def test_nothing_is_attached_to_an_incident_that_is_over(
    first: list[Anomaly], later: list[Anomaly], state: IncidentState
) -> None:
    with Store.open(None) as store:
        for incident in group(store, first):
            for step in _way_to(state):
                incidents.move(store, incident.incident_id, step, now_unix_nano=START)
        before = {one.incident_id: one for one in incidents.latest(store, limit=100)}

        group(store, later)

        after = {one.incident_id: one for one in incidents.latest(store, limit=100)}
        assert not anomaly_rows.without_incident(store)
        if state not in TAKES_MORE:
            assert {key: after[key] for key in before} == before


def _way_to(state: IncidentState) -> list[IncidentState]:
    ways: dict[IncidentState, list[IncidentState]] = {IncidentState.OPEN: []}
    while state not in ways:
        for known, way in list(ways.items()):
            for step in INCIDENT_MOVES[known]:
                ways.setdefault(step, [*way, step])
    return ways[state]


def test_every_anomaly_is_in_exactly_one_incident_and_counts_agree(store: Store) -> None:
    given_ = [seen(service, at) for service in ("gateway", "payments", "search") for at in range(0, 1500, 100)]

    found = group(store, given_)

    assert sum(one.anomaly_count for one in found) == len(given_)
    assert [len(anomaly_rows.of_incident(store, one.incident_id)) for one in found] == [
        one.anomaly_count for one in found
    ]


def test_states_have_verbs_that_may_be_said_twice(store: Store) -> None:
    [incident] = group(store, [seen("payments", 0)])
    assert states.possible(incident) == [IncidentState.INVESTIGATING, IncidentState.RESOLVED, IncidentState.CLOSED]

    for verb in (states.begin, states.begin, states.mitigate, states.resolve, states.close, states.close):
        incident = verb(store, incident.incident_id, now_unix_nano=START)

    assert incident.state is IncidentState.CLOSED
    assert len(incidents.moves(store, incident.incident_id)) == 4
    with pytest.raises(IllegalMove, match="final"):
        states.begin(store, incident.incident_id, now_unix_nano=START)
