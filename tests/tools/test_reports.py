"""Reports and the overview as tools: what is stored comes back in any form, also when its files are gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.sample import END, fill, make_content
from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.diagnosis import Verdict
from workbench.facts.incident import IncidentState
from workbench.facts.run import Run
from workbench.report.content import ReportContent
from workbench.report.write import write
from workbench.store import incidents, reports, runs
from workbench.store.reports import Report


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def save(wb: Workbench, content: ReportContent, report_id: str = "REP-1") -> Path:
    assert wb.path
    folder = wb.path / "reports" / report_id
    files = [file.name for file in write(content, folder)]
    reports.save(
        wb.store,
        Report(
            report_id=report_id, incident_id=content.incident_id or "", title=content.title, created_unix_nano=END,
            folder=str(folder), files=files,
        ),
    )  # fmt: skip
    return folder


def test_the_content_of_a_written_report_comes_back_whole(wb: Workbench) -> None:
    content = make_content(wb.store)
    save(wb, content)

    assert wb.call("report_content", incident_id="INC-1") == content
    assert wb.call("report_content") == content


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", "# payments: connection pool"), ("json", '{\n "format_version"'), ("html", "<!doctype html>")],
)
def test_a_report_is_shown_in_the_form_asked_for(wb: Workbench, form: str, begins: str) -> None:
    folder = save(wb, make_content(wb.store))

    shown = wb.call("report", incident_id="INC-1", format=form)

    assert shown.body.startswith(begins)
    assert shown.text().startswith(begins)
    assert shown.files == [str(folder / name) for name in ("report.md", "report.json", "report.html")]


def test_a_report_whose_files_are_gone_is_made_anew(wb: Workbench) -> None:
    folder = save(wb, make_content(wb.store))
    shutil.rmtree(folder)

    shown = wb.call("report", incident_id="INC-1")

    assert "**payments**, pool exhaustion: 91 %" in shown.body
    assert shown.files == []


def test_an_incident_without_a_written_report_still_has_one(wb: Workbench) -> None:
    fill(wb.store)

    content = wb.call("report_content", incident_id="INC-1")

    assert [cause.service_name for cause in content.causes] == ["payments", "postgres", "checkout"]


def test_a_healthy_case_has_a_report_of_its_own(wb: Workbench) -> None:
    save(wb, make_content(wb.store, Verdict.HEALTHY), "REP-7")

    assert wb.call("report_content", report_id="REP-7").verdict is Verdict.HEALTHY


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param({"incident_id": "INC-9"}, "no incident 'INC-9'", id="no-incident"),
        pytest.param({"report_id": "REP-9"}, "no report 'REP-9'", id="no-report"),
    ],
)
def test_what_is_not_there_is_named(wb: Workbench, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(NotFound, match=says):
        wb.call("report_content", **arguments)


def test_before_the_first_report_it_says_how_to_get_one(wb: Workbench) -> None:
    with pytest.raises(BadInput, match=r"there is no report yet\. `causeway analyze FOLDER` writes one"):
        wb.call("report_content")


def test_an_incident_that_nobody_looked_into_says_so(wb: Workbench) -> None:
    incident = fill(wb.store)
    with wb.store.transaction() as cursor:
        cursor.execute("DELETE FROM diagnoses")

    with pytest.raises(NotFound, match="It was not investigated yet"):
        wb.call("report", incident_id=incident.incident_id)


def test_reports_are_listed(wb: Workbench) -> None:
    assert wb.call("reports").text() == "No reports yet. `causeway analyze FOLDER` writes one."
    save(wb, make_content(wb.store))

    assert [one.report_id for one in wb.call("reports", incident_id="INC-1")] == ["REP-1"]
    assert "REP-1   INC-1     2026-03-10T09:42:00Z  payments: connection pool exhausted" in wb.call("reports").text()


def test_an_empty_workspace_says_where_to_start(wb: Workbench) -> None:
    found = wb.call("overview")

    assert (found.open_incidents, found.services, found.runs) == (0, [], [])
    assert "Start with `causeway demo`" in found.text()


def test_the_overview_counts_what_is_there(wb: Workbench) -> None:
    incident = fill(wb.store)
    runs.create(wb.store, Run(run_id="RUN-1", flow_name="shop", started_unix_nano=END, rows_in=7))

    found = wb.call("overview")

    assert (found.open_incidents, found.incident_count) == (1, 1)
    assert found.services == ["cart", "catalog", "checkout", "gateway", "payments", "postgres", "redis"]
    assert found.rows == {"logs": 420, "spans": 1200, "metrics": 144, "events": 1, "edges": 7, "states": 0}
    assert "Last run        shop pending 2026-03-10T09:42:00Z, 7 rows in" in found.text()
    incidents.move(wb.store, incident.incident_id, IncidentState.RESOLVED, now_unix_nano=END)
    assert wb.call("overview").open_incidents == 0
