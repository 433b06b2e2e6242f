"""The impact is told in numbers of before and after, by the kind of the incident."""

from __future__ import annotations

from dataclasses import replace

from tests.agents.shop import diagnose
from tests.detect.made import START, span, steady, telemetry_of
from workbench.agents.analyses import with_analysis
from workbench.agents.sanitise import check_rows
from workbench.detect.watch import find_anomalies
from workbench.facts.diagnosis import Diagnosis, IncidentKind, Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.semconv import NANOS_PER_SECOND

ONSET = START + 200 * NANOS_PER_SECOND


def told(telemetry: Telemetry, kind: IncidentKind) -> Diagnosis:
    diagnosis = Diagnosis(
        case="c", verdict=Verdict.INCIDENT, kind=kind, reason="r", onset_unix_nano=ONSET, onset_given=True
    )
    return with_analysis(diagnosis, kind, telemetry, find_anomalies(telemetry, "c"))


def test_failed_requests_are_counted() -> None:
    rows = steady("payments", 300, bad=lambda at: at >= 200 and int(at * 4) % 4 == 0) + steady("cart", 300)

    assert told(telemetry_of(spans=rows), IncidentKind.ERROR).impact == [
        "100 of 400 requests of payments failed after the onset (25 %); before it was 0 %."
    ]


def test_slow_requests_are_compared_with_before() -> None:
    rows = [span("search", at / 4, ms=250.0 if at >= 800 else 20.0) for at in range(1200)]

    assert told(telemetry_of(spans=rows), IncidentKind.LATENCY).impact == [
        "The slowest 5 % of requests to search took 250 ms or more after the onset; before it was 20 ms."
    ]


def test_silence_is_measured() -> None:
    rows = steady("cart", 300) + steady("payments", 201)

    [line] = told(telemetry_of(spans=rows), IncidentKind.DOWNTIME).impact

    assert line == "payments had no requests for 99 s from 22:16:40 UTC."


def test_the_timeline_begins_with_the_onset_and_names_each_sign_once() -> None:
    telemetry = telemetry_of(spans=steady("payments", 300, bad=lambda at: at >= 200))
    found = with_analysis(diagnose(Case("c", telemetry)), IncidentKind.ERROR, telemetry, find_anomalies(telemetry, "c"))

    assert [(entry.kind, entry.service_name) for entry in found.timeline] == [("anomaly", "payments"), ("onset", "")]
    assert found.timeline[1].text == "Onset (detected)"


def test_what_a_diagnosis_has_already_stays() -> None:
    telemetry = telemetry_of(spans=steady("payments", 300, bad=lambda at: at >= 200))
    full = diagnose(Case("c", telemetry)).model_copy(update={"impact": ["known"]})

    found = with_analysis(full, IncidentKind.LATENCY, telemetry, [])

    assert (found.impact, found.kind, found.causes) == (["known"], IncidentKind.ERROR, full.causes)


def test_a_healthy_diagnosis_stays_as_it_is() -> None:
    healthy = Diagnosis(case="c", verdict=Verdict.HEALTHY, reason="r")

    assert with_analysis(healthy, IncidentKind.ERROR, Telemetry(), []) is healthy


def test_rows_are_checked() -> None:
    log = {"time_unix_nano": START, "service_name": "cart", "body": "sent to a@b.example"}
    spans = [span("cart", 1.0), {**span("", 2.0), "start_time_unix_nano": START * 2}]

    line = check_rows(telemetry_of(logs=[log, {**log, "time_unix_nano": 0}], spans=spans))

    assert line == (
        "2 logs, 2 spans; 1 without a time; 1 spans end before they start; 1 without a service; "
        "personal data in the logs, masked wherever shown: EMAIL (2)"
    )
    assert check_rows(Telemetry()) == "no rows"


def test_a_check_says_of_how_many_spans_a_part_was_read() -> None:
    assert "1 spans (7,000,000 spans in all" in check_rows(
        replace(telemetry_of(spans=[span("cart", 1.0)]), spans_in_all=7_000_000)
    )
