"""What users would notice is found, dated to the request, and healthy telemetry stays quiet."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.detect.made import START, frame, span, steady, telemetry_of
from workbench.detect.severity import severity
from workbench.detect.watch import find_anomalies
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, Table


def seconds(anomaly: Anomaly) -> float:
    return (anomaly.time_unix_nano - START) / NANOS_PER_SECOND


def detectors(anomalies: list[Anomaly]) -> set[tuple[str, str]]:
    return {(one.service_name, one.detector) for one in anomalies}


def test_nothing_has_no_anomalies() -> None:
    assert find_anomalies(Telemetry(), "empty") == []


def test_a_healthy_service_has_no_anomalies() -> None:
    found = find_anomalies(telemetry_of(spans=steady("cart", 600, bad=lambda at: at % 97 == 0)), "healthy")

    assert found == []


def test_errors_are_dated_to_the_first_of_them() -> None:
    rows = steady("payments", 600, bad=lambda at: at >= 403.25 and int(at * 4) % 3 == 0) + steady("cart", 600)

    found = find_anomalies(telemetry_of(spans=rows), "x")

    assert detectors(found) == {("payments", "error_rate")}
    assert seconds(found[0]) == pytest.approx(403.25, abs=0.75)
    assert found[0].kind is IncidentKind.ERROR
    assert found[-1].value == pytest.approx(1 / 3, abs=0.1)
    assert severity(found[-1]) == "critical"
    assert found[0].summary.startswith("Error rate of payments is ")
    assert {one.scope for one in found} == {"x"}


def test_slow_requests_are_a_latency_anomaly() -> None:
    rows = [span("search", at / 4, ms=(200.0 if at >= 1600 else 20.0) + at % 5) for at in range(2400)]

    found = find_anomalies(telemetry_of(spans=rows), "x")

    assert detectors(found) == {("search", "latency")}
    assert seconds(found[0]) == pytest.approx(400, abs=1)
    assert (found[0].expected, found[0].value) == (pytest.approx(24, abs=1), pytest.approx(204, abs=1))


def test_one_slow_bucket_is_no_incident() -> None:
    rows = [span("search", at / 4, ms=(200.0 if 1600 <= at < 1640 else 20.0) + at % 5) for at in range(2400)]

    assert find_anomalies(telemetry_of(spans=rows), "x") == []


def test_a_service_that_nobody_reaches_is_down() -> None:
    rows = steady("cart", 600) + [
        row for row in steady("payments", 600) if row["end_time_unix_nano"] < START + 400 * 10**9
    ]

    found = find_anomalies(telemetry_of(spans=rows), "x")

    assert detectors(found) == {("payments", "volume")}
    assert {one.kind for one in found} == {IncidentKind.DOWNTIME}
    assert seconds(found[0]) == pytest.approx(400, abs=10)
    assert (found[-1].value, found[0].expected) == (0, pytest.approx(240, rel=0.05))


def test_log_lines_stand_in_for_requests_where_there_are_no_spans() -> None:
    rows = [
        {
            "time_unix_nano": START + at * 250_000_000,
            "service_name": "batch",
            "severity_number": 17 if at >= 1600 and at % 2 else 9,
            "body": "step done",
        }
        for at in range(2400)
    ]

    found = find_anomalies(telemetry_of(logs=rows), "x")

    assert detectors(found) == {("batch", "error_logs")}
    assert seconds(found[0]) == pytest.approx(400, abs=1)


def beats(
    service: str, seconds_: range, instance: str = "", name: str = "up", value: float = 1.0
) -> list[dict[str, object]]:
    return [
        {
            "time_unix_nano": START + at * NANOS_PER_SECOND,
            "metric_name": name,
            "service_name": service,
            "service_instance_id": instance,
            "value": value,
        }
        for at in seconds_
    ]


def test_a_missing_heartbeat_is_downtime_from_the_first_missed_beat() -> None:
    rows = beats("cart", range(0, 600, 10)) + beats("db", range(0, 310, 10))

    found = find_anomalies(telemetry_of(metrics=rows), "x")

    assert [(one.service_name, one.detector, seconds(one)) for one in found] == [("db", "heartbeat", 310)]
    assert (found[0].value, found[0].expected) == (290, 10)
    assert severity(found[0]) == "critical"


def test_an_instance_that_is_scaled_away_leaves_its_service_up() -> None:
    rows = beats("cart", range(0, 600, 10), "cart-1") + beats("cart", range(5, 300, 10), "cart-2")

    assert find_anomalies(telemetry_of(metrics=rows), "x") == []


def test_an_up_gauge_of_zero_is_downtime() -> None:
    rows = beats("db", range(0, 300, 10)) + beats("db", range(300, 600, 10), value=0.0)

    found = find_anomalies(telemetry_of(metrics=rows), "x")

    assert detectors(found) == {("db", "availability")}
    assert (seconds(found[0]), found[0].value, found[0].expected) == (300, 0, 1)


@pytest.mark.parametrize("scale", [1.0, 100.0], ids=["share", "percent"])
def test_availability_that_falls(scale: float) -> None:
    healthy = beats("api", range(0, 400, 10), name="availability", value=0.999 * scale)
    ill = beats("api", range(400, 600, 10), name="availability", value=0.8 * scale)

    found = find_anomalies(telemetry_of(metrics=healthy + ill), "x")

    assert detectors(found) == {("api", "availability")}
    assert (seconds(found[0]), found[0].value) == (400, pytest.approx(0.8))


def test_heartbeats_may_be_log_lines() -> None:
    rows = [
        {
            "time_unix_nano": START + at * NANOS_PER_SECOND,
            "service_name": "job",
            "severity_number": 9,
            "body": "Heartbeat ok",
        }
        for at in [*range(0, 200, 5), *range(260, 400, 5)]
    ]

    found = [one for one in find_anomalies(telemetry_of(logs=rows), "x") if one.detector == "heartbeat"]

    assert [(seconds(one), one.value) for one in found] == [(200, 65)]


def test_the_order_of_rows_does_not_matter() -> None:
    rows = steady("payments", 300, bad=lambda at: at >= 200)
    shuffled = frame(Table.SPANS, rows).sample(frac=1.0, random_state=1)

    assert find_anomalies(Telemetry(spans=shuffled), "x") == find_anomalies(telemetry_of(spans=rows), "x")


def test_rows_without_a_service_or_a_time_do_not_count() -> None:
    rows = [{**row, "service_name": ""} for row in steady("x", 60, bad=lambda at: at > 30)]
    odd = pd.concat([frame(Table.SPANS, rows), frame(Table.SPANS, [span("a", 1.0)])])

    assert find_anomalies(Telemetry(spans=odd), "x") == []


def test_a_wave_of_traffic_early_in_the_data_is_no_rise():
    early = steady("shop", 60, per_s=1) + [span("shop", 60 + index / 20, ms=20.0) for index in range(20 * 30)]

    assert find_anomalies(telemetry_of(spans=early), "s", bucket_s=10) == []
