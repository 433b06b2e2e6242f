from __future__ import annotations

import json
from itertools import pairwise

import pytest

from tests.report.sample import EDGES, HOSTILE, ONSET, SECOND, make_content, make_telemetry
from workbench.facts.diagnosis import Verdict
from workbench.report.content import ReportContent
from workbench.semconv import Table
from workbench.store.db import Store


@pytest.fixture(scope="module")
def content() -> ReportContent:
    with Store.open(None) as store:
        return make_content(store)


def test_every_evidence_of_a_cause_can_be_checked_again(content: ReportContent) -> None:
    named = [one.evidence_id for cause in content.causes for one in cause.evidence]

    assert named == [entry.evidence_id for entry in content.ledger]
    assert [entry.command for entry in content.ledger] == [f"causeway evidence {name}" for name in named]
    assert [entry.rows for entry in content.ledger] == [72, 60, 0]
    assert json.loads(content.ledger[0].parameters)[0] == ONSET


def test_evidence_without_an_id_is_given_the_stored_one(content: ReportContent) -> None:
    from tests.report.sample import fill, make_diagnosis
    from workbench.report.incident import build

    with Store.open(None) as store:
        incident = fill(store)
        again = build(store, incident.incident_id, make_diagnosis(), [], "rules", 0, [], make_telemetry())

    assert [[one.evidence_id for one in cause.evidence] for cause in again.causes] == [
        [one.evidence_id for one in cause.evidence] for cause in content.causes
    ]


def test_timeline_is_in_order_and_says_each_thing_once(content: ReportContent) -> None:
    told = [(entry.time_unix_nano - ONSET, entry.kind, entry.service_name) for entry in content.timeline]

    assert told == [
        (-30 * SECOND, "change", "payments"),
        (0, "onset", "payments"),
        (4 * SECOND, "first_error", "payments"),
        (6 * SECOND, "anomaly", "gateway"),
    ]


def test_charts_mark_the_change_and_the_onset(content: ReportContent) -> None:
    assert [(mark.kind, mark.time_unix_nano - ONSET) for mark in content.marks] == [
        ("change", -30 * SECOND),
        ("onset", 0),
    ]


def test_charts_show_what_changed_and_the_cause_stands_out(content: ReportContent) -> None:
    shown = {chart.key: (chart.lines[0].name, chart.lines[0].cause) for chart in content.charts}

    assert shown == {
        "metric:db.pool.in_use": ("payments-2", False),
        "error_rate": ("payments", True),
        "latency_p95_ms": ("payments", True),
        "requests": ("payments", True),
        "error_lines": ("payments", True),
    }
    for chart in content.charts:
        assert all(early < late for early, late in pairwise(chart.times_unix_nano))
        assert {len(line.values) for line in chart.lines} == {len(chart.times_unix_nano)}


def test_waterfall_is_a_slow_request_through_the_cause(content: ReportContent) -> None:
    waterfall = content.waterfall

    assert waterfall is not None
    assert (waterfall.duration_ms, waterfall.typical_ms) == (1800.0, 43.0)
    assert [(span.depth, span.service_name) for span in waterfall.spans] == [
        (0, "gateway"),
        (1, "checkout"),
        (2, "payments"),
        (3, "postgres"),
    ]


def test_topology_shows_the_failing_path(content: ReportContent) -> None:
    states = {node.service_name: node.state for node in content.topology.nodes if node.state != "healthy"}

    assert states == {"payments": "cause", "checkout": "affected", "gateway": "affected"}
    assert [(edge.caller, edge.callee) for edge in content.topology.edges if edge.failing] == [
        ("checkout", "payments"),
        ("gateway", "checkout"),
    ]
    assert [(edge.caller, edge.callee) for edge in content.topology.edges] == EDGES


def test_log_patterns_tell_what_is_new(content: ReportContent) -> None:
    found = [(one.change, one.service_name, one.severity, one.before, one.after) for one in content.patterns]

    assert found == [("new", "payments", "ERROR", 0, 60)]


def test_what_is_not_known_is_collected_from_the_causes(content: ReportContent) -> None:
    assert content.not_known == [
        "Whether postgres limits connections itself: there are no metrics of it.",
        "No metrics of the network between payments and postgres.",
    ]


def test_content_survives_json(content: ReportContent) -> None:
    assert ReportContent.model_validate_json(content.model_dump_json()) == content


def test_personal_data_in_quoted_lines_is_masked_and_counted() -> None:
    from tests.report.sample import fill, make_diagnosis
    from workbench.report.incident import build

    with Store.open(None) as store:
        incident = fill(store)
        diagnosis = make_diagnosis().model_copy(update={"impact": ["ann@example.com and 10.1.2.3 waited"]})
        content = build(store, incident.incident_id, diagnosis, [], "rules", 2, [], make_telemetry())

    assert content.impact == ["[EMAIL] and [IP] waited"]
    assert content.masked == 4


@pytest.mark.parametrize("verdict", [Verdict.HEALTHY, Verdict.UNKNOWN])
def test_without_an_incident_nobody_is_blamed(verdict: Verdict) -> None:
    with Store.open(None) as store:
        content = make_content(store, verdict)

    assert content.incident_id is None
    assert (content.causes, content.ledger, content.waterfall, content.patterns) == ([], [], None, [])
    assert {node.state for node in content.topology.nodes} <= {"healthy"}
    assert content.onset_unix_nano is None


def test_a_case_without_rows_still_makes_a_report() -> None:
    with Store.open(None) as store:
        content = make_content(store, Verdict.UNKNOWN)

    assert (content.rows, content.charts, content.start_unix_nano) == ({}, [], None)
    assert content.not_known == ["There is no telemetry in this case."]


def test_telemetry_is_not_changed() -> None:
    from tests.report.sample import make_diagnosis
    from workbench.report.incident import build

    rows = make_telemetry()
    before = {table: rows.frame(table).copy() for table in Table}
    with Store.open(None) as store:
        build(store, None, make_diagnosis(), [], "rules", 0, [], rows)

    assert all(before[table].equals(rows.frame(table)) for table in Table)
    assert HOSTILE in "".join(before[Table.LOGS]["body"])
