"""The views without a browser: what they hold, and what they do when something is missing or changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import fill_workspace
from workbench import Workbench, open_workbench
from workbench.errors import BadInput
from workbench.facts.incident import IncidentState

pytestmark = pytest.mark.slow


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def app_of(wb: Workbench, query: str = "") -> Any:
    from workbench.faces.panel.page import App

    app = App(wb)
    app.router.query = query
    return app


def text_of(viewable: Any) -> str:
    import panel as pn

    return "\n".join(str(pane.object) for pane in viewable.select(pn.pane.HTML))


def run(work: Coroutine[Any, Any, None]) -> None:
    # The browser of the other tests keeps an event loop in this thread.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def test_the_address_decides_the_view(wb: Workbench) -> None:
    fill_workspace(wb)
    app = app_of(wb)
    assert "<h1>Overview</h1>" in text_of(app._body)

    app.router.go(incident="INC-1")
    assert "Ranked causes" in text_of(app._body)
    app.router.go(report="REP-3")
    assert "This is not an all-clear" in text_of(app._body)
    app.router.go()

    assert "<h1>Overview</h1>" in text_of(app._body)
    assert re.findall('aria-current="page">(?:<svg.*?</svg>)?([^<]*)', app._side.view.object) == ["Overview"]


def test_the_token_and_the_theme_are_no_view(wb: Workbench) -> None:
    app = app_of(wb, "?token=x&theme=dark&incident=INC-1&evidence=E1")

    assert app.router.wanted() == {"incident": "INC-1", "evidence": "E1"}


def test_text_from_telemetry_is_no_markup_anywhere(wb: Workbench) -> None:
    fill_workspace(wb)

    text = text_of(app_of(wb, "?incident=INC-1")._body)

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_query_that_is_markup_is_shown_as_text(wb: Workbench) -> None:
    text = text_of(app_of(wb, "?incident=%3Cscript%3Ex%3C%2Fscript%3E")._body)

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_evidence_whose_rows_changed_does_not_hold(wb: Workbench) -> None:
    fill_workspace(wb)
    identifier = wb.call("report_content", incident_id="INC-1").ledger[1].evidence_id
    app = app_of(wb, f"?incident=INC-1&evidence={identifier}")
    assert "Holds" in text_of(app._drawer.view)
    with wb.store.transaction() as cursor:
        cursor.execute("DELETE FROM logs WHERE contains(body, 'pool exhausted') AND time_unix_nano % 4 = 0")

    app._drawer._again(None)

    text = text_of(app._drawer.view)
    assert "Does not hold" in text
    assert "Rows changed" in text or "Rows gone" in text


def test_closing_the_drawer_takes_the_evidence_out_of_the_address(wb: Workbench) -> None:
    fill_workspace(wb)
    app = app_of(wb, "?incident=INC-1&evidence=E0000000000")
    assert "no evidence 'E0000000000'" in text_of(app._drawer.view).replace("&#39;", "'")

    app._drawer.view.open = False

    assert app.router.query == "?incident=INC-1"


def test_an_incident_moves_only_where_its_table_allows(wb: Workbench) -> None:
    fill_workspace(wb)
    view = app_of(wb, "?incident=INC-1")._current

    def offered() -> list[str]:
        return [part.label for part in view._desk.moves if hasattr(part, "clicks")]

    assert offered() == ["Investigate", "Resolve", "Close", "Take it", "Investigate again"]
    view._desk.mover(IncidentState.RESOLVED, type("Why", (), {"value": "done"}))(None)

    assert offered() == ["Investigate", "Close", "Take it", "Investigate again"]
    assert [move.why for move in wb.call("incident", incident_id="INC-1").moves] == ["done"]
    assert "state: resolved" in text_of(view.view)


def test_live_charts_keep_the_stretch_of_time_when_the_theme_changes(wb: Workbench) -> None:
    fill_workspace(wb)
    app = app_of(wb, "?incident=INC-1")
    before = app._current.charts
    before.figures[0].x_range.start += 60_000
    app.router.dark = True

    after = app._current.charts

    assert after is not before
    assert after.figures[0].x_range.start == before.figures[0].x_range.start
    assert after.figures[0].background_fill_color == "#151c25"
    assert len({figure.x_range.id for figure in after.figures}) == 1


def test_the_overview_fills_itself(wb: Workbench) -> None:
    app = app_of(wb)
    assert "Start here" in text_of(app._body)
    fill_workspace(wb)

    run(app.refresh())

    text = text_of(app._body)
    assert "payments: connection pool exhausted" in text
    assert "Start here" not in text
    assert "INC-1" in app._side.view.object


class Slow:
    """A workbench whose one tool tells its progress, then fails or not."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def call(self, name: str, /, *, on_progress: Any, as_call: str, **arguments: Any) -> str:
        on_progress(1, 2, "half <b>way</b>")
        if self.error:
            raise self.error
        return f"{name} {arguments}"


def press(job: Any) -> None:
    run(job._pressed(None))


def test_a_job_gives_its_result_or_shows_its_error() -> None:
    from workbench.faces.panel.jobs import Job

    results: list[Any] = []
    good = Job(Slow(), "Go", "analyze", lambda: {"x": 1}, results.append)
    press(good)
    assert results == ["analyze {'x': 1}"]
    assert not good.button.disabled

    bad = Job(Slow(BadInput("<i>broken</i>")), "Go", "analyze", dict, results.append)
    press(bad)

    assert "&lt;i&gt;broken&lt;/i&gt;" in bad.line.object
    assert 'role="alert"' in bad.line.object
    assert (len(results), bad.button.disabled, bad.bar.visible) == (1, False, False)


def test_a_job_is_cancelled_by_its_button_or_from_the_sidebar_of_any_tab(wb: Workbench) -> None:
    from workbench.faces.panel.jobs import Job

    endless = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 3"
    job = Job(wb, "Go", "sql", lambda: {"statement": endless, "timeout_s": 3000}, lambda result: None)
    app = app_of(wb)
    assert app._working.view.object == ""

    async def through(cancel: Any) -> None:
        pressed = asyncio.create_task(job.press())
        while not job.stop.visible:
            await asyncio.sleep(0.05)
        while not app._working.view.object:
            await asyncio.sleep(0.1)
            app._working.look()
        await cancel()
        await pressed

    async def from_sidebar() -> None:
        await app._act("app:cancel", wb.call("calls")[0].call_id)

    for cancel in (job.cancel, from_sidebar):
        run(through(cancel))
        assert "Cancelled. What it had begun was taken back." in job.line.object
        assert (job.stop.visible, job.stop.disabled, job.button.disabled) == (False, False, False)
        app._working.look()
        assert app._working.view.object == ""


def test_a_report_names_its_own_folder(wb: Workbench) -> None:
    fill_workspace(wb)

    assert "reports/REP-2<" in text_of(app_of(wb, "?report=REP-2")._body)


def test_long_names_give_way_in_the_middle_and_are_read_as_one_word() -> None:
    from workbench.faces.panel.look import shortened_in_the_middle

    long = str(shortened_in_the_middle("customer-<identity>-gateway-017"))

    assert str(shortened_in_the_middle("checkout")) == "checkout"
    assert '<span class="unseen">customer-&lt;identity&gt;-gateway-017</span>' in long
    assert long.endswith("<span>eway-017</span></span>")
