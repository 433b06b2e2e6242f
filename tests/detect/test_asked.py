"""Incidents that flows ask for."""

from __future__ import annotations

from workbench.detect.asked import open_asked
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.store import anomalies, incidents
from workbench.store.db import Store

S = 10**9


def signal(at_s: int, detector: str = "error_rate", service: str = "cart", value: float | None = 0.4) -> Anomaly:
    return Anomaly(
        detector=detector,
        kind=IncidentKind.ERROR,
        service_name=service,
        time_unix_nano=at_s * S,
        score=0.8,
        value=value,
        expected=0.0,
        summary=f"{service} fails at {at_s}",
        scope="run-1",
    )


def asked(at_s: int, service: str = "cart") -> Anomaly:
    return signal(at_s, "flow:watch", service, None)


def test_an_incident_takes_the_stored_signals_of_its_trouble(store: Store) -> None:
    anomalies.add(store, [signal(10), signal(20), signal(20, service="pay")])

    (opened,) = open_asked(store, [asked(10)])

    assert (opened.service_name, opened.anomaly_count, opened.severity) == ("cart", 2, "critical")
    assert {one.detector for one in anomalies.of_incident(store, opened.incident_id)} == {"error_rate"}
    assert [one.service_name for one in anomalies.without_incident(store)] == ["pay"]


def test_what_nobody_has_stored_opens_an_incident_alone(store: Store) -> None:
    (opened,) = open_asked(store, [asked(10)])

    assert (opened.anomaly_count, opened.opened_unix_nano) == (1, 10 * S)


def test_asking_again_changes_nothing(store: Store) -> None:
    anomalies.add(store, [signal(10)])
    open_asked(store, [asked(10), asked(50)])
    before = incidents.latest(store)

    open_asked(store, [asked(10), asked(50)])

    assert incidents.latest(store) == before
    assert [one.anomaly_count for one in before] == [2]
