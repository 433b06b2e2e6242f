"""The app in a real Chromium: overview, incident, evidence, themes, keyboard, addresses."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


def visit(tab: Any, address: str, query: str = "") -> None:
    tab.goto(address + (f"&{query}" if query else ""))
    tab.locator("#loader").wait_for(state="hidden")


def query_of(tab: Any) -> str:
    return str(tab.evaluate("location.search"))


def test_an_empty_workspace_teaches_how_to_begin(tab: Any, empty: str) -> None:
    visit(tab, empty)

    tab.get_by_role("heading", name="Start here").wait_for()
    assert tab.get_by_role("button", name="Run the demo").is_enabled()
    tab.get_by_text("causeway analyze FOLDER").first.wait_for()
    assert "token" not in tab.url


def test_analyze_without_a_folder_says_what_is_missing(tab: Any, empty: str) -> None:
    visit(tab, empty)

    tab.get_by_role("button", name="Analyze").click()

    tab.get_by_role("alert").get_by_text("Name a folder or a file of this machine first.").wait_for()


def test_analyze_of_a_folder_that_is_not_there_shows_the_error(tab: Any, empty: str) -> None:
    visit(tab, empty)

    tab.get_by_label("Folder or file on this machine").fill("/no/such/folder")
    tab.keyboard.press("Tab")
    tab.get_by_role("button", name="Analyze").click()

    tab.get_by_role("alert").get_by_text("/no/such/folder").wait_for()


def test_overview_leads_to_an_incident_and_back(tab: Any, full: str) -> None:
    visit(tab, full)
    tab.get_by_role("heading", name="Latest incidents").first.wait_for()

    tab.get_by_role("link", name="payments: connection pool exhausted").last.click()
    tab.get_by_role("heading", name="payments: connection pool exhausted").wait_for()
    assert query_of(tab) == "?incident=INC-1"
    tab.locator("canvas").first.wait_for()

    tab.go_back()
    tab.get_by_role("heading", name="Overview").wait_for()
    assert query_of(tab) == ""


def test_the_answer_is_in_the_page_before_any_script(tab: Any, full: str) -> None:
    visit(tab, full)
    html = tab.request.get(tab.url + "?incident=INC-1").text()

    first = html.split('id="loader"')[1].split("<script")[0]
    assert "payments: connection pool exhausted" in first
    assert "payments ran out of database connections" in first
    assert "91 %" in first
    assert "<script>alert" not in html


def test_a_deep_link_opens_evidence_that_is_checked_again(tab: Any, full: str) -> None:
    visit(tab, full, "incident=INC-1")
    tab.get_by_role("link", name="check again").first.click()

    tab.get_by_text("Holds", exact=True).wait_for()
    assert re.fullmatch(r"\?incident=INC-1&evidence=E[0-9a-f]{10}", query_of(tab))
    tab.get_by_text("The query gives the same 72 rows").wait_for()
    assert tab.get_by_role("cell", name="db.pool.in_use").count() == 30
    checked = tab.get_by_text("Checked at")
    before = checked.inner_text()
    time.sleep(1.1)
    tab.get_by_role("button", name="Re-run").click()
    expect(checked).not_to_have_text(before)

    tab.keyboard.press("Escape")
    tab.get_by_text("Holds", exact=True).wait_for(state="hidden")
    tab.wait_for_url("**/?incident=INC-1")


def test_theme_follows_the_system_the_button_and_the_next_visit(tab: Any, full: str) -> None:
    tab.emulate_media(color_scheme="dark")
    visit(tab, full, "incident=INC-1")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert tab.evaluate(ground) == "rgb(13, 18, 24)"

    # On a busy machine the button may be drawn before it listens: a first click may then be lost.
    for patience_ms in (15_000, 60_000):
        tab.get_by_role("button", name="theme").click()
        with contextlib.suppress(PlaywrightTimeout):
            tab.wait_for_function(f"{ground} === 'rgb(245, 247, 250)'", timeout=patience_ms)
            break

    # The page changes before the app has heard of it and has the cookie written.
    tab.wait_for_function("document.cookie.includes('causeway_theme=light')")
    tab.reload()
    tab.locator("#loader").wait_for(state="hidden")
    assert tab.evaluate(ground) == "rgb(245, 247, 250)"


def test_an_incident_is_moved_with_a_reason(tab: Any, full: str) -> None:
    visit(tab, full, "incident=INC-2")
    tab.get_by_role("heading", name="Not investigated yet").wait_for()
    visit(tab, full, "incident=INC-1")

    tab.get_by_label("Why (for the record)").fill("I look at it")
    tab.get_by_role("button", name="Investigate", exact=True).click()

    tab.get_by_text("state: investigating").wait_for()
    tab.get_by_role("button", name="Mitigated").wait_for()


def test_what_is_not_there_is_said(tab: Any, full: str) -> None:
    visit(tab, full, "incident=INC-99")

    tab.get_by_role("alert").get_by_text("no incident 'INC-99'").wait_for()
    tab.get_by_role("link", name="To the overview").click()
    tab.get_by_role("heading", name="Overview").wait_for()


def test_healthy_reports_have_a_page(tab: Any, full: str) -> None:
    visit(tab, full, "report=REP-2")

    tab.get_by_text("No incident was opened.").wait_for()
    assert tab.get_by_text("Ranked causes").count() == 0


def test_keys_reach_everything(tab: Any, full: str) -> None:
    visit(tab, full)
    link = tab.get_by_role("link", name="INC-1").first
    for _ in range(30):
        tab.keyboard.press("Tab")
        if link.evaluate("one => one.getRootNode().activeElement === one"):
            break
    else:
        pytest.fail("Tab never reached the incident")

    tab.keyboard.press("Enter")

    tab.get_by_role("heading", name="payments: connection pool exhausted").wait_for()


def test_in_a_narrow_window_the_sidebar_lies_over_the_page_only_when_it_is_asked_for(tab: Any, full: str) -> None:
    tab.set_viewport_size({"width": 470, "height": 800})
    visit(tab, full)
    away = tab.get_by_role("link", name="Settings", exact=True)
    away.wait_for(state="hidden")
    box = tab.locator(".kpis").last.bounding_box()
    assert box["x"] + box["width"] <= 470

    tab.get_by_role("button", name="Open drawer").click()
    away.click()

    tab.get_by_role("heading", name="Settings").first.wait_for()
    away.wait_for(state="hidden")
    tab.set_viewport_size({"width": 1280, "height": 800})
    away.wait_for()


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("query", ["", "incident=INC-1"])
def test_nothing_is_wider_than_the_window(tab: Any, full: str, width: int, query: str) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    visit(tab, full, query)
    tab.wait_for_timeout(800)

    assert tab.evaluate("document.scrollingElement.scrollWidth") <= width


def test_the_report_is_downloaded_and_loads_nothing(tab: Any, full: str, tmp_path: Path) -> None:
    visit(tab, full, "incident=INC-1")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Report as HTML").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    assert download.value.suggested_filename == "INC-1.html"

    page = tab.context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(file.as_uri())
    page.get_by_role("button", name="Dark theme").click()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 18, 24)"
    assert (asked, wrong) == ([file.as_uri()], [])


def test_a_report_is_printed_on_the_page_of_its_incident(tab: Any, full: str, tmp_path: Path) -> None:
    visit(tab, full, "incident=INC-1")
    tab.get_by_role("link", name="Take it with you").click()
    tab.get_by_role("button", name="Print as PDF").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Report as PDF").click()
    download.value.save_as(tmp_path / "report.pdf")

    assert download.value.suggested_filename == "INC-1.pdf"
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_panel_serve_needs_no_flags(tab: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "panel", "serve", "workbench/app.py", "--port", "5399"]
    environment = {**os.environ, "CAUSEWAY_WORKSPACE": str(tmp_path / "workspace")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for("http://127.0.0.1:5399/app")
            tab.goto("http://127.0.0.1:5399/app")
            tab.locator("#loader").wait_for(state="hidden")
            tab.get_by_role("heading", name="Start here").wait_for()
            # A page whose server goes away complains, as it should.
            tab.goto("about:blank")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")
