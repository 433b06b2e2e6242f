"""Flows as files of the workspace: made, copied, removed and had back; and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound, Refused
from workbench.facts.run import Run, RunStatus
from workbench.flow.graph import SUFFIX, Flow
from workbench.flow.library import SAMPLES, locate
from workbench.store import runs
from workbench.tools.demo import FLOW


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def test_a_flow_is_made_empty_from_a_template_and_as_a_copy(wb: Workbench) -> None:
    empty = wb.call("flow_new", flow="mine", description="tries things")
    alert = wb.call("flow_new", flow="alert", like="error-rate-alert")
    copy = wb.call("flow_new", flow="alert 2", like="alert")

    assert (empty.nodes, alert.nodes, copy.nodes) == (0, 11, 11)
    assert [one.name for one in wb.call("flow_status")] == ["alert", "alert 2", "mine"]
    assert [one.description for one in wb.call("flow_status")][2] == "tries things"


@pytest.mark.parametrize(("name", "said"), [("mine", "already"), ("../x", "no name"), ("", "no name")])
def test_a_name_that_is_taken_or_none_is_refused(wb: Workbench, name: str, said: str) -> None:
    wb.call("flow_new", flow="mine")

    with pytest.raises(BadInput, match=said):
        wb.call("flow_new", flow=name)


def test_what_is_removed_can_be_had_back(wb: Workbench) -> None:
    wb.call("flow_new", flow="alert", like="error-rate-alert")

    removed = wb.call("flow_remove", flow="alert")
    assert list(wb.call("flow_status")) == []
    wb.call("flow_restore", flow="alert", version=removed.version.version)

    assert [(one.name, one.nodes) for one in wb.call("flow_status")] == [("alert", 11)]


def test_a_flow_that_runs_a_template_and_what_is_not_there_stay(wb: Workbench) -> None:
    wb.call("flow_new", flow="mine")
    runs.create(wb.store, Run(run_id="run-1", flow_name="mine", status=RunStatus.RUNNING, started_unix_nano=1))

    with pytest.raises(Refused, match="run-1"):
        wb.call("flow_remove", flow="mine")
    with pytest.raises(Refused, match="template"):
        wb.call("flow_remove", flow="error-rate-alert")
    with pytest.raises(NotFound, match="nothing"):
        wb.call("flow_remove", flow="nothing")


def test_the_state_of_a_flow_tells_of_its_runs_and_of_a_file_that_is_none(wb: Workbench) -> None:
    assert wb.path
    wb.call("flow_new", flow="mine")
    (wb.path / "flows" / "broken.flow.json").write_text('{"nodes": 3}', encoding="utf-8")
    second = 1_000_000_000
    runs.create(
        wb.store,
        Run(run_id="run-1", flow_name="mine", status=RunStatus.FAILED, started_unix_nano=second,
            ended_unix_nano=3 * second),
    )  # fmt: skip
    runs.create(
        wb.store,
        Run(run_id="run-2", flow_name="shop-demo", status=RunStatus.SUCCEEDED, started_unix_nano=5 * second,
            ended_unix_nano=6 * second),
    )  # fmt: skip

    broken, mine, sample = wb.call("flow_status")

    assert "broken.flow.json" in broken.fault
    assert (mine.runs, mine.failed, mine.seconds, mine.last.run_id) == (1, 1, 2.0, "run-1")
    assert (sample.name, sample.runs, sample.failed) == ("shop-demo", 1, 0)


def test_templates_say_what_they_do(wb: Workbench) -> None:
    found = {one.name: one for one in wb.call("flow_templates")}

    assert {"error-rate-alert", "latency-slo", "uptime-watch", "requests-per-minute", "shop-demo"} <= set(found)
    assert all(len(one.description) > 40 for one in found.values())
    assert found["latency-slo"].kinds[0] == "sources.otlp_receiver"


@pytest.mark.parametrize("name", [path.name.removesuffix(SUFFIX) for path in sorted(SAMPLES.glob("*" + SUFFIX))])
def test_a_template_has_no_problem_or_a_note_that_says_what_to_fill_in(wb: Workbench, name: str) -> None:
    found = wb.call("flow_check", flow=name).findings
    notes = "\n".join(note.text for note in locate(name, wb.path).flow.notes)

    assert {one.code for one in found} <= {"missing_file"}
    assert [one.node for one in found if f"    {one.node}: {one.field}" not in notes] == []


def test_the_flow_of_the_demo_is_its_template_on_files() -> None:
    demo, template = Flow.load(FLOW), locate("shop-demo", None).flow
    sources = {"logs", "spans", "metrics"}

    assert demo.edges == template.edges
    assert [one.id for one in demo.nodes] == [one.id for one in template.nodes]
    assert [one for one in demo.nodes if one.id not in sources] == [
        one for one in template.nodes if one.id not in sources
    ]
