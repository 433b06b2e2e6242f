"""Deduplication and correlation: one signal is counted once, and why signals are together is written down."""

from __future__ import annotations

import re

from workbench.detect import states
from workbench.detect.correlate.fingerprints import signals_of
from workbench.detect.group import open_incidents
from workbench.facts.correlation import Change, Relation
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import groupings
from workbench.store.db import Store

START = 1_700_000_000 * NANOS_PER_SECOND


def seen(service: str, at_s: float = 0, **changes: object) -> Anomaly:
    values = {
        "detector": "error_rate", "kind": IncidentKind.ERROR, "service_name": service, "score": 0.8, "value": 0.3,
        "time_unix_nano": START + int(at_s * NANOS_PER_SECOND), "expected": 0.01, "scope": "s",
        "summary": f"{service} fails at {at_s:g}",
    }  # fmt: skip
    return Anomaly.model_validate(values | changes)


def reasons(store: Store, incident_id: str) -> list[tuple[str, str]]:
    return [(one.grouped_by, one.why) for one in groupings.history(store, incident_id) if one.action is Change.ATTACHED]


def test_repeats_of_one_signal_are_one_and_stay_stored() -> None:
    found = signals_of([seen("web", 60), seen("web"), seen("db", 5), seen("web", 5, labels={"pod": "a"})])

    assert [(one.first.service_name, one.first.labels, len(one.seen)) for one in found] == [
        ("web", {}, 2), ("db", {}, 1), ("web", {"pod": "a"}, 1),
    ]  # fmt: skip


def test_why_a_signal_is_in_an_incident_is_written_down(store: Store) -> None:
    given = [seen("web", 5), seen("db"), seen("db", 40, kind=IncidentKind.LATENCY), seen("db", 200)]
    [one] = open_incidents(store, given[:3], edges=lambda *_: [("web", "db")])
    open_incidents(store, given[3:], edges=lambda *_: [("web", "db")])

    assert reasons(store, one.incident_id) == [
        ("time", "no abnormal service below db within 300 s"),
        ("topology", "web calls db, abnormal within 300 s as well"),
        ("time", "db had trouble of kind error within 300 s as well"),
        ("time", "same service and kind of trouble, 200 s apart (limit 300 s)"),
    ]


def test_services_that_log_the_same_line_belong_together(store: Store) -> None:
    line = "connection to <*> refused"
    [one] = open_incidents(store, [seen("web", 1, template=line), seen("mail", 9, template=line)], edges=lambda *_: [])

    assert (one.service_name, one.anomaly_count) == ("web", 2)
    assert reasons(store, one.incident_id)[1] == ("template", f"web logged the same within 300 s: {line}")


def test_a_signal_after_the_end_opens_a_recurrence(store: Store) -> None:
    [first] = open_incidents(store, [seen("web")], edges=lambda *_: [])
    states.resolve(store, first.incident_id, now_unix_nano=START)

    [second] = open_incidents(store, [seen("web", 20)], edges=lambda *_: [])

    [link] = groupings.links(store, second.incident_id)
    assert (link.relation, link.other_incident_id) == (Relation.RECURRENCE_OF, first.incident_id)
    assert re.search(r"again at 22:13:40 UTC; INC-1 was resolved already", link.why)
    assert len(anomaly_rows.of_incident(store, first.incident_id)) == 1


def test_a_signal_that_does_not_fire_opens_nothing_and_is_kept(store: Store) -> None:
    assert open_incidents(store, [seen("web", firing=False)], edges=lambda *_: []) == []
    assert [one.firing for one in anomaly_rows.latest(store)] == [False]
