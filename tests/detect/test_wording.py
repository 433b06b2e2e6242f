"""Titles and severities say the effect on users, in units that people read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.detect.made import START
from workbench.detect.severity import severity, worst_severity
from workbench.detect.wording import LONGEST_TITLE, amount, number, title
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.semconv import NANOS_PER_SECOND


def seen(detector: str, kind: str, value: float | None, expected: float | None, at_s: int = 0, **more: Any) -> Anomaly:
    return Anomaly(
        **{
            "detector": detector,
            "kind": IncidentKind(kind),
            "service_name": "cart",
            "time_unix_nano": START + at_s * NANOS_PER_SECOND,
            "score": 0.8,
            "value": value,
            "expected": expected,
            "summary": "something. odd.",
        }
        | more
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.4, "0.4"), (0.043, "0.043"), (0.00001, "0.00001"), (9.87, "9.9"), (12.3, "12"), (123456, "123456")],
)
def test_numbers_have_no_exponent(value: float, text: str) -> None:
    assert number(value) == text


def test_each_detector_has_its_unit() -> None:
    assert [amount(name, 0.5) for name in ("error_rate", "latency", "heartbeat", "volume")] == [
        "50 %",
        "0.5 ms",
        "0.5 s",
        "0.5",
    ]


def test_a_title_goes_from_the_usual_to_the_worst() -> None:
    anomalies = [
        seen("latency", "latency", 200.0, 20.0, 5),
        seen("latency", "latency", 900.0, 80.0, 9, score=0.95),
        seen("volume", "downtime", 0.0, 40.0, 9),
    ]

    assert title(anomalies) == "cart: p95 latency 20 ms -> 900 ms since 22:13:25 UTC"
    onset = anomalies[0].time_unix_nano + 2_000_000_000
    assert title(anomalies, onset) == "cart: p95 latency 20 ms -> 900 ms since 22:13:27 UTC"


def test_an_unknown_detectors_own_words_are_the_title() -> None:
    assert title([seen("mine", "metric", None, None)]) == "cart: something. odd since 22:13:20 UTC"
    long = title([seen("mine", "metric", None, None, summary="x" * 500)])
    assert len(long) == LONGEST_TITLE
    assert long.endswith("… since 22:13:20 UTC")


@pytest.mark.parametrize(
    ("anomaly", "level"),
    [
        (seen("error_rate", "error", 0.03, 0.0), "warning"),
        (seen("error_rate", "error", 0.05, 0.0), "error"),
        (seen("error_rate", "error", 0.25, 0.0), "critical"),
        (seen("latency", "latency", 40.0, 20.0), "warning"),
        (seen("latency", "latency", 60.0, 20.0), "error"),
        (seen("latency", "latency", 200.0, 20.0), "critical"),
        (seen("latency", "latency", 200.0, 0.0), "warning"),
        (seen("volume", "downtime", 15.0, 40.0), "error"),
        (seen("volume", "downtime", 4.0, 40.0), "critical"),
        (seen("availability", "downtime", 0.9, 1.0), "error"),
        (seen("availability", "downtime", 0.5, 1.0), "critical"),
        (seen("heartbeat", "downtime", 90.0, 10.0), "critical"),
        (seen("volume", "metric", 900.0, 40.0), "info"),
        (seen("mine", "downtime", None, None), "error"),
        (seen("mine", "metric", None, None), "warning"),
    ],
)
def test_severity_is_the_effect(anomaly: Anomaly, level: str) -> None:
    assert severity(anomaly) == level


def test_the_worst_of_several() -> None:
    assert (
        worst_severity([seen("error_rate", "error", 0.03, 0.0), seen("heartbeat", "downtime", 9.0, 1.0)]) == "critical"
    )
    assert worst_severity([]) == "info"
