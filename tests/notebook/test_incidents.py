"""Incidents in a notebook: one line each, shown without scripts, given as frames of four kinds."""

from __future__ import annotations

import re
from html import escape

import pytest

from tests.report.sample import ONSET
from workbench import Workbench
from workbench.errors import BadInput, IllegalMove, NotFound

PARTS = ("causes", "evidence", "timeline", "topology", "waterfall", "curves", "patterns")


def test_incidents_are_listed_and_opened_by_number_or_id(wb: Workbench) -> None:
    found = wb.incidents()

    assert found.df()["incident_id"].tolist() == ["INC-2", "INC-1"]
    assert found[1].incident_id == found["INC-1"].incident_id == "INC-1"
    assert [one.incident_id for one in found] == found.selectable()
    assert len(wb.incidents(service="checkout")) == 1


def test_causes_are_a_list_and_a_frame(wb: Workbench) -> None:
    causes = wb.incident("INC-1").causes

    assert causes[0] is causes["payments"]
    assert [cause.service_name for cause in causes] == causes.df()["service_name"].tolist()
    assert causes.df()["confidence"].is_monotonic_decreasing
    assert causes.df()["first_seen"].dt.tz is not None


@pytest.mark.parametrize("name", PARTS)
def test_each_part_gives_the_same_rows_in_four_ways(wb: Workbench, name: str) -> None:
    part = getattr(wb.incident("INC-1"), name)

    arrow = part.arrow()
    assert arrow.num_rows > 0
    assert len(part.df()) == part.pl().height == part.duckdb().aggregate("count(*)").fetchall()[0][0] == arrow.num_rows
    assert list(part.df().columns) == part.pl().columns == part.duckdb().columns == arrow.column_names


def test_the_card_says_the_known_failure_mode_before_the_sign_that_decided(wb: Workbench) -> None:
    incident = wb.incident("INC-1")
    diagnosis = incident.details.diagnosis
    known = diagnosis.causes[0].model_copy(update={"failure_mode": "payments has <no> connection left."})
    with_mode = diagnosis.model_copy(update={"causes": [known, *diagnosis.causes[1:]]})
    incident.details = incident.details.model_copy(update={"diagnosis": with_mode})

    card = incident.fragment()

    assert 0 < card.index("payments has &lt;no&gt; connection left.") < card.index(escape(diagnosis.reason))


def test_times_are_exact_and_in_utc(wb: Workbench) -> None:
    timeline = wb.incident("INC-1").timeline
    onset = timeline.df().query("kind == 'onset'")["time"].iloc[0]

    assert onset.value == ONSET
    assert str(onset.tz) == "UTC"
    assert timeline.duckdb().filter("kind = 'onset'").project("epoch_ns(time)").fetchall() == [(ONSET,)]


def test_evidence_is_checked_and_gives_the_rows_it_rests_on(wb: Workbench) -> None:
    evidence = wb.incident("INC-1").evidence
    piece = evidence[0]

    assert piece.holds
    assert piece.sql.startswith("SELECT")
    assert set(piece.df()["metric_name"]) == {"db.pool.in_use"}
    assert "<th>row id" not in piece.fragment()
    assert piece.fragment().count("<tr>") == 9
    assert "holds" in evidence.fragment()


def test_a_drawing_needs_no_script_and_no_network(wb: Workbench) -> None:
    incident = wb.incident("INC-1")

    for part in (wb.incidents(), incident, *(getattr(incident, name) for name in PARTS), incident.topology.services):
        html = part._repr_html_()
        assert html.startswith('<div class="causeway-part"><style>')
        assert "<script" not in html
        assert "<button" not in html
        assert not re.search(r"(src|href)=|url\((?!#)", html)


def test_hostile_text_stays_text(wb: Workbench) -> None:
    assert "&lt;b&gt;slow&lt;/b&gt;" in wb.incidents()._repr_html_()
    assert "<b>slow" not in wb.incidents()._repr_html_()


def test_all_that_can_be_selected_is_in_the_drawing(wb: Workbench) -> None:
    incident = wb.incident("INC-1")

    for part in (wb.incidents(), incident.causes, incident.topology, incident.waterfall):
        keys = set(re.findall(r'data-key="([^"]+)"', part.fragment(live=True)))
        assert keys == set(part.selectable()) != set()


def test_an_incident_is_moved_and_noted(wb: Workbench) -> None:
    incident = wb.incident("INC-2")

    assert incident.move("investigating", "I look at it").facts.state == "investigating"
    assert "Restarted it" in incident.note("Restarted it").fragment()
    with pytest.raises(IllegalMove, match="may become"):
        incident.move("open")


def test_what_was_not_investigated_says_how(wb: Workbench) -> None:
    with pytest.raises(BadInput, match=r"INC-2: it was not investigated yet\. `incident\.investigate\(\)` does that"):
        _ = wb.incident("INC-2").causes


def test_what_is_not_there_is_said_in_one_sentence(wb: Workbench) -> None:
    with pytest.raises(NotFound, match="no incident 'INC-99'") as error:
        wb.incident("INC-99")
    # IPython shows this in the place of a traceback.
    assert error.value._render_traceback_() == [f"NotFound: {error.value}"]
    with pytest.raises(NotFound, match=r"no cause 'nobody'\. Causes: payments, "):
        wb.incident("INC-1").causes["nobody"]
