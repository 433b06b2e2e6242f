"""Reports, settings, the command palette and notices: without a browser, then in one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import fill_workspace, served
from tests.panel.test_views import app_of, run, text_of
from workbench import Workbench, open_workbench
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Incident
from workbench.facts.run import Run, RunStatus
from workbench.store import incidents, runs

pytestmark = pytest.mark.slow


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace", use_model=False) as opened:
        assert isinstance(opened, Workbench)
        yield opened


def files_of(view: Any) -> dict[str, bytes]:
    return {button.filename: button.callback().read() for button in view._files if hasattr(button, "filename")}


def test_the_weekly_report_is_read_and_taken_away(wb: Workbench) -> None:
    fill_workspace(wb)
    app = app_of(wb, "?page=reports")

    files = files_of(app._current)
    assert "2 incidents began in this week" in text_of(app._body)
    assert sorted(files) == ["weekly.html", "weekly.json", "weekly.md"]
    assert b"Content-Security-Policy" in files["weekly.html"]
    assert json.loads(files["weekly.json"])["weeks"][-1]["incidents"] == 2
    assert files["weekly.md"].startswith(b"# ")


def test_a_report_is_read_and_taken_away(wb: Workbench) -> None:
    fill_workspace(wb)
    app = app_of(wb, "?page=reports&show=REP-1")

    text = text_of(app._body)
    assert "Ranked causes" in text
    assert "<script" not in text
    assert sorted(files_of(app._current)) == ["INC-1.html", "INC-1.json", "INC-1.md"]
    app.router.go(page="reports", show="REP-9")
    assert "no report &#39;REP-9&#39;" in text_of(app._body)


def test_without_a_browser_it_is_said_how_to_get_a_pdf(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    fill_workspace(wb)
    view = app_of(wb, "?page=reports")._current

    assert view._print.css_classes == ["gone"]
    assert not view._print_button.visible
    assert "Install Chromium" in view._no_browser.object


def test_without_an_incident_the_page_of_reports_teaches(wb: Workbench) -> None:
    assert "No report of an incident yet" in text_of(app_of(wb, "?page=reports")._body)


def test_rules_of_masking_are_added_switched_and_removed(wb: Workbench) -> None:
    view = app_of(wb, "?page=settings")._current
    pii = view._pii
    assert "[EMAIL] called from [IP]" in text_of(view.view)
    pii._name.value, pii._pattern.value = "CALLER", "called from"
    pii.keep()
    assert "[EMAIL] [CALLER] [IP]" in text_of(view.view)

    view.act("pii-on", "EMAIL", False)
    assert "ada@example.org [CALLER] [IP]" in text_of(view.view)
    view.act("pii-edit", "CALLER", None)
    pii._pattern.value_input = "(<i>"
    pii.keep()
    assert "&#39;(&lt;i&gt;&#39; is no regular expression" in pii._said.object
    view.act("pii-remove", "CALLER", None)

    assert "ada@example.org called from [IP]" in text_of(view.view)
    assert [one.name for one in wb.call("pii_rules") if not one.on] == ["EMAIL"]


def test_settings_are_changed_where_they_are_shown(wb: Workbench) -> None:
    assert wb.path
    app = app_of(wb, "?page=settings")
    view = app._current
    view.act("edit", "incident_grouping_s", None)
    assert view._value.value == "300.0"

    view._value.value = "60"
    view._save(None)

    assert "incident_grouping_s = 60.0" in (wb.path / "causeway.toml").read_text(encoding="utf-8")
    text = text_of(app._body)
    assert "No model is asked" in text
    assert "[EMAIL] called from [IP]" in text
    assert "<kbd>Ctrl+K</kbd>" in text


def test_the_palette_has_pages_flows_services_incidents_and_actions(wb: Workbench) -> None:
    from workbench.faces.panel.palette import entries_of

    fill_workspace(wb)
    wb.call("flow_new", flow="mine")

    found = {(one["kind"], one["title"]): one.get("href", one.get("act")) for one in entries_of(wb)}

    assert found["page", "Overview"] == "?"
    assert found["page", "SLOs"] == "?page=slos"
    assert found["incident", "INC-1 payments: connection pool exhausted"] == "?incident=INC-1"
    assert found["flow", "mine"] == "?flow=mine"
    assert found["action", "Run flow mine"] == "app:run"
    assert ("service", "payments") in found


def test_news_are_told_once_with_a_way_there(wb: Workbench) -> None:
    fill_workspace(wb)
    app = app_of(wb)
    assert 'class="notice"' not in app._notices.view.object
    incidents.create(
        wb.store,
        Incident(incident_id="", title="web <b>fails</b>", kind=IncidentKind.ERROR, opened_unix_nano=10**19 // 5,
                 updated_unix_nano=1),
    )  # fmt: skip
    runs.create(
        wb.store,
        Run(
            run_id="run-9",
            flow_name="shop",
            status=RunStatus.FAILED,
            started_unix_nano=10**18,
            exit_reason="failed: no disk",
        ),
    )

    run(app.refresh())
    text = app._notices.view.object
    assert '<a href="?incident=INC-3" data-go>INC-3 web &lt;b&gt;fails&lt;/b&gt;</a>' in text
    assert "shop: no disk" in text
    app.router.go(incident="INC-3")
    assert "INC-3" not in app._notices.view.object
    # Not through `_acted`: where a loop runs in this thread, as after a browser test, that only asks for it.
    run(app._act("app:dismiss", "?flow=shop&tab=runs&run=run-9"))

    assert 'class="notice"' not in app._notices.view.object


@pytest.mark.browser
def test_the_palette_leads_to_an_incident_and_a_report_is_printed(tab: Any, tmp_path: Path) -> None:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        fill_workspace(opened)
    with served(tmp_path / "workspace") as address:
        tab.goto(address)
        tab.locator("#loader").wait_for(state="hidden")
        tab.get_by_role("heading", name="Overview").wait_for()
        tab.keyboard.press("Control+k")
        tab.get_by_role("combobox", name="Search").fill("pool exh")
        tab.get_by_role("option", name="INC-1").wait_for()
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/?incident=INC-1")
        tab.get_by_role("heading", name="payments: connection pool exhausted").wait_for()

        tab.get_by_role("button", name="Search").click()
        tab.get_by_role("combobox", name="Search").fill("reports page")
        tab.get_by_role("option", name="Reports").wait_for()
        tab.keyboard.press("Enter")
        tab.get_by_role("region", name="List of reports").get_by_role("link", name="payments: connection").click()
        tab.wait_for_url("**show=REP-1")
        tab.get_by_role("button", name="Print as PDF").click()
        tab.get_by_text("INC-1.pdf").first.wait_for()

        assert (tmp_path / "workspace" / "reports" / "INC-1.pdf").read_bytes().startswith(b"%PDF-")
        tab.goto("about:blank")
