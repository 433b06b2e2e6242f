"""Flows and runs in a notebook: change, check, preview, run, follow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workbench import Workbench
from workbench.errors import BadInput, NotFound, Outdated
from workbench.flow.graph import Flow
from workbench.notebook.drawing import draw_flow
from workbench.notebook.run import sparkline


def test_a_flow_is_drawn_with_its_nodes(wb: Workbench) -> None:
    flow = wb.flow("four")

    assert re.findall(r'data-key="([^"]+)"', flow.fragment()) == flow.selectable() == ["read", "slow"]
    assert "Keeps what is slow." in flow._repr_html_()


def test_the_document_is_changed_checked_and_saved(wb: Workbench) -> None:
    flow = wb.flow("four")
    doc = flow.doc
    doc["nodes"][1]["settings"]["condition"] = "ms > 60"

    flow.doc = doc
    flow.save("only what is very slow")

    assert wb.flow("four").doc == doc
    assert "only what is very slow" in repr(flow.versions())


def test_new_wires_have_to_be_saved_before_a_run(wb: Workbench) -> None:
    flow = wb.flow("four")
    flow.doc = {**flow.doc, "edges": []}

    with pytest.raises(BadInput, match=r"four: it has unsaved changes to nodes or wires\."):
        flow.run()


@pytest.mark.slow
def test_unsaved_nodes_and_wires_are_checked_and_previewed(wb: Workbench) -> None:
    flow = wb.flow("four")
    loose = {"id": "quick", "kind": "tables.filter", "settings": {"condition": "ms < 10"}}
    doc = {**flow.doc, "nodes": [*flow.doc["nodes"], loose]}

    flow.doc = doc
    assert "quick: " in repr(flow.check())
    flow.doc = {**doc, "edges": [*doc["edges"], {"source": "read", "target": "quick"}]}

    assert sorted(flow.preview("quick").df()["name"]) == ["a", "c"]
    assert "quick = " in flow.script()
    assert len(wb.flow("four").flow.nodes) == 2


@pytest.mark.slow
def test_a_flow_of_a_file_elsewhere_is_shown_run_and_saved(wb: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "own.flow.json"
    (tmp_path / "rows.csv").write_text("name,ms\nx,90\ny,1\n", encoding="utf-8")
    wb.flow("four").flow.model_copy(update={"name": "own"}).save(path)
    flow, late = wb.flow(str(path)), wb.flow(str(path))

    assert (flow.file, repr(flow)) == (path, "<Flow own: 2 nodes>")
    assert list(flow.preview("slow").df()["name"]) == ["x"]
    assert (flow.run().facts.status, wb.runs(flow="own")[0].facts.flow_name) == ("succeeded", "own")
    flow.doc = {**flow.doc, "description": "Mine."}
    flow.save("said what it does")

    assert Flow.load(path).description == "Mine."
    with pytest.raises(Outdated, match="the file was changed since it was read"):
        late.save("too late")


def test_the_path_of_a_flow_of_the_workspace_is_that_flow(wb: Workbench) -> None:
    assert wb.path
    flow = wb.flow(str(wb.path / "flows" / "four.flow.json"))

    assert (flow.name, flow.file) == ("four", None)


def test_a_document_that_is_no_flow_is_refused_and_changes_nothing(wb: Workbench) -> None:
    flow = wb.flow("four")
    before = flow.doc

    with pytest.raises(BadInput, match=r"four: nodes\.0\.kind "):
        flow.doc = {"name": "four", "nodes": [{"id": "a"}]}
    assert flow.doc == before


def test_what_others_changed_is_not_written_over(wb: Workbench) -> None:
    mine, theirs = wb.flow("four"), wb.flow("four")
    mine.doc = {**mine.doc, "description": "Mine."}
    theirs.with_settings(slow={"condition": "ms > 20"}).save("theirs")

    with pytest.raises(Outdated):
        mine.save("mine")


@pytest.mark.slow
def test_rows_of_a_node_with_other_settings(wb: Workbench) -> None:
    flow = wb.flow("four").with_settings(slow={"condition": "ms > 6"})

    rows = flow.preview("slow")

    assert sorted(rows.df()["name"]) == ["b", "c", "d"]
    assert rows.pl().shape == rows.df().shape
    assert "<table" in rows._repr_html_()
    assert "slow: nothing reads its output" in repr(flow.check())


@pytest.mark.slow
def test_a_run_is_followed_to_its_end(wb: Workbench) -> None:
    run = wb.flow("four").run(wait=False).wait(60)

    assert run.facts.status == "succeeded"
    assert wb.runs(flow="four")[0].run_id == run.run_id == wb.run(run.run_id).run_id
    assert run.run_id in wb.runs().df()["run_id"].tolist()
    assert set(run.df()["node"]) == {"read", "slow"}
    assert run.history.df()["time"].is_monotonic_increasing
    html = run._repr_html_()
    assert "succeeded" in html
    assert "Stop" not in run.fragment(live=True)


def test_flows_and_runs_that_are_not_there(wb: Workbench) -> None:
    with pytest.raises(NotFound, match="no flow 'fuor'"):
        wb.flow("fuor")
    with pytest.raises(NotFound, match="no run 'RUN-99'"):
        wb.run("RUN-99")


def test_a_sparkline_starts_at_zero() -> None:
    points = re.findall(r'points="([^"]+)"', sparkline([0.0, 10.0, 5.0]))

    assert points == ["0.0,24.0 75.0,2.0 150.0,13.0"]
    assert sparkline([1.0]) == ""


def test_a_flow_without_nodes_has_no_drawing(wb: Workbench) -> None:
    assert draw_flow(wb.flow("four").flow.model_copy(update={"nodes": [], "edges": []})) == ""
