"""The node editor under a hand that goes on: the keyboard is not lost, nothing jumps, and nothing hides anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panel.editing import drag, has_wires, into, middle, names, node, out_of, select, still

pytestmark = pytest.mark.browser


def test_undo_goes_on_when_it_takes_away_what_has_the_keyboard(editor: Any) -> None:
    for at in ({"x": 80, "y": 600}, {"x": 400, "y": 600}):
        editor.get_by_role("combobox", name="Search node types").fill("cast")
        editor.get_by_role("option", name="Cast").first.drag_to(editor.locator(".react-flow__pane"), target_position=at)
    node(editor, "cast_2").wait_for()

    editor.keyboard.press("Control+z")
    node(editor, "cast_2").wait_for(state="detached")
    editor.keyboard.press("Control+z")
    node(editor, "cast").wait_for(state="detached")

    editor.keyboard.press("Control+y")
    node(editor, "cast").wait_for()


def test_undo_goes_on_after_a_group_was_folded_by_its_arrow(editor: Any) -> None:
    select(editor, "keep")
    editor.keyboard.press("g")
    title = editor.get_by_role("textbox", name="Title of the group")
    title.wait_for()
    editor.keyboard.type("Errors")
    editor.keyboard.press("Enter")
    editor.get_by_role("button", name="Fold Errors").click()
    editor.locator(".cw-box", has_text="Errors").wait_for()

    for said in ("Fold a group", "Rename a group", "Group 1 nodes"):
        editor.keyboard.press("Control+z")
        editor.get_by_role("status").get_by_text(f"Undone: {said}").wait_for()

    assert names(editor) == ["also", "keep", "read", "write"]


def test_no_panel_opens_under_a_drag(editor: Any) -> None:
    start = middle(node(editor, "also"))
    editor.mouse.move(*start)
    editor.mouse.down()
    editor.mouse.move(start[0] - 60, start[1] + 60, steps=5)
    assert editor.locator(".cw-right").count() == 0

    editor.mouse.up()

    editor.locator(".cw-right").wait_for()


def test_a_free_node_is_dragged_onto_a_wire(editor: Any) -> None:
    editor.get_by_role("combobox", name="Search node types").fill("cast")
    editor.get_by_role("option", name="Cast").first.drag_to(
        editor.locator(".react-flow__pane"), target_position={"x": 80, "y": 600}
    )
    node(editor, "cast").wait_for()
    editor.keyboard.press("Escape")
    editor.locator(".cw-right").wait_for(state="detached")

    drag(editor, middle(node(editor, "cast")), middle(editor.locator('.react-flow__edge[data-id="read>keep.rows"]')))

    editor.locator('.react-flow__edge[data-id="cast>keep.rows"]').wait_for(state="attached")
    has_wires(editor, "cast>keep.rows", "keep>write.rows", "read>cast.rows")


def test_one_of_several_that_is_pressed_is_selected_alone(editor: Any) -> None:
    select(editor, "read")
    select(editor, "keep", also=True)
    editor.get_by_text("2 of 4 nodes selected").wait_for()

    select(editor, "keep")

    editor.locator(".cw-inspector[data-node='keep']").wait_for()


def test_several_nodes_are_put_in_line_by_buttons_and_hide_nothing(editor: Any) -> None:
    select(editor, "write")
    select(editor, "also", also=True)

    editor.get_by_role("button", name="Align tops").click()

    editor.get_by_text("2 nodes aligned.").wait_for()
    one, other = node(editor, "write").bounding_box(), node(editor, "also").bounding_box()
    assert one["y"] == pytest.approx(other["y"], abs=1)
    assert abs(one["x"] - other["x"]) > one["width"]


def test_the_menu_of_several_nodes_is_whole_wherever_it_opens(editor: Any) -> None:
    editor.set_viewport_size({"width": 1280, "height": 620})
    editor.keyboard.press("f")
    select(editor, "keep")
    select(editor, "also", also=True)

    node(editor, "also").click(button="right")

    menu, root = editor.get_by_role("menu").bounding_box(), editor.locator(".cw-root").bounding_box()
    assert menu["y"] + menu["height"] <= root["y"] + root["height"]


def test_what_was_dropped_stands_among_the_recent_ones_at_once(editor: Any) -> None:
    editor.get_by_role("combobox", name="Search node types").fill("cast")
    editor.get_by_role("option", name="Cast").first.drag_to(
        editor.locator(".react-flow__pane"), target_position={"x": 80, "y": 600}
    )
    node(editor, "cast").wait_for()

    editor.get_by_role("combobox", name="Search node types").fill("")

    assert editor.get_by_role("group", name="Recent").get_by_role("option", name="Cast").count() == 1


@pytest.mark.parametrize("width", [480, 720])
def test_where_there_is_little_room_the_settings_leave_their_node_in_sight(editor: Any, width: int) -> None:
    editor.set_viewport_size({"width": width, "height": 800})
    select(editor, "read")

    editor.get_by_role("textbox", name="Name of the node").wait_for()
    stage, dock = editor.locator(".cw-stage").bounding_box(), editor.locator(".cw-right").bounding_box()
    here = still(node(editor, "read"))
    assert stage["x"] <= here["x"]
    assert here["x"] + here["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= here["y"]
    assert here["y"] + here["height"] <= stage["y"] + stage["height"] <= dock["y"]
    assert dock["x"] + dock["width"] <= width
    keys = editor.get_by_role("button", name="Keys").bounding_box()
    assert keys["x"] + keys["width"] <= width


def test_a_window_that_gets_smaller_keeps_the_selected_node_in_sight(editor: Any) -> None:
    select(editor, "write")
    editor.locator(".cw-right").wait_for()

    editor.set_viewport_size({"width": 600, "height": 700})

    stage, here = still(editor.locator(".cw-stage")), still(node(editor, "write"))
    assert stage["x"] <= here["x"]
    assert here["x"] + here["width"] <= stage["x"] + stage["width"]
    assert here["y"] + here["height"] <= stage["y"] + stage["height"]


def test_a_wire_says_why_a_node_cannot_take_it_before_it_is_let_go(editor: Any) -> None:
    reason = editor.locator(".cw-refused")
    editor.mouse.move(*out_of(editor, "read"))
    editor.mouse.down()

    editor.mouse.move(*middle(node(editor, "write")), steps=8)
    reason.get_by_text("Input rows of write already reads from keep.").wait_for()
    editor.mouse.move(*middle(node(editor, "also")), steps=8)
    reason.wait_for(state="detached")
    assert node(editor, "also").get_attribute("data-aim") == "yes"
    editor.mouse.up()

    has_wires(editor, "read>keep.rows", "keep>write.rows", "read>also.rows")
    assert node(editor, "also").get_attribute("data-aim") is None


def test_a_wire_from_an_input_is_let_go_on_the_body_of_a_node(editor: Any) -> None:
    drag(editor, into(editor, "also"), middle(node(editor, "keep")))

    has_wires(editor, "read>keep.rows", "keep>write.rows", "keep>also.rows")
