"""The panels of the node editor in a real browser: faults that lead to their place, rows, secrets, versions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port, wait_for
from workbench import open_workbench
from workbench.flow.graph import Flow

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
AXE = HERE.parents[1] / "extensions" / "canvas" / "node_modules" / "axe-core" / "axe.min.js"


def shop(by: str) -> Flow:
    """Requests from a file, counted for each value of a column."""
    columns = {"service": "text", "ms": "number"}
    return Flow.model_validate(
        {
            "name": "shop",
            "nodes": [
                {"id": "read", "kind": "sources.csv_file", "settings": {"path": "a.csv", "columns": columns}},
                {"id": "slow", "kind": "tables.filter", "settings": {"condition": "ms > 5"}},
                {"id": "group", "kind": "tables.group", "settings": {"by": [by]}},
                {"id": "out", "kind": "sinks.http", "settings": {"url": "http://127.0.0.1:1"}},
            ],
            "edges": [
                {"source": "read", "target": "slow"},
                {"source": "slow", "target": "group"},
                {"source": "group", "target": "out"},
            ],
        }
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panels")
    (folder / "a.csv").write_text("service,ms\ncart,10\npay,20\npay,1\n")
    with open_workbench(folder) as wb:
        wb.call("flow_save", flow="shop", message="by service", document=shop("service").to_json())
        wb.call("flow_save", flow="shop", message="by a column that is not there", document=shop("servic").to_json())
    return folder


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    port = free_port()
    host = f"127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "panel", "serve", str(HERE / "editor_app.py"), "--port", str(port),
        "--address", "127.0.0.1", "--allow-websocket-origin", host, "--args", str(workspace), "shop",
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "CAUSEWAY_USE_MODEL": "0"}) as server:
        try:
            wait_for(port, 120)
            yield f"http://{host}/editor_app"
        finally:
            server.terminate()
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                # On a busy machine its children take long to end; nothing of it is needed any more.
                server.kill()


@pytest.fixture
def editor(tab: Any, address: str) -> Any:
    tab.goto(f"{address}?flow=shop")
    node(tab, "group").wait_for()
    return tab


def node(tab: Any, name: str) -> Any:
    return tab.locator(f'.react-flow__node[data-id="{name}"]')


def open_tab(tab: Any, name: str) -> None:
    tab.get_by_role("tab", name=name).click()


def test_a_fault_leads_to_its_field_and_mends_itself(editor: Any) -> None:
    open_tab(editor, "Problems")

    editor.get_by_role("button", name=re.compile("group · by.0.*no column 'servic'")).click()
    editor.get_by_text(re.compile("There is no column 'servic'.*Did you mean 'service'")).last.wait_for()
    focused = editor.get_by_role("combobox", name="Add to By")
    editor.get_by_role("button", name=re.compile("Use service")).click()
    editor.get_by_text("Nothing to mend.").wait_for()

    assert focused.is_visible()
    editor.keyboard.press("Escape")


def test_an_expression_completes_from_the_columns_that_come_in(editor: Any) -> None:
    node(editor, "slow").click()
    field = editor.get_by_role("textbox", name="Condition")

    field.fill("")
    field.press_sequentially("ser")
    editor.get_by_role("option", name=re.compile("^service")).wait_for()
    field.press("Enter")
    field.press_sequentially(' == "pay" and mss > 1')

    editor.locator(".is-marked", has_text="mss").wait_for()
    assert field.input_value() == 'service == "pay" and mss > 1'


def test_rows_of_a_node_with_types_and_missing_values(editor: Any) -> None:
    node(editor, "read").click()
    open_tab(editor, "Preview")

    editor.get_by_role("columnheader", name=re.compile("service")).wait_for()

    assert editor.get_by_role("cell", name="pay").count() == 2
    editor.get_by_text("3 of 3 rows").wait_for()


def test_a_new_secret_goes_into_the_workspace_and_not_into_the_flow(editor: Any, workspace: Path) -> None:
    node(editor, "out").click()
    editor.get_by_role("combobox", name="Token").select_option("New secret …")
    editor.get_by_label("Name of the secret").fill("http_out_token")
    editor.get_by_label("Value of the secret").fill("s3cret-value")
    editor.get_by_role("button", name="Keep it").click()
    editor.get_by_label("Value of the secret").wait_for(state="detached")

    assert editor.get_by_role("combobox", name="Token").input_value() == "http_out_token"
    kept = [path for path in workspace.rglob("*.json") if "s3cret-value" in path.read_text(errors="replace")]
    assert kept == []
    assert "http_out_token" in json.dumps(json.loads((workspace / "secrets.json").read_text()))


def test_two_versions_on_the_canvas(editor: Any) -> None:
    open_tab(editor, "Versions")
    editor.get_by_role("button", name="What it changed: version 2").click()
    compared = editor.get_by_role("dialog", name="shop version 1 compared with shop version 2")

    compared.locator('[data-mark="changed"]', has_text="group").wait_for()
    assert "group.by" in compared.get_by_role("list", name="Changes").inner_text()
    editor.keyboard.press("Escape")
    compared.wait_for(state="detached")


@pytest.mark.parametrize("panel", ["Problems", "Preview", "Run", "Versions", "Templates and files"])
def test_panels_and_settings_are_accessible(editor: Any, panel: str) -> None:
    node(editor, "group").click()
    open_tab(editor, panel)
    editor.get_by_role("tabpanel", name=panel).wait_for()
    editor.add_script_tag(path=str(AXE))

    found = editor.evaluate(
        """async () => {
            const root = [...document.querySelectorAll("*")].find((one) => one.shadowRoot?.querySelector(".cw-root"));
            const shown = root ? root.shadowRoot.querySelector(".cw-root") : document.querySelector(".cw-root");
            const result = await axe.run(shown, { rules: { region: { enabled: false } } });
            return result.violations.flatMap((one) => one.nodes.map((each) => `${one.id}: ${each.html}`));
        }"""
    )

    assert found == []
