"""The page that says how good the answers are: empty, filled, and in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.test_views import app_of, run, text_of
from workbench import Workbench, open_workbench
from workbench.evaluate.result import Evaluation, ReliabilityBin, ResultTable, WrongCase
from workbench.store.templates import save_state
from workbench.tools.evaluate import STATE

pytestmark = pytest.mark.slow


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def made() -> Evaluation:
    columns = ["method and mode", "cases", "AC@1 [95 %]", "Avg@5"]
    rows: list[list[Any]] = [["detected", 1200, "0.930 [0.85 0.98]", 0.975], ["random", None, "0.111", None]]
    worst = WrongCase(case="cart-7", mode="detected", truth="cpu at cart (rank 2)", answer="payments", confidence=0.62,
                      reason="payments <b>rose</b>.")  # fmt: skip
    return Evaluation(
        subject="rca", name="shop", command="causeway eval rca", made_unix_nano=1_770_000_000_000_000_000, cases=1200,
        tables=[ResultTable(title="Services", columns=columns, rows=rows)] * 2, worst=[worst],
        reliability=[ReliabilityBin(low=0.9, high=1.0, cases=7, confidence=0.95, right=0.8)],
    )  # fmt: skip


def page_of(wb: Workbench) -> str:
    from workbench.faces.panel.measured import MeasuredView
    from workbench.faces.panel.router import Router

    return text_of(MeasuredView(wb, Router()).view)


def test_before_the_first_measurement_it_says_how_to_measure(wb: Workbench) -> None:
    assert "causeway eval rca FOLDER" in page_of(wb)


def test_what_is_measured_elsewhere_shows_by_itself(wb: Workbench) -> None:
    app = app_of(wb, "?page=measured")
    assert "Nothing was measured here yet" in text_of(app._body)
    save_state(wb.store, STATE, [made().model_dump(mode="json")])

    run(app.refresh())

    assert "Root causes: shop" in text_of(app._body)
    assert app._current._first.css_classes == ["gone"]


def test_a_first_measurement_is_made_at_a_press(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.faces.panel import measured
    from workbench.faces.panel.router import Router

    monkeypatch.setattr(measured, "FIRST", {"seeds": "1", "minutes": 4, "fault": ["cpu@cart"]})
    view = measured.MeasuredView(wb, Router())

    run(view._measure.press())

    assert "Root causes: simulated" in text_of(view.view)


def test_numbers_intervals_and_doubts_are_shown(wb: Workbench) -> None:
    save_state(wb.store, STATE, [made().model_dump(mode="json")])
    text = page_of(wb)
    assert "0.930 [0.85 0.98]" in text
    assert "1,200" in text
    assert "stated 0.95, right 0.80, 7 answers" in text
    assert "cart-7" in text
    assert "<b>rose</b>" not in text
    assert text.count("<svg") == 1


@pytest.mark.browser
def test_the_sidebar_leads_to_it(tab: Any, empty: str) -> None:
    tab.goto(empty)
    tab.locator("#loader").wait_for(state="hidden")
    tab.get_by_role("link", name="Measured").click()
    tab.get_by_role("heading", name="How good it is").wait_for()
    tab.get_by_text("causeway eval rca FOLDER").wait_for()
    assert str(tab.evaluate("location.search")) == "?page=measured"
