"""The pages of flows: the list, templates, one flow with its runs, versions, failed rows and exports."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import served
from tests.panel.test_views import app_of, text_of
from workbench import Workbench, open_workbench
from workbench.facts.run import Run, RunStatus
from workbench.store import dead_letters, runs
from workbench.store.dead_letters import DeadLetter

pytestmark = pytest.mark.slow

NUMBERS = {
    "name": "numbers",
    "description": "Doubles numbers.",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "in.jsonl", "columns": {"a": "integer"}}},
        {"id": "twice", "kind": "tables.select", "settings": {"columns": {"b": "a * 2"}}},
        {"id": "out", "kind": "sinks.csv_file", "settings": {"path": "out.csv"}},
    ],
    "edges": [{"source": "read", "target": "twice"}, {"source": "twice", "target": "out"}],
}


def fill(wb: Workbench) -> None:
    """A flow with two versions, a failed run with an error, and a row that waits."""
    assert wb.path
    (wb.path / "in.jsonl").write_text('{"a": 1}\n{"a": "x"}\n', encoding="utf-8")
    wb.call("flow_save", flow="numbers", message="first", document=json.dumps(NUMBERS))
    more = json.loads(json.dumps(NUMBERS))
    more["nodes"][1]["settings"]["columns"]["b"] = "a * 3"
    wb.call("flow_save", flow="numbers", message="three <b>times</b>", document=json.dumps(more), based_on=1)
    runs.create(
        wb.store,
        Run(run_id="run-1", flow_name="numbers", status=RunStatus.FAILED, started_unix_nano=10**18,
            ended_unix_nano=10**18 + 10**9, exit_reason="failed: <i>disk</i> is full", rows_in=7, rows_rejected=1),
    )  # fmt: skip
    runs.add_error(wb.store, "run-1", "out", "no <u>space</u>")
    dead_letters.add(
        wb.store,
        [DeadLetter(letter_id="L1", run_id="run-1", flow_name="numbers", node="read", side="source",
                    message="not a whole number", row_json='{"a": "<x>"}', seen_unix_nano=10**18)],
    )  # fmt: skip


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def act(app: Any, name: str, of: str) -> None:
    result = app._current.act(name, of, None)
    if inspect.iscoroutine(result):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, result).result()


def test_without_flows_the_templates_are_offered(wb: Workbench) -> None:
    app = app_of(wb, "?page=flows")

    text = text_of(app._body)
    assert "No flow of your own yet" in text
    assert 'aria-label="Use it: error-rate-alert"' in text
    act(app, "use", "error-rate-alert")
    assert app.router.query == "?flow=error-rate-alert"
    assert "11 nodes" in text_of(app._body)


def test_the_list_copies_removes_and_brings_back(wb: Workbench) -> None:
    fill(wb)
    app = app_of(wb, "?page=flows")
    text = text_of(app._body)
    assert '<span title="failed: &lt;i&gt;disk&lt;/i&gt; is full">failed</span>' in text

    act(app, "copy", "numbers")
    act(app, "copy", "numbers")
    assert [one.name for one in wb.call("flow_status")] == ["numbers", "numbers copy", "numbers copy 2"]
    act(app, "remove", "numbers")
    assert "numbers is removed." in text_of(app._body)
    act(app, "back", "numbers:2")

    assert "is removed" not in text_of(app._body)
    assert next(one.name for one in wb.call("flow_status")) == "numbers"


def test_a_file_is_brought_in_as_a_flow(wb: Workbench) -> None:
    app = app_of(wb, "?page=flows")
    view = app._current

    view._file.param.update(filename="numbers.flow.json", value=json.dumps(NUMBERS).encode())

    assert app.router.query == "?flow=numbers"
    assert "Doubles numbers." in text_of(app._body)


def test_a_run_is_shown_with_reason_errors_and_the_other_runs(wb: Workbench) -> None:
    fill(wb)

    text = text_of(app_of(wb, "?flow=numbers&tab=runs")._body)

    assert '<dd class="bad">&lt;i&gt;disk&lt;/i&gt; is full' in text
    assert "no &lt;u&gt;space&lt;/u&gt;" in text
    assert 'aria-current="page">Runs</a>' in text
    assert 'Failed rows<span class="badge">1</span>' in text


def test_versions_are_compared_and_restored(wb: Workbench) -> None:
    fill(wb)
    app = app_of(wb, "?flow=numbers&tab=versions&before=1&after=2")

    text = text_of(app._body)
    assert "numbers version 1 → numbers version 2" in text
    assert '<li class="other">~ twice.columns.b: &#34;a * 2&#34; -&gt; &#34;a * 3&#34;</li>' in text
    assert "three &lt;b&gt;times&lt;/b&gt;" in text
    act(app, "restore", "1")

    assert [one.version for one in wb.call("flow_versions", flow="numbers")] == [3, 2, 1]


def test_a_tab_is_changed_without_building_the_page_anew(wb: Workbench) -> None:
    fill(wb)
    app = app_of(wb, "?flow=numbers")
    shown = app._current

    app.router.go(flow="numbers", tab="export")

    assert app._current is shown
    assert 'aria-current="page">Export</a>' in text_of(app._body)
    assert "One plain Pathway program" in text_of(app._body)


def test_a_row_that_failed_is_opened_to_be_mended(wb: Workbench) -> None:
    fill(wb)
    app = app_of(wb, "?flow=numbers&tab=letters")
    tab = app._current._part
    assert tab._editor.css_classes == ["gone"]

    act(app, "open", "L1")

    assert tab._editor.css_classes == []
    assert tab._row.value == '{"a": "<x>"}'
    tab._row.value = '{"a": 4}'
    assert tab._arguments() == {"target": "run-1", "letter": ["L1"], "flow": "numbers", "row": '{"a": 4}'}


def test_the_editor_is_a_tab_where_it_was_built_and_names_the_latest_run(
    wb: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.faces.panel import editor, flow

    fill(wb)
    monkeypatch.setattr(flow, "BUNDLE", tmp_path / "nothing.js")
    assert ">Editor</a>" not in text_of(app_of(wb, "?flow=numbers")._body)
    (tmp_path / "canvas.js").write_text("export default {}", encoding="utf-8")
    for module in (editor, flow):
        monkeypatch.setattr(module, "BUNDLE", tmp_path / "canvas.js")

    app = app_of(wb, "?flow=numbers")
    tab = app._current._part

    assert 'aria-current="page">Editor</a>' in text_of(app._body)
    assert tab.editor.flow["name"] == "numbers"
    assert tab.editor.overlay["run"]["id"] == "run-1"
    app.router.dark = True
    assert tab.editor.theme == "dark"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, tab.do("stop", {"run_id": "run-1"})).result()
    assert tab.editor.overlay["run"]["state"] == "failed"
    tab._command("export-container", {})
    assert app.router.query == "?flow=numbers&tab=export"


@pytest.mark.browser
def test_a_flow_is_made_of_a_template_checked_run_and_its_row_is_mended(tab: Any, tmp_path: Path) -> None:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        fill(opened)
    with served(tmp_path / "workspace") as address:
        tab.goto(address + "&page=flows")
        tab.locator("#loader").wait_for(state="hidden")
        tab.get_by_role("button", name="Copy numbers").click()
        tab.get_by_role("link", name="numbers copy", exact=True).wait_for()
        tab.get_by_role("link", name="numbers", exact=True).click()
        tab.get_by_role("heading", name="numbers", exact=True).wait_for()

        tab.get_by_role("button", name="Check").click()
        tab.get_by_text("Nothing to mend: it can run.").wait_for()
        tab.get_by_role("button", name="Run", exact=True).click()
        tab.wait_for_url("**tab=runs&run=run-*")
        tab.get_by_text("1 in, 1 out, 1 failed").wait_for()
        tab.get_by_role("link", name="Failed rows").click()
        tab.get_by_role("button", name="Mend row").last.click()
        tab.get_by_label("The row, as a JSON object").fill('{"a": 21}')
        tab.get_by_role("button", name="Send this row").click()

        tab.get_by_role("link", name="tried again").wait_for()
        assert "63" in (tmp_path / "workspace" / "out.csv").read_text(encoding="utf-8")
        # A page whose server goes away complains, as it should.
        tab.goto("about:blank")


def test_runs_of_a_file_outside_of_the_workspace_have_a_page(wb: Workbench) -> None:
    failed = Run(
        run_id="run-9", flow_name="<outside>", status=RunStatus.FAILED, started_unix_nano=10**18,
        ended_unix_nano=10**18 + 10**9, exit_reason="failed: the disk is full",
    )  # fmt: skip
    runs.create(wb.store, failed)

    shown = text_of(app_of(wb, "?flow=%3Coutside%3E&tab=runs&run=run-9")._body)

    assert "run from a file elsewhere" in shown
    assert '<dt>Ended because</dt><dd class="bad">the disk is full</dd>' in shown
    assert "<outside>" not in shown
    assert "Nothing to show" in text_of(app_of(wb, "?flow=unheard-of")._body)
