"""Objectives on stored telemetry: what is counted, what burns, and incidents that are opened once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from tests.detect.slo.made import HOUR, MINUTE, NOW, S, slo
from workbench.detect.slo.events import Events, count_events
from workbench.detect.slo.model import Indicator, Ratio, Raw, Rows, Slo, Threshold
from workbench.detect.slo.watch import incident_kind, open_burn_incidents
from workbench.detect.slo.workspace import anomalies_of, assess_all
from workbench.errors import BadInput
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import IncidentState
from workbench.semconv import Table
from workbench.store import incidents, sources, telemetry
from workbench.store.db import Store


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store.open(None)
    yield opened
    opened.close()


def put(store: Store, table: Table, rows: list[dict[str, Any]], scope: str = "live", role: str = "case") -> None:
    source = sources.register(store, kind="api", uri="made", scope=scope, role=role)
    telemetry.append(store, table, pa.Table.from_pylist(rows), source_id=source.source_id)


def span(end: int, status: str = "OK", ms: int = 10, **more: str) -> dict[str, Any]:
    return {"start_time_unix_nano": end - ms * 1_000_000, "end_time_unix_nano": end, "service_name": "web",
            "status_code": status, **more}  # fmt: skip


def metric(minute: int, name: str, value: float, **more: str) -> dict[str, Any]:
    return {"time_unix_nano": NOW + minute * MINUTE, "metric_name": name, "service_name": "web", "value": value, **more}


def seen(events: Events) -> list[tuple[int, float, float]]:
    return [
        ((int(time) - NOW) // S, float(good), float(total))
        for time, good, total in zip(events.time, events.good, events.total, strict=True)
    ]


def rows_of(name: str, counts: str = "rows", table: str = "metrics") -> Rows:
    return Rows.model_validate({"table": table, "equals": {"metric_name": name}, "counts": counts})


def test_spans_count_when_they_end(store: Store) -> None:
    rows = [span(NOW), span(NOW + 1, "ERROR"), span(NOW + S, "ERROR", ms=2000), span(NOW + 5 * S, service_name="db")]
    put(store, Table.SPANS, rows)
    put(store, Table.SPANS, [span(NOW, "ERROR")], scope="before", role="reference")
    web = Rows(table=Table.SPANS, equals={"service_name": "web"})
    bad = web.model_copy(update={"one_of": {"status_code": ["ERROR", "FAIL"]}})

    assert seen(count_events(store, Ratio(bad=bad, total=web))) == [(0, 1, 2), (1, 0, 1)]
    assert seen(count_events(store, Threshold(query=web, op="lte", value=10))) == [(0, 2, 2), (1, 0, 1)]
    assert seen(count_events(store, Ratio(bad=bad, total=web), scope="live", end_unix_nano=NOW + S)) == [(0, 1, 2)]
    assert seen(count_events(store, Ratio(bad=bad, total=web), scope="none")) == []


def test_logs_are_chosen_by_text_severity_and_attributes(store: Store) -> None:
    rows = [
        {"time_unix_nano": NOW, "body": "paid 5", "severity_number": 9, "attributes": '{"shop": "1", "ms": 7}'},
        {"time_unix_nano": NOW, "body": "not paid", "severity_number": 17, "attributes": '{"shop": "1", "ms": 900}'},
        {"time_unix_nano": NOW, "body": "asleep", "severity_number": 17, "attributes": "{}"},
    ]
    put(store, Table.LOGS, rows)
    paid = Rows(table=Table.LOGS, contains={"body": "paid"})

    def count(**more: Any) -> list[tuple[int, float, float]]:
        return seen(count_events(store, Ratio(bad=paid.model_copy(update=more), total=paid)))

    assert count(at_least={"severity_number": 17}) == [(0, 1, 2)]
    assert count(equals={"attributes.shop": "1"}) == [(0, 0, 2)]
    assert count(at_least={"attributes.ms": 100}) == [(0, 1, 2)]


def test_a_column_that_is_not_there_is_told(store: Store) -> None:
    query = Rows(table=Table.LOGS, equals={"boody": "x"})

    with pytest.raises(BadInput, match="logs have no column 'boody'"):
        count_events(store, Ratio(good=query, total=query))


def test_counters_count_by_their_increase_and_survive_a_restart(store: Store) -> None:
    one = [metric(n, "all", value, service_instance_id="a") for n, value in enumerate([100, 110, 130, 5, 15])]
    other = [metric(n, "all", value, service_instance_id="b") for n, value in enumerate([7, 8])]
    # Two files of one series are one series.
    put(store, Table.METRICS, [*one[:2], *other])
    put(store, Table.METRICS, one[2:])
    put(store, Table.METRICS, [metric(n, "good", value) for n, value in enumerate([50, 60, 70, 2, 12])])
    indicator = Ratio(good=rows_of("good", "increase"), total=rows_of("all", "increase"))

    assert seen(count_events(store, indicator)) == [(60, 10, 11), (120, 10, 20), (180, 2, 5), (240, 10, 10)]


def test_gauges_are_thresholds_or_ratios(store: Store) -> None:
    put(store, Table.METRICS, [metric(0, "up", 0.75), metric(1, "up", 1.5), metric(2, "up", float("nan"))])
    up = rows_of("up")

    assert seen(count_events(store, Threshold(query=up, op="gt", value=0.75))) == [(0, 0, 1), (60, 1, 1)]
    assert seen(count_events(store, Raw(query=up, is_success=True))) == [(0, 0.75, 1), (60, 1, 1)]
    assert seen(count_events(store, Raw(query=up, is_success=False))) == [(0, 0.25, 1), (60, 0, 1)]


def test_a_bad_event_that_the_total_does_not_know_is_still_one(store: Store) -> None:
    put(store, Table.METRICS, [metric(0, "bad", 3), metric(1, "all", 10)])
    indicator = Ratio(bad=rows_of("bad", "value"), total=rows_of("all", "value"))

    assert seen(count_events(store, indicator)) == [(0, 0, 3), (60, 10, 10)]


def burning(store: Store, minutes: int = 40) -> list[Slo]:
    """Store a service that fails a fifth of its requests from minute 10 on; return its objectives."""
    rows = [
        span(NOW + minute * MINUTE + n * S, "ERROR" if minute >= 10 and n % 5 == 0 else "OK")
        for minute in range(minutes)
        for n in range(20)
    ]
    put(store, Table.SPANS, rows)
    return [slo()]


def test_a_burning_budget_opens_one_incident_and_a_second_check_none(store: Store) -> None:
    slos = burning(store)
    assessed = assess_all(store, slos)
    found = anomalies_of(store, assessed, None)

    first = open_burn_incidents(store, found)
    again = open_burn_incidents(store, anomalies_of(store, assess_all(store, slos), None))

    assert assessed[0][0].state == "exhausted"
    assert [(one.service_name, one.kind, one.scope, one.state) for one in first] == [
        ("web", IncidentKind.ERROR, "live", IncidentState.OPEN)
    ]
    assert first[0].severity in ("error", "critical")
    # Opened when the trouble began, not when the alert noticed it.
    assert first[0].opened_unix_nano == NOW + 10 * MINUTE
    assert again == []


def test_more_of_the_same_trouble_goes_into_the_same_incident(store: Store) -> None:
    slos = burning(store)
    early = assess_all(store, slos, at_unix_nano=NOW + 20 * MINUTE)
    late = assess_all(store, slos, at_unix_nano=NOW + HOUR)

    (opened,) = open_burn_incidents(store, anomalies_of(store, early, None))
    (extended,) = open_burn_incidents(store, anomalies_of(store, late, None))

    assert opened.incident_id == extended.incident_id
    known = anomalies_of(store, late, None)
    assert all(one in known for one in anomalies_of(store, early, None))
    assert len(incidents.latest(store)) == 1


def test_a_healthy_service_opens_nothing(store: Store) -> None:
    put(store, Table.SPANS, [span(NOW + n * MINUTE) for n in range(60)])
    (status, _), = assessed = assess_all(store, [slo()])  # fmt: skip

    assert status.state == "met"
    assert anomalies_of(store, assessed, None) == []


def test_queries_of_other_systems_are_not_computed(store: Store, tmp_path: Any) -> None:
    from tests.detect.slo.made import SLOTH, read

    (status, events), = assess_all(store, read(tmp_path, SLOTH).slos)  # fmt: skip

    assert (status.state, len(events.time)) == ("not computed", 0)
    assert "not run here" in status.reason


@pytest.mark.parametrize(
    ("indicator", "kind"),
    [
        (Threshold(query=Rows(table=Table.SPANS), op="lt", value=5), IncidentKind.LATENCY),
        (Threshold(query=rows_of("request.duration"), op="lt", value=5), IncidentKind.LATENCY),
        (Threshold(query=rows_of("availability"), op="gt", value=0.5), IncidentKind.DOWNTIME),
        (Threshold(query=rows_of("queue.depth"), op="lt", value=5), IncidentKind.METRIC),
        (Ratio(bad=rows_of("errors"), total=rows_of("all")), IncidentKind.ERROR),
        (Ratio(good=Rows(table=Table.SPANS, at_most={"duration_ms": 5}), total=Rows(table=Table.SPANS)),
         IncidentKind.LATENCY),
    ],
)  # fmt: skip
def test_the_kind_of_incident_is_what_users_notice(indicator: Indicator, kind: IncidentKind) -> None:
    assert incident_kind(slo(indicator=indicator)) is kind
