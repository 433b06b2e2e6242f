"""An explanation of a simulated incident, from files to text, page and evidence that can be run again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from workbench import open_workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Incident
from workbench.report.explain.calls import call_changes
from workbench.report.explain.html import body_html
from workbench.report.explain.words import sparkline
from workbench.store import incidents

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("explained")
    with open_workbench(folder / "workspace") as opened:
        opened.call("simulate", out=folder / "sick", fault=["dependency_down@payments"], seed=2, minutes=6)
        opened.call("simulate", out=folder / "well", healthy=True, seed=3, minutes=3)
        opened.call("analyze", path=[folder / "sick"])
        opened.call("analyze", path=[folder / "well"])
        yield opened


def test_every_statement_leads_to_a_query_that_holds(wb: Any) -> None:
    found = wb.call("explain", subject="INC-1")
    backed = [one for one in found.claims if one.entry]
    assert len(backed) >= 3
    for one in backed[:3]:
        assert wb.call("evidence", evidence_id=one.entry.evidence_id).holds
    assert found.chain[0] == "payments"
    assert found.strips[0].moved_unix_nano <= found.strips[-1].moved_unix_nano
    assert any(one.callee == "payments" for one in found.calls[:4])


def test_the_text_answers_and_draws(wb: Any) -> None:
    text = wb.call("explain", subject="INC-1", why_not=["cart"]).text()
    assert "Why payments?" in text
    assert "Why not cart?" in text
    assert re.search("[▁▂▃▄▅▆▇█]{8}", text)
    assert "causeway evidence E" in text
    assert max(len(line) for line in text.splitlines()) < 180


def test_one_file_that_loads_nothing(wb: Any, tmp_path: Path) -> None:
    out = tmp_path / "why.html"
    wb.call("explain", subject="INC-1", out=out)
    page = unescape(out.read_text(encoding="utf-8"))
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert "What moved when" in page
    with pytest.raises(BadInput, match="cannot be written"):
        wb.call("explain", subject="INC-1", out=tmp_path / "no" / "such" / "folder.html")


def test_health_is_explained_too(wb: Any) -> None:
    found = wb.call("explain", subject="well")
    assert found.verdict.value == "healthy"
    assert not found.claims
    assert "No: nothing exceeds" in found.text()
    assert "What moved when" not in body_html(found)


def test_what_was_not_investigated_or_is_not_there_is_said(wb: Any) -> None:
    loose = Incident(incident_id="", title="loose", kind=IncidentKind.ERROR, opened_unix_nano=1, updated_unix_nano=1)
    made = incidents.create(wb.store, loose)
    with pytest.raises(NotFound, match="causeway investigate"):
        wb.call("explain", subject=made.incident_id)
    with pytest.raises(BadInput, match="Data sets"):
        wb.call("explain", subject="elsewhere")


def test_calls_are_compared_over_equal_times() -> None:
    from workbench.facts.telemetry import Telemetry
    from workbench.report.window import Window

    assert call_changes(Telemetry(), Window(0, 10, 5)) == []


def test_a_sparkline_keeps_gaps_and_extremes() -> None:
    assert sparkline([1, None, 8]) == "▁ █"
    assert sparkline([]) == ""
    long = sparkline([0.0] * 100 + [5.0] + [0.0] * 99)
    assert len(long) <= 32
    assert "█" in long
