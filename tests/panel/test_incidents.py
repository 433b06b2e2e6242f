"""The pages of incidents: filters, pages, board, doing things together; and what is done on the page of one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import fill_workspace, served
from tests.panel.test_views import app_of, run, text_of
from tests.report.sample import ONSET, SECOND
from workbench import Workbench, open_workbench
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly, Incident
from workbench.store import anomalies, incidents
from workbench.tools.texts import utc

pytestmark = pytest.mark.slow


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        fill_workspace(opened)
        yield opened


def many(wb: Workbench, number: int) -> None:
    for place in range(number):
        incidents.create(
            wb.store,
            Incident(
                incident_id="", title=f"web: trouble {place}", kind=IncidentKind.ERROR, service_name="web",
                opened_unix_nano=place + 1, updated_unix_nano=1, scope="live",
            ),
        )  # fmt: skip


def test_filters_stand_in_the_address(wb: Workbench) -> None:
    app = app_of(wb, "?page=incidents")
    app._current.act("toggle", "state:open", None)
    app._current.act("toggle", "severity:critical", None)

    assert app.router.query == "?page=incidents&state=open&severity=critical"
    text = text_of(app._body)
    assert "INC-1" in text
    assert "INC-2" not in text
    app._current.act("service", "", "checkout")
    assert "No incident fits." in text_of(app._body)
    app._current.act("clear", "", None)

    assert app.router.query == "?page=incidents"
    assert "INC-2" in text_of(app._body)


def test_a_board_without_incidents_teaches_how_they_come_about(tmp_path: Path) -> None:
    with open_workbench(tmp_path / "bare") as opened:
        app = app_of(opened, "?page=incidents&view=board")
        assert "No incident was opened so far." in text_of(app._body)
        app._current.act("toggle", "state:open", None)

        assert 'class="board"' in text_of(app._body)


def test_many_incidents_are_shown_page_by_page(wb: Workbench) -> None:
    many(wb, 55)
    app = app_of(wb, "?page=incidents&p=2")

    text = text_of(app._body)
    assert "57 incidents, page 2 of 2" in text
    assert text.count('data-act="pick"') == 7
    assert 'rel="prev"' in text
    assert 'rel="next"' not in text
    app._current._search.value = "web trouble inc-57"
    assert app.router.query == "?page=incidents&q=web+trouble+inc-57"
    assert '<span class="muted">1 incident</span>' in text_of(app._body)


def test_chosen_incidents_are_assigned_moved_and_merged_together(wb: Workbench) -> None:
    many(wb, 2)
    app = app_of(wb, "?page=incidents&q=trouble")
    view = app._current
    for one in ("INC-3", "INC-4"):
        view.act("pick", one, True)
    assert view._bulk.visible

    view._together("assign_incidents", incident_id=view._picked, owner="Ada")
    assert [one.owner for one in wb.call("find_incidents", text="trouble").incidents] == ["Ada", "Ada"]
    assert not view._bulk.visible
    view.act("pick_all", "", True)
    view._merge(None)

    assert [one.incident_id for one in wb.call("find_incidents", text="trouble").incidents] == ["INC-3"]


def test_the_board_has_a_column_for_each_state_and_moves_cards(wb: Workbench) -> None:
    app = app_of(wb, "?page=incidents&view=board")
    text = text_of(app._body)
    assert text.count('<section aria-label="') == 5

    app._current.act("move", "INC-2", "resolved")

    assert wb.call("incident", incident_id="INC-2").incident.state == "resolved"


def test_an_owner_and_notes_are_kept_and_a_note_with_a_time_marks_the_timeline(wb: Workbench) -> None:
    app = app_of(wb, "?incident=INC-1")
    view = app._current
    desk = view._desk

    desk._assign("Ada <b>")
    desk._text.value, desk._when.value, desk._worked.value = (
        "rolled <i>back</i>",
        utc(ONSET + 60 * SECOND),
        "Yes, it worked",
    )
    desk._add_note(None)

    text = text_of(app._body)
    assert "owner: Ada &lt;b&gt;" in text
    assert '<span class="kind note">note</span>' in text
    assert "rolled &lt;i&gt;back&lt;/i&gt;" in text
    assert [one.worked.value for one in wb.call("incident", incident_id="INC-1").notes] == ["worked"]
    assert "note" in {mark.kind for mark in view._content.marks}


def test_what_another_tab_did_is_shown(wb: Workbench) -> None:
    app = app_of(wb, "?incident=INC-1")
    wb.call("move_incident", incident_id="INC-1", state="investigating")
    wb.call("note_incident", incident_id="INC-1", text="from a notebook")

    run(app.refresh())

    assert "state: investigating" in text_of(app._body)
    assert "from a notebook" in text_of(app._body)


def test_signals_are_split_off_and_merged_back(wb: Workbench) -> None:
    seen = anomalies.add(
        wb.store,
        [Anomaly(detector="rate", kind=IncidentKind.ERROR, service_name="cart", time_unix_nano=ONSET, score=0.9,
                 summary="cart fails", scope="shop-0310")],
    )  # fmt: skip
    incidents.attach(wb.store, "INC-1", [one.anomaly_id for one in seen])
    app = app_of(wb, "?incident=INC-1")
    desk = app._current._desk
    assert desk._services.options == ["cart", "gateway"]

    desk._services.value = ["cart"]
    desk._split(None)
    assert '<a href="?incident=INC-3" data-go>INC-3</a>' in text_of(app._body)
    desk._others.value = "INC-3"
    desk._merge(None)

    assert desk._services.options == ["cart", "gateway"]
    app._current.act("unmerge", "INC-3", None)
    assert desk._services.options == ["gateway"]


def test_the_incident_is_compared_with_a_healthy_time(wb: Workbench) -> None:
    text = text_of(app_of(wb, "?incident=INC-1")._body)

    assert re.search(r"During: 2026-03-10 09:36:00 UTC, [^<]*\. Healthy: 2026-03-10 09:30:0\d UTC, as long\.", text)
    found = wb.call("compare_incident", incident_id="INC-1")
    assert (found.services[0].health, found.services[0].service_name) == ("bad", "checkout")
    assert {one.service_name for one in found.services if one.health == "bad"} >= {"payments", "gateway"}


def test_the_trace_is_shown_with_all_its_spans_or_as_a_flame_graph(wb: Workbench) -> None:
    app = app_of(wb, "?incident=INC-1")
    trace = app._current._trace

    def drawn() -> dict[str, Any]:
        return dict(trace._figure[0].object.renderers[0].data_source.data)

    assert drawn()["service"] == ["gateway", "checkout", "payments", "postgres"]
    assert drawn()["y"] == [0, 1, 2, 3]
    app._current.act("trace", "flame", None)

    assert app.router.query == "?incident=INC-1&trace=flame"
    assert sorted(drawn()["y"]) == [0, 1, 2, 3]
    assert "own" in drawn()


def test_evidence_offers_a_cell_and_a_notebook_that_run(wb: Workbench) -> None:
    identifier = wb.call("report_content", incident_id="INC-1").ledger[0].evidence_id
    app = app_of(wb, f"?incident=INC-1&evidence={identifier}")
    here: dict[str, Any] = {}

    text = text_of(app._drawer.view)
    taken = json.loads(app._drawer._notebook.callback().read())
    for cell in taken["cells"]:
        exec(cell["source"], here)

    assert f"evidence = wb.incident(&#39;INC-1&#39;).evidence[&#39;{identifier}&#39;]" in text
    assert app._drawer._notebook.filename == f"{identifier}.ipynb"
    assert [cell["source"] for cell in taken["cells"]][1:3] == ["evidence", "evidence.df()  # its rows"]
    assert (here["evidence"].holds, len(here["evidence"].df()) > 0) == (True, True)


@pytest.mark.browser
def test_incidents_are_filtered_chosen_moved_and_annotated_by_hand(tab: Any, tmp_path: Path) -> None:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        fill_workspace(opened)
    with served(tmp_path / "workspace") as address:
        tab.goto(address + "&page=incidents")
        tab.locator("#loader").wait_for(state="hidden")
        table = tab.get_by_role("main")
        tab.get_by_role("button", name="critical").click()
        table.get_by_role("link", name="INC-2").wait_for(state="hidden")
        tab.wait_for_url("**severity=critical")
        tab.get_by_role("button", name="Clear").click()
        tab.get_by_role("checkbox", name="Choose INC-2").check()
        tab.get_by_role("textbox", name="Owner", exact=True).fill("Ada")
        tab.get_by_role("button", name="Assign").click()
        table.get_by_role("cell", name="Ada").wait_for()
        tab.get_by_role("button", name="Board").click()
        tab.get_by_label("Move INC-2").select_option("resolved")
        tab.get_by_role("region", name="resolved").get_by_role("link", name="INC-2").wait_for()

        tab.get_by_role("link", name="INC-1").first.click()
        tab.get_by_role("button", name="Flame graph").click()
        tab.wait_for_url("**trace=flame")
        tab.get_by_label("What was done or seen").fill("asked Bob")
        tab.get_by_role("button", name="Add note").click()
        tab.get_by_role("listitem").filter(has_text="asked Bob").wait_for()
        tab.goto("about:blank")


def test_the_page_of_an_incident_leads_on_to_its_cause_at_that_time(wb: Workbench) -> None:
    app = app_of(wb, "?incident=INC-1")
    text = text_of(app._body)
    onward = re.search(r"Go on with payments at that time: (.*?)</p>", text)
    assert onward
    links = dict(re.findall(r'<a href="([^"]+)" data-go>(\w[\w ]*)</a>', onward[1]))
    assert list(links.values()) == ["logs", "error lines", "metrics", "traces", "neighbours"]
    assert all("service=payments" in link and "from=" in link and "to=" in link for link in links)

    for section in ("compare", "notes", "files"):
        assert f'<a href="#{section}">' in text


def test_without_a_browser_the_page_of_an_incident_says_how_to_get_a_pdf(
    wb: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert "Install Chromium" in text_of(app_of(wb, "?incident=INC-1")._body)
