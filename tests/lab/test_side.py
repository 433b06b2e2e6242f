"""The panel at the left: what it lists opens in the app, and is sent to the notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.acts import (
    from_palette,
    has_kernel,
    has_nodes,
    in_app,
    in_cell,
    listed,
    run_command,
    side,
    write_flow,
    write_notebook,
)
from tests.lab.jupyter import Lab

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


def test_an_incident_opens_in_a_tab_behind_the_proxy(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit(write_notebook(lab, "incident_1"))
    side(page)

    listed(page, "openIncident", "INC-1").click()

    app = in_app(page)
    app.get_by_role("heading", name="payments: connection pool exhausted").first.wait_for()
    app.locator("canvas").first.wait_for()


def test_a_service_and_a_run_open_in_tabs_of_their_own(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "listed", lab.workspace / "flows")
    assert lab.ask("causeway/call/flow_run", {"flow": "listed"})[0] == 200
    page = visit(write_notebook(lab, "service_2"))
    side(page)

    listed(page, "openService", "payments").click()
    in_app(page).get_by_role("heading", name="payments").first.wait_for()
    page.locator('.cwl-Side [data-does="openRun"]', has_text="listed").click()
    in_app(page).get_by_role("heading", name="listed").first.wait_for()
    in_app(page).get_by_text("4 in, 2 out, 0 failed").first.wait_for()


def test_evidence_is_unfolded_opened_and_sent(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit(write_notebook(lab, "is_3"))
    has_kernel(page)
    side(page)

    listed(page, "unfold", "INC-1").click()
    first = page.locator('.cwl-Side [data-does="sendEvidence"]').first
    name = first.get_attribute("data-id")
    first.click()
    page.locator(".jp-Cell.jp-mod-active", has_text=f'wb.incident("INC-1").evidence["{name}"]').wait_for()
    run_command(page, "notebook:run-cell")

    piece = page.get_by_role("region", name=f"Evidence {name}")
    piece.get_by_role("button", name=f"Check {name} again").click()
    piece.get_by_text("holds", exact=True).wait_for()
    listed(page, "openEvidence", str(name)).click()
    in_app(page).get_by_role("heading", name=f"Evidence {name}").wait_for()


def test_an_incident_that_nobody_looked_into_says_so_in_a_sentence(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit("")
    side(page)

    listed(page, "unfold", "INC-2").click()

    page.locator(".cwl-inner", has_text="No report 'INC-2'. It was not investigated yet.").wait_for()


def test_a_report_that_is_not_there_was_asked_for_again_at_each_refresh(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit("")
    side(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    listed(page, "unfold", "INC-2").click()
    page.locator(".cwl-inner", has_text="It was not investigated yet.").wait_for()
    for _ in range(2):
        with page.expect_response("**/causeway/call/changes*"):
            pass

    assert len([one for one in asked if "/report_content" in one]) == 1


def test_the_cards_of_the_launcher_have_icons_of_their_own(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit("")
    cards = page.locator('.jp-LauncherCard[data-category="Causeway"]')
    cards.nth(1).wait_for()

    icons = [cards.nth(place).locator("svg").get_attribute("data-icon") for place in range(2)]

    assert icons == ["causeway:mark", "causeway:app"]


def test_a_flow_is_sent_to_the_notebook_and_run_there(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "sent")
    page = visit(write_notebook(lab, "flow_4"))
    has_kernel(page)
    run_command(page, "docmanager:open", path="sent.flow.json", options={"mode": "split-right"})
    has_nodes(page, 3)

    from_palette(page, "Send Flow to Notebook")
    page.locator(".jp-Cell.jp-mod-active", has_text=f'wb.flow("{path}")').wait_for()
    run_command(page, "notebook:run-cell")

    slow = page.locator('.jp-OutputArea .react-flow__node[data-id="slow"]')
    slow.wait_for()
    editor = page.locator(".jp-OutputArea .cw-root")
    editor.get_by_role("tab", name="Run").click()
    editor.get_by_role("button", name="Run", exact=True).click()
    slow.locator('[data-state="succeeded"]', has_text="2 rows").wait_for()


def test_an_incident_is_sent_to_the_notebook_and_picked_in(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit(write_notebook(lab, "incident_5"))
    has_kernel(page)
    side(page)

    listed(page, "sendIncident", "INC-1").click()
    page.locator(".jp-Cell.jp-mod-active", has_text='wb.incident("INC-1")').wait_for()
    run_command(page, "notebook:run-cell")
    page.get_by_role("region", name="Incident INC-1").get_by_role("button", name="resolved").wait_for()

    in_cell(page, 'causes = wb.incident("INC-1").causes.widget()\ncauses')
    page.get_by_role("region", name="Causes of INC-1").get_by_role("button", name="checkout").click()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    run_command(page, "notebook:insert-cell-below")
    in_cell(page, 'print("picked:", causes.selected)')
    page.get_by_text("picked: payments").wait_for()
