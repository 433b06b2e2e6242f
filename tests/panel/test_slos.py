"""The page of objectives: what it teaches when there are none, and what it shows of those that are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.detect.slo.made import OPENSLO
from tests.panel.conftest import served
from tests.panel.test_views import app_of, run, text_of
from tests.tools.test_slo import put_spans, written
from workbench import Workbench, open_workbench

pytestmark = pytest.mark.slow


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def page_of(wb: Workbench) -> str:
    from workbench.faces.panel.router import Router
    from workbench.faces.panel.slos import SlosView

    return text_of(SlosView(wb, Router(query="?page=slos")).view)


def test_without_objectives_a_sample_is_shown_that_works(wb: Workbench, tmp_path: Path) -> None:
    from workbench.faces.panel.slos import SAMPLE

    shown = page_of(wb)
    brought = wb.call("slo_import", path=[written(tmp_path, SAMPLE)])

    assert "No objectives yet" in shown
    assert "metadata: {name: front-availability}" in shown
    assert len(SAMPLE.splitlines()) <= 12
    assert brought.objectives == ["gateway/front-availability"]


def test_the_objectives_of_the_simulated_shop_come_at_a_press(wb: Workbench) -> None:
    from workbench.faces.panel.router import Router
    from workbench.faces.panel.slos import SlosView

    view = SlosView(wb, Router(query="?page=slos"))
    assert "gone" not in view._bring.css_classes
    run(view._sample.press())

    assert "How they stand" in text_of(view.view)
    assert view._bring.css_classes == ["gone"]


def test_an_objective_is_shown_with_budget_burn_rates_and_words(wb: Workbench, tmp_path: Path) -> None:
    put_spans(wb)
    wb.call("slo_import", path=[written(tmp_path, OPENSLO)])

    shown = page_of(wb)

    assert '<span class="chip bad">exhausted</span>' in shown
    assert "-4900 % of the budget is left" in shown
    assert "Budget: 100 % - 99.9 % = 0.1 % of 200 events = 0.2 events may be bad." in shown
    assert "2026-02: 95 % good, 5000% of the budget spent, known in part" in shown
    assert '<b class="bad">fires</b>' in shown


def test_the_page_follows_a_run_and_files_that_are_put_into_the_folder(wb: Workbench, tmp_path: Path) -> None:
    app = app_of(wb, "?page=slos")
    assert "No objectives yet" in text_of(app._body)

    wb.call("slo_import", path=[written(tmp_path, OPENSLO)])
    run(app.refresh())
    assert '<span class="chip ">no data</span>' in text_of(app._body)
    put_spans(wb)
    app._feed.rest(0)
    run(app.refresh())

    assert '<span class="chip bad">exhausted</span>' in text_of(app._body)


def test_faults_of_files_are_shown_beside_what_works(wb: Workbench, tmp_path: Path) -> None:
    wb.call("slo_import", path=[written(tmp_path, OPENSLO)])
    assert wb.path
    written(wb.path / "slos", OPENSLO.replace("0.999", "99.9").replace("answers", "<b>"), "broken.yaml")

    shown = page_of(wb)

    assert "Files with faults" in shown
    assert "target = 99.9" in shown
    assert "(SLO &lt;b&gt;)" in shown
    assert "web/answers" in shown


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with open_workbench(tmp_path / "workspace") as wb:
        assert isinstance(wb, Workbench)
        put_spans(wb)
        wb.call("slo_import", path=[written(tmp_path, OPENSLO)])
    with served(tmp_path / "workspace") as found:
        yield found


@pytest.mark.browser
def test_the_page_is_reached_from_the_sidebar(address: str, tab: Any) -> None:
    tab.goto(address)
    tab.locator("#loader").wait_for(state="hidden")

    tab.get_by_role("link", name="SLOs", exact=True).click()

    tab.get_by_role("heading", name="Service-level objectives").wait_for()
    assert tab.evaluate("location.search") == "?page=slos"
    tab.get_by_role("img", name="Share of the budget that was spent").wait_for()


@pytest.mark.browser
def test_no_column_of_the_objectives_is_cut_off(tab: Any, tmp_path: Path) -> None:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        put_spans(opened)
        opened.call("slo_import", path=[written(tmp_path, OPENSLO)])
        opened.call("slo_import", sample=True)
    with served(tmp_path / "workspace") as found:
        tab.goto(f"{found}&page=slos")
        tab.locator("#loader").wait_for(state="hidden")
        tab.get_by_text("each calendar month").first.wait_for()

        cut = tab.locator(".scroll").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
        tab.goto("about:blank")
    assert len(cut) > 1
    assert max(cut) <= 0
