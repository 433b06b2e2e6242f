"""The node editor in a real browser: drawn, wired, undone, copied, and used by keyboard alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.panel.editing import (
    AXE,
    drag,
    focused,
    has_wires,
    in_sight,
    into,
    line,
    middle,
    names,
    node,
    opened,
    out_of,
    select,
    until,
    wires,
)
from workbench.flow.graph import Flow

pytestmark = pytest.mark.browser


def saved(workspace: Path) -> Flow:
    return Flow.load(workspace / "flows" / "line.flow.json")


def test_a_node_from_the_palette_is_wired_and_becomes_the_draft(editor: Any, workspace: Path) -> None:
    editor.get_by_role("combobox", name="Search node types").fill("cast")

    editor.get_by_role("option", name="Cast").first.drag_to(
        editor.locator(".react-flow__pane"), target_position={"x": 300, "y": 600}
    )
    node(editor, "cast").wait_for()
    drag(editor, out_of(editor, "cast"), into(editor, "also"))

    editor.get_by_text("saved · 5 nodes").wait_for()
    until(lambda: [edge.source for edge in saved(workspace).edges if edge.target == "also"] == ["cast"])


def test_a_node_dropped_on_a_wire_stands_in_it(editor: Any) -> None:
    editor.get_by_role("combobox", name="Search node types").fill("cast")
    wire = middle(editor.locator('.react-flow__edge[data-id="read>keep.rows"]'))
    pane = editor.locator(".react-flow__pane").bounding_box()

    editor.get_by_role("option", name="Cast").first.drag_to(
        editor.locator(".react-flow__pane"),
        target_position={"x": wire[0] - pane["x"], "y": wire[1] - pane["y"]},
        force=True,
    )

    node(editor, "cast").wait_for()
    has_wires(editor, "cast>keep.rows", "keep>write.rows", "read>cast.rows")


def test_a_wire_that_does_not_fit_is_refused_with_a_reason(editor: Any) -> None:
    drag(editor, out_of(editor, "read"), into(editor, "write"))

    editor.get_by_role("status").get_by_text("Input rows of write already reads from keep.").wait_for()
    has_wires(editor, "keep>write.rows", "read>keep.rows")


def test_a_wire_dropped_on_the_canvas_offers_what_fits(editor: Any) -> None:
    x, y = out_of(editor, "read")

    drag(editor, (x, y), (x + 60, y + 170))

    dialog = editor.get_by_role("dialog", name="Add a node that reads from read")
    dialog.get_by_role("combobox").fill("jsonlines")
    assert [one.inner_text().split("\n")[0] for one in dialog.get_by_role("option").all()] != []
    dialog.get_by_role("combobox").press("Enter")
    editor.locator('.react-flow__edge[data-id="read>jsonlines.rows"]').wait_for(state="attached")


def test_delete_joins_what_was_around_and_undo_and_redo_go_back_and_forth(editor: Any) -> None:
    select(editor, "keep")
    editor.keyboard.press("Delete")
    has_wires(editor, "read>write.rows")
    assert names(editor) == ["also", "read", "write"]

    editor.keyboard.press("Control+z")
    has_wires(editor, "keep>write.rows", "read>keep.rows")

    editor.keyboard.press("Control+y")
    has_wires(editor, "read>write.rows")


def test_nodes_are_copied_as_text_and_pasted(editor: Any) -> None:
    select(editor, "read")
    select(editor, "keep", also=True)
    editor.keyboard.press("Control+c")

    copied = json.loads(editor.evaluate("navigator.clipboard.readText()"))
    editor.keyboard.press("Control+v")
    node(editor, "filter").wait_for()

    assert [one["id"] for one in copied["nodes"]] == ["read", "keep"]
    has_wires(editor, "jsonlines>filter.rows", "keep>write.rows", "read>keep.rows")


def test_a_flow_can_be_changed_with_the_keyboard_alone(editor: Any) -> None:
    node(editor, "read").focus()
    editor.keyboard.press("Control+ArrowRight")
    for _ in range(2):
        editor.keyboard.press("Shift+ArrowDown")
    editor.keyboard.press("c")
    editor.keyboard.type("also")
    editor.keyboard.press("Enter")

    until(lambda: "keep>also.rows" in wires(editor))

    editor.keyboard.press("Control+ArrowDown")
    editor.keyboard.press("?")
    editor.get_by_role("dialog", name="Keys").get_by_text("Go along the wire to the next node").wait_for()
    editor.keyboard.press("Escape")
    editor.keyboard.press("Control+f")
    editor.keyboard.type("write")
    editor.keyboard.press("Enter")
    editor.keyboard.press("Delete")
    assert names(editor) == ["also", "keep", "read"]


def test_tidy_is_one_step(editor: Any) -> None:
    before = node(editor, "also").get_attribute("style")
    select(editor, "also")
    editor.keyboard.press("Escape")

    editor.keyboard.press("l")
    editor.get_by_role("button", name="Undo: Tidy").wait_for()
    assert node(editor, "also").get_attribute("style") != before

    editor.keyboard.press("Control+z")
    assert node(editor, "also").get_attribute("style").split("translate")[1][:20] == before.split("translate")[1][:20]


def test_nodes_become_a_part_that_is_opened_and_unpacked(editor: Any, workspace: Path) -> None:
    select(editor, "keep")
    editor.keyboard.press("Control+m")
    editor.keyboard.type("errors")
    editor.keyboard.press("Enter")
    node(editor, "errors").wait_for()
    has_wires(editor, "errors>write.rows", "read>errors.rows")
    until(lambda: "errors" in saved(workspace).parts)

    node(editor, "errors").dblclick()
    editor.get_by_role("navigation", name="Way into this part").wait_for()
    assert names(editor) == ["keep"]

    editor.get_by_role("button", name="line").click()
    select(editor, "errors")
    editor.keyboard.press("Control+Shift+U")
    node(editor, "keep").wait_for()
    has_wires(editor, "keep>write.rows", "read>keep.rows")


def test_another_change_is_told_and_not_written_over(editor: Any, workspace: Path) -> None:
    line().model_copy(update={"description": "by another"}).save(workspace / "flows" / "line.flow.json")

    select(editor, "keep")
    editor.keyboard.press("Delete")

    notice = editor.get_by_role("alert")
    notice.get_by_text("Someone else changed line meanwhile").wait_for()
    assert saved(workspace).description == "by another"
    notice.get_by_role("button", name="Take theirs").click()
    node(editor, "keep").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("flow", ["line", "empty"])
def test_the_editor_is_accessible_in_both_themes(tab: Any, address: str, theme: str, flow: str) -> None:
    tab.emulate_media(color_scheme=theme)
    opened(tab, address, flow)
    assert AXE.is_file(), "axe-core is not there; `python extensions/build.py test` installs it"
    tab.evaluate(AXE.read_text())

    found = tab.evaluate(
        "axe.run(document, {resultTypes: ['violations']})"
        ".then(result => result.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]))"
    )

    assert [one for one in found if one[0] not in ("page-has-heading-one", "region", "landmark-one-main")] == []
    assert tab.locator(f".cw-root.is-{theme}").count() == 1


def test_a_group_is_folded_to_one_box_and_opened_again(editor: Any, workspace: Path) -> None:
    select(editor, "keep")
    select(editor, "write", also=True)
    editor.keyboard.press("g")
    editor.get_by_role("textbox", name="Title of the group").wait_for()
    fold = editor.get_by_role("button", name="Fold Group")
    in_sight(editor, fold)
    fold.click()

    box = editor.locator(".cw-box", has_text="2 nodes")
    box.wait_for()
    assert names(editor) == ["also", "read"]
    until(lambda: len(wires(editor)) == 1)
    until(lambda: [group["collapsed"] for group in saved(workspace).model_dump()["groups"]] == [True])

    box.click()
    editor.keyboard.press("Control+ArrowLeft")
    assert focused(editor) == "read"
    editor.keyboard.press("Control+ArrowRight")
    editor.keyboard.press("e")
    node(editor, "write").wait_for()
    editor.keyboard.press("Control+z")
    box.wait_for()
    until(lambda: [group["collapsed"] for group in saved(workspace).model_dump()["groups"]] == [True])


def test_a_node_that_is_looked_for_is_found_in_a_folded_group(editor: Any) -> None:
    select(editor, "keep")
    editor.keyboard.press("g")
    editor.keyboard.press("Enter")
    editor.keyboard.press("e")
    editor.locator(".cw-box").wait_for()

    editor.keyboard.press("Control+f")
    editor.keyboard.type("keep")
    editor.keyboard.press("Enter")

    node(editor, "keep").wait_for()
    assert focused(editor) == "keep"
