"""The panels of the node editor in a real browser: faults that lead to their place, rows, secrets, versions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.panel.editing import AXE, node, select, still
from workbench import open_workbench
from workbench.flow.graph import Flow

pytestmark = pytest.mark.browser


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


@pytest.fixture
def editor(tab: Any, address: str) -> Any:
    tab.goto(f"{address}?flow=shop")
    node(tab, "group").wait_for()
    return tab


def open_tab(tab: Any, name: str) -> None:
    tab.get_by_role("tab", name=name).click()


def test_a_fault_leads_to_its_field_and_mends_itself(editor: Any) -> None:
    open_tab(editor, "Problems")

    editor.get_by_role("button", name=re.compile("group · by.0.*no column 'servic'")).click()
    editor.get_by_text(re.compile("There is no column 'servic'.*Did you mean 'service'")).last.wait_for()
    focused = editor.get_by_role("combobox", name="Add to By")
    editor.get_by_role("button", name=re.compile("Use service")).click()
    editor.get_by_text("Nothing to mend.").wait_for()

    focused.wait_for()
    editor.keyboard.press("Escape")


def test_a_path_is_completed_from_the_files_of_the_workspace(editor: Any) -> None:
    select(editor, "read")
    field = editor.get_by_role("combobox", name="Path", exact=True)

    field.fill("a")
    editor.get_by_role("option", name=re.compile(r"^a\.csv")).wait_for()
    field.press("ArrowDown")
    field.press("Enter")

    assert field.input_value() == "a.csv"


def test_an_expression_completes_from_the_columns_that_come_in(editor: Any) -> None:
    select(editor, "slow")
    field = editor.get_by_role("textbox", name="Condition")

    field.fill("")
    field.press_sequentially("ser")
    editor.get_by_role("option", name=re.compile("^service")).wait_for()
    field.press("Enter")
    field.press_sequentially(' == "pay" and mss > 1')

    editor.locator(".is-marked", has_text="mss").wait_for()
    assert field.input_value() == 'service == "pay" and mss > 1'


def test_rows_of_a_node_with_types_and_missing_values(editor: Any) -> None:
    select(editor, "read")
    open_tab(editor, "Preview")

    editor.get_by_role("columnheader", name=re.compile("service")).wait_for()

    assert editor.get_by_role("cell", name="pay").count() == 2
    editor.get_by_text("3 of 3 rows").wait_for()


def test_a_new_secret_goes_into_the_workspace_and_not_into_the_flow(editor: Any, workspace: Path) -> None:
    select(editor, "out")
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
    select(editor, "group")
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


def test_a_panel_that_opens_leaves_the_selected_node_in_sight(editor: Any) -> None:
    editor.set_viewport_size({"width": 1500, "height": 800})
    select(editor, "group")
    still(node(editor, "group"))

    open_tab(editor, "Versions")

    editor.get_by_role("button", name="Save version").wait_for()
    stage, covering = editor.locator(".cw-stage").bounding_box(), editor.locator(".cw-minimap").bounding_box()
    box = still(node(editor, "group"))
    assert stage["y"] <= box["y"]
    assert box["y"] + box["height"] <= stage["y"] + stage["height"]
    assert box["x"] + box["width"] <= covering["x"] or box["y"] + box["height"] <= covering["y"]


def test_previews_run_from_pinned_rows_and_the_node_shows_it(editor: Any) -> None:
    select(editor, "slow")
    editor.keyboard.press("Shift+R")
    editor.get_by_text("Previews run from here: 2 rows of slow pinned.").wait_for()
    node(editor, "slow").get_by_title("2 rows pinned: previews run from here").wait_for()

    select(editor, "out")
    editor.keyboard.press("r")

    editor.get_by_text("runs from the rows pinned at slow").wait_for()


def test_the_panel_below_is_as_high_as_one_wants(editor: Any) -> None:
    open_tab(editor, "Preview")
    edge, panel = editor.get_by_role("separator", name="Height of the panel"), editor.get_by_role("tabpanel")
    before, box = panel.bounding_box()["height"], edge.bounding_box()

    editor.mouse.move(box["x"] + 200, box["y"] + 4)
    editor.mouse.down()
    editor.mouse.move(box["x"] + 200, box["y"] - 96, steps=4)
    editor.mouse.up()

    assert panel.bounding_box()["height"] == pytest.approx(before + 100, abs=3)
