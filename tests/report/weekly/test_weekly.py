"""Weeks, trends that chance does not explain, and causes that came back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import open_workbench
from workbench.errors import BadInput
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.incident import Incident, IncidentState
from workbench.report.weekly.build import WEEK, Past, build_weekly, monday
from workbench.store import incidents

NANO = 1_000_000_000
WEDNESDAY = int(datetime(2026, 3, 11, 12, tzinfo=UTC).timestamp()) * NANO


def past(number: int, back: int = 0, service: str = "cart", confidence: float = 0.9, severity: str = "error") -> Past:
    incident = Incident(
        incident_id=f"INC-{number}", title=f"{service} fails", kind=IncidentKind.ERROR, severity=severity,
        opened_unix_nano=WEDNESDAY - back * WEEK, updated_unix_nano=WEDNESDAY,
    )  # fmt: skip
    cause = Cause(rank=1, service_name=service, fault_type="cpu", confidence=confidence)
    return Past(incident, Diagnosis(case="c", verdict=Verdict.INCIDENT, reason="r", causes=[cause]))


def test_weeks_begin_on_monday_in_utc() -> None:
    begin = monday(WEDNESDAY)
    assert datetime.fromtimestamp(begin / NANO, UTC) == datetime(2026, 3, 9, tzinfo=UTC)
    assert monday(begin) == begin
    assert monday(begin - 1) == begin - WEEK


def test_a_jump_is_told_from_chance() -> None:
    calm = [past(number, back) for number, back in enumerate((1, 2, 3, 4))]
    loud = build_weekly([*calm, *(past(10 + number) for number in range(9))], WEDNESDAY, 5)
    (trend,) = [one for one in loud.trends if one.what == "incidents"]
    assert (trend.last, trend.before) == (9, 1.0)
    assert trend.words == "clearly more than before"
    same = build_weekly([*calm, past(10), past(11)], WEDNESDAY, 5)
    assert same.trends[0].words == "no more than chance explains"


def test_a_week_of_silence_can_be_a_clear_fall() -> None:
    busy = [past(number, 1 + number % 4) for number in range(40)]
    found = build_weekly(busy, WEDNESDAY, 5)
    assert found.weeks[-1].incidents == 0
    assert found.trends[0].words == "clearly fewer than before"
    assert "No incident began in this week." in found.text()


def test_what_came_back_names_its_incidents() -> None:
    doubtful = past(3, 0, "mail", confidence=0.2)
    found = build_weekly([past(1, 2), past(2, 0), doubtful], WEDNESDAY, 4)
    assert [(one.service_name, one.incident_ids) for one in found.repeated] == [("cart", ["INC-1", "INC-2"])]
    assert found.weeks[-1].recurrences == 1
    assert found.weeks[-1].explained == 1
    assert found.services == {"cart": 1}
    assert "cart, CPU: 2 times (INC-1, INC-2)" in found.text()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_no_incident_is_lost_or_counted_twice(backs: list[int]) -> None:
    found = build_weekly([past(number, back) for number, back in enumerate(backs)], WEDNESDAY, 7)
    assert sum(week.incidents for week in found.weeks) == len(backs)
    for week in found.weeks:
        assert sum(week.by_kind.values()) == week.incidents


def test_the_command_counts_what_is_stored(tmp_path: Path) -> None:
    wb = open_workbench(in_memory=True)
    try:
        with pytest.raises(BadInput, match="no incident yet"):
            wb.call("weekly")
        made = incidents.create(wb.store, past(1).incident)
        for number, state in enumerate((IncidentState.INVESTIGATING, IncidentState.RESOLVED)):
            moved = WEDNESDAY + number * 2 * 3600 * NANO
            incidents.move(wb.store, made.incident_id, state, now_unix_nano=moved)
        found = wb.call("weekly", out=tmp_path / "week.md")
        assert found.weeks[-1].hours_in_hand == 2.0
        assert (tmp_path / "week.md").read_text().startswith("# Week of 2026-03-09")
        assert found.open_incidents == []
    finally:
        wb.close()
