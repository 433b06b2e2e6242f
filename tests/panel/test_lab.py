"""Causeway in a real JupyterLab: flows as documents, incidents and runs beside the notebook, all under one login."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

from tests.panel.conftest import fill_workspace
from tests.panel.lab import Lab, jupyterlab
from workbench import Workbench, open_workbench
from workbench.flow.graph import Flow

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

FLOW = {
    "name": "four",
    "nodes": [
        {
            "id": "read", "kind": "sources.csv_file", "position": [0, 0],
            "settings": {"columns": {"ms": "integer", "name": "text"}, "path": "rows.csv"},
        },
        {"id": "slow", "kind": "tables.filter", "position": [320, 0], "settings": {"condition": "ms > 10"}},
        {"id": "write", "kind": "sinks.jsonlines", "position": [640, 0], "settings": {"path": "slow.jsonl"}},
    ],
    "edges": [{"source": "read", "target": "slow"}, {"source": "slow", "target": "write"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    folder, workspace = home / "files", home / "workspace"
    folder.mkdir()
    (folder / "rows.csv").write_text("name,ms\na,5\nb,50\nc,7\nd,70\n", encoding="utf-8")
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(metadata=python), folder / "look.ipynb")
    with open_workbench(workspace) as wb:
        assert isinstance(wb, Workbench)
        fill_workspace(wb)
    with jupyterlab(home / "home", folder, workspace) as running:
        yield running


@pytest.fixture
def visit(lab: Lab, chromium: Any) -> Iterator[Callable[[str], Any]]:
    """Opens a file in a window of its own; afterwards no script may have failed, nothing have left this machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    failed: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    def go(path: str) -> Any:
        page.goto(lab.address(path))
        page.wait_for_function("window.jupyterapp && document.querySelector('.lm-DockPanel-widget')")
        return page

    yield go
    context.close()
    assert failed == []
    assert [url for url in asked if not re.match(r"(?:http|ws)://127\.0\.0\.1:\d+/|blob:|data:", url)] == []


def write_flow(lab: Lab, name: str) -> Path:
    path = lab.folder / f"{name}.flow.json"
    path.write_text(Flow.model_validate({**FLOW, "name": name}).to_json(), encoding="utf-8")
    return path


def run_command(page: Any, command: str, **arguments: Any) -> None:
    page.evaluate("([command, args]) => void jupyterapp.commands.execute(command, args)", [command, arguments])


def has_nodes(page: Any, count: int) -> None:
    expect(page.locator(".cwl-FlowPanel .react-flow__node")).to_have_count(count, timeout=90_000)


def node(page: Any, name: str) -> Any:
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def test_a_flow_is_opened_changed_saved_and_undone(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "one")
    before = path.read_text(encoding="utf-8")
    page = visit("one.flow.json")
    has_nodes(page, 3)

    node(page, "write").click()
    page.keyboard.press("Delete")
    has_nodes(page, 2)
    page.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for()
    page.keyboard.press("Control+s")
    page.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for(state="detached")

    assert [one["id"] for one in json.loads(path.read_text(encoding="utf-8"))["nodes"]] == ["read", "slow"]
    page.keyboard.press("Control+z")
    has_nodes(page, 3)
    page.keyboard.press("Control+s")
    page.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for(state="detached")
    # The very text that Python writes: a change that was taken back leaves no difference.
    assert path.read_text(encoding="utf-8") == before


def test_two_views_are_in_step_and_a_new_name_is_followed(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "two")
    page = visit("two.flow.json")
    has_nodes(page, 3)

    run_command(page, "docmanager:clone")
    has_nodes(page, 6)
    node(page, "write").first.click()
    page.keyboard.press("Delete")
    has_nodes(page, 4)

    page.evaluate("jupyterapp.serviceManager.contents.rename('two.flow.json', 'deux.flow.json')")
    page.locator(".lm-TabBar-tabLabel", has_text="deux.flow.json").first.wait_for()
    run_command(page, "docmanager:save")
    page.locator(".lm-TabBar-tab.jp-mod-dirty").first.wait_for(state="detached")
    assert len(json.loads((lab.folder / "deux.flow.json").read_text(encoding="utf-8"))["nodes"]) == 2
    assert not (lab.folder / "two.flow.json").exists()


def test_a_flow_is_run_and_its_rows_are_counted(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "three")
    page = visit("three.flow.json")
    has_nodes(page, 3)

    run_command(page, "causeway:run")
    run_command(page, "causeway:side")

    page.locator(".cwl-Side .cwl-row", has_text=re.compile(r"three.*succeeded, 4 rows in", re.DOTALL)).wait_for()
    slow = (lab.folder / "slow.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["name"] for line in slow) == ["b", "d"]


def test_an_incident_opens_in_a_tab_behind_the_proxy(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit("look.ipynb")
    run_command(page, "causeway:side")

    page.locator('.cwl-Side [data-does="openIncident"][data-id="INC-1"]').click()

    app = page.frame_locator(".cwl-App iframe")
    app.get_by_role("heading", name="payments: connection pool exhausted").first.wait_for()
    app.locator("canvas").first.wait_for()


def test_an_incident_is_sent_to_the_notebook_and_picked_in(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit("look.ipynb")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    # JupyterLab asks which kernel is meant when a cell is run before there is one.
    page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'")
    run_command(page, "causeway:side")

    page.locator('.cwl-Side [data-does="sendIncident"][data-id="INC-1"]').click()
    page.locator(".jp-Cell.jp-mod-active", has_text='wb.incident("INC-1")').wait_for()
    run_command(page, "notebook:run-cell")
    page.get_by_role("region", name="Incident INC-1").get_by_role("button", name="resolved").wait_for()

    page.evaluate("""jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(
        'causes = wb.incident("INC-1").causes.widget()\\ncauses')""")
    run_command(page, "notebook:run-cell")
    page.get_by_role("region", name="Causes of INC-1").get_by_role("button", name="checkout").click()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    run_command(page, "notebook:insert-cell-below")
    page.evaluate("""jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(
        'print("picked:", causes.selected)')""")
    run_command(page, "notebook:run-cell")
    page.get_by_text("picked: payments").wait_for()


def test_a_new_flow_comes_from_the_launcher(lab: Lab, visit: Callable[[str], Any]) -> None:
    page = visit("")

    page.locator(".jp-LauncherCard:visible", has_text="Flow").click()

    page.locator(".lm-TabBar-tabLabel", has_text="untitled.flow.json").wait_for()
    page.locator(".cwl-FlowPanel .react-flow").wait_for()
    made = next(lab.folder.glob("untitled*.flow.json"))
    assert Flow.load(made).nodes == []


def test_what_is_no_flow_says_so_and_stays_as_it_is(lab: Lab, visit: Callable[[str], Any]) -> None:
    (lab.folder / "broken.flow.json").write_text("{ not json", encoding="utf-8")

    page = visit("broken.flow.json")

    page.get_by_role("alert").get_by_text("This file is not JSON").wait_for()
    assert (lab.folder / "broken.flow.json").read_text(encoding="utf-8") == "{ not json"


def test_tools_answer_under_jupyters_login_only(lab: Lab) -> None:
    status, text = lab.ask("causeway/call/incidents", {})
    assert (status, len(json.loads(text))) == (200, 2)
    assert json.loads(lab.ask("causeway/about")[1])["root"] == str(lab.folder)

    assert lab.ask("causeway/call/incidents", {}, token="")[0] == 403
    assert lab.ask("causeway-app/", token="")[0] == 302
    status, text = lab.ask("causeway/call/incident", {"incident_id": "INC-99"})
    assert (status, json.loads(text)["message"].split(".")[0]) == (404, "no incident 'INC-99'")
    assert lab.ask("causeway/call/incident", {"id": 1})[0] == 422
    assert lab.ask("causeway/call/incident", [1])[0] == 422
    assert lab.ask("causeway/call/nothing", {})[0] == 404
