"""Flows as documents of JupyterLab: opened, changed, saved, undone, named anew, run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.lab.acts import from_menu, from_palette, has_nodes, ids_in, is_dirty, node, run_command, write_flow
from tests.lab.jupyter import Lab
from workbench.flow.graph import Flow

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


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


def held(page: Any, address: str, method: str) -> list[Any]:
    """Return a list that gets the first request of this kind, which waits there until it is let go on."""
    found: list[Any] = []

    def take(route: Any) -> None:
        if route.request.method == method and not found:
            found.append(route)
        else:
            route.continue_()

    page.route(address, take)
    return found


def save_and_hold(page: Any, waiting: list[Any]) -> None:
    page.keyboard.press("Control+s")
    while not waiting:
        page.wait_for_timeout(20)


def is_checkpoint(answer: Any) -> bool:
    return answer.request.method == "POST" and "/checkpoints" in answer.url


def take_out_the_sink(page: Any) -> None:
    has_nodes(page, 3)
    node(page, "write").click()
    page.keyboard.press("Delete")


def test_a_second_save_is_not_lost_while_the_first_makes_its_checkpoint(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "twice")
    page = visit("")
    # JupyterLab makes one when a document is opened, too.
    with page.expect_response(is_checkpoint):
        visit("twice.flow.json")
    take_out_the_sink(page)
    is_dirty(page)
    checkpoint = held(page, "**/twice.flow.json/checkpoints*", "POST")

    save_and_hold(page, checkpoint)
    is_dirty(page, False)
    page.keyboard.press("Control+z")
    is_dirty(page)
    page.keyboard.press("Control+s")
    checkpoint[0].continue_()

    is_dirty(page, False)
    assert ids_in(path) == ["read", "slow", "write"]


def test_what_is_changed_while_the_file_is_written_is_not_taken_for_saved(
    lab: Lab, visit: Callable[[str], Any]
) -> None:
    path = write_flow(lab, "during")
    page = visit("during.flow.json")
    take_out_the_sink(page)
    is_dirty(page)
    writing = held(page, "**/api/contents/during.flow.json*", "PUT")

    save_and_hold(page, writing)
    page.keyboard.press("Control+z")
    has_nodes(page, 3)
    with page.expect_response(is_checkpoint):
        writing[0].continue_()

    is_dirty(page)
    assert ids_in(path) == ["read", "slow"]
    page.keyboard.press("Control+s")
    is_dirty(page, False)
    assert ids_in(path) == ["read", "slow", "write"]


def test_two_views_are_in_step_and_a_new_name_is_followed(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "two")
    page = visit("two.flow.json")
    has_nodes(page, 3)

    run_command(page, "docmanager:clone")
    has_nodes(page, 6)
    node(page, "write").first.click()
    expect(node(page, "write").first).to_have_class(re.compile("selected"))
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


def test_a_path_is_completed_from_the_files_beside_the_document(lab: Lab, visit: Callable[[str], Any]) -> None:
    (lab.folder / "inner").mkdir()
    (lab.folder / "inner" / "more.csv").write_text("name,ms\n", encoding="utf-8")
    write_flow(lab, "paths")
    page = visit("paths.flow.json")
    has_nodes(page, 3)

    node(page, "read").click()
    field = page.get_by_role("combobox", name="Path", exact=True)
    field.fill("inn")
    for option in ("inner/ folder", "inner/more.csv 8 B"):
        page.get_by_role("option", name=option).wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

    expect(field).to_have_value("inner/more.csv")
    is_dirty(page)


def test_it_is_saved_and_run_by_keyboard(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "keys")
    page = visit("keys.flow.json")
    has_nodes(page, 3)

    node(page, "slow").click()
    page.keyboard.press("F2")
    page.get_by_role("dialog").get_by_role("textbox").fill("late")
    page.keyboard.press("Enter")
    is_dirty(page)
    page.keyboard.press("Control+Shift+Enter")

    node(page, "late").locator('[data-state="succeeded"]').wait_for()
    is_dirty(page, False)
    assert ids_in(path) == ["read", "late", "write"]


def test_it_is_saved_and_run_by_commands(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "commands")
    page = visit("commands.flow.json")
    take_out_the_sink(page)

    from_palette(page, "Undo in Flow")
    has_nodes(page, 3)
    from_palette(page, "Redo in Flow")
    has_nodes(page, 2)
    from_palette(page, "Save Causeway flow")
    is_dirty(page, False)
    assert ids_in(path) == ["read", "slow"]

    from_palette(page, "Run Flow")
    node(page, "slow").locator('[data-state="succeeded"]').wait_for()


def test_a_change_is_thrown_away_and_an_older_file_comes_back(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "back")
    page = visit("back.flow.json")
    has_nodes(page, 3)

    node(page, "write").click()
    page.keyboard.press("Delete")
    has_nodes(page, 2)
    from_palette(page, "Reload Causeway flow from Disk")
    page.get_by_role("button", name="Reload").click()
    has_nodes(page, 3)
    is_dirty(page, False)

    # Each save by hand makes a checkpoint.
    node(page, "slow").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    is_dirty(page, False)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    has_nodes(page, 0)
    from_palette(page, "Revert Causeway flow to Checkpoint")
    page.get_by_role("button", name="Revert").click()
    has_nodes(page, 2)
    assert ids_in(path) == ["read", "write"]


def test_the_dialog_of_a_new_name_leads_on(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "old")
    page = visit("old.flow.json")
    has_nodes(page, 3)

    from_menu(page, "File", "Rename Causeway flow")
    page.locator(".jp-Dialog input").fill("new.flow.json")
    page.locator(".jp-Dialog .jp-mod-accept").click()

    page.locator(".lm-TabBar-tabLabel", has_text="new.flow.json").wait_for()
    node(page, "slow").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    is_dirty(page, False)
    assert ids_in(lab.folder / "new.flow.json") == ["read", "write"]
    assert not (lab.folder / "old.flow.json").exists()


def test_a_run_that_goes_on_stands_in_the_status_bar(lab: Lab, visit: Callable[[str], Any]) -> None:
    (lab.folder / "app.log").write_text("started\n", encoding="utf-8")
    nodes = [
        {"id": "follow", "kind": "sources.log_tail", "settings": {"path": "app.log"}},
        {"id": "write", "kind": "sinks.jsonlines", "settings": {"path": "lines.jsonl"}},
    ]
    endless = Flow.model_validate(
        {"name": "endless", "nodes": nodes, "edges": [{"source": "follow", "target": "write"}]}
    )
    endless.save(lab.folder / "endless.flow.json")
    page = visit("endless.flow.json")
    has_nodes(page, 2)

    page.keyboard.press("Control+Shift+Enter")
    page.locator(".cwl-Status button", has_text="1 flow runs").click()
    row = page.locator(".cwl-Side .cwl-row", has_text=re.compile("endless.*running", re.DOTALL))
    row.wait_for()
    from_palette(page, "Stop Flow")

    page.locator(".cwl-Status button").wait_for(state="hidden")
    page.locator(".cwl-Side .cwl-row", has_text=re.compile("endless.*stopped", re.DOTALL)).wait_for()
    assert json.loads((lab.folder / "lines.jsonl").read_text(encoding="utf-8"))["body"] == "started"


def test_the_settings_take_effect_at_once_and_a_run_is_seen_in_both_views(
    lab: Lab, visit: Callable[[str], Any]
) -> None:
    (lab.folder / "both.log").write_text("started\n", encoding="utf-8")
    nodes = [
        {"id": "follow", "kind": "sources.log_tail", "settings": {"path": "both.log"}},
        {"id": "write", "kind": "sinks.jsonlines", "settings": {"path": "both.jsonl"}},
    ]
    Flow.model_validate({"name": "both", "nodes": nodes, "edges": [{"source": "follow", "target": "write"}]}).save(
        lab.folder / "both.flow.json"
    )
    page = visit("both.flow.json")
    has_nodes(page, 2)
    from_menu(page, "File", "New View for Causeway flow")
    has_nodes(page, 4)

    # From the one view it is run, from the other it is stopped.
    node(page, "follow").last.click()
    page.keyboard.press("Control+Shift+Enter")
    page.locator(".cwl-Status button", has_text="1 flow runs").wait_for()
    expect(page.locator('.cw-step[data-state="running"]')).to_have_count(4, timeout=60_000)
    run_command(page, "settingeditor:open", query="Causeway")
    page.get_by_label("Show running flows in the status bar").click()
    page.locator(".cwl-Status button").wait_for(state="hidden")
    page.get_by_label("Show running flows in the status bar").click()
    page.locator(".cwl-Status button", has_text="1 flow runs").wait_for()
    node(page, "follow").first.click()
    from_palette(page, "Stop Flow")

    expect(page.locator('.cw-step[data-state="stopped"]')).to_have_count(4, timeout=60_000)


def test_two_views_undo_together(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "views")
    page = visit("views.flow.json")
    has_nodes(page, 3)
    from_menu(page, "File", "New View for Causeway flow")
    has_nodes(page, 6)

    node(page, "write").last.click()
    expect(node(page, "write").last).to_have_class(re.compile("selected"))
    page.keyboard.press("Delete")
    has_nodes(page, 4)
    page.keyboard.press("Control+z")

    has_nodes(page, 6)


def test_a_part_of_a_document_is_run_by_keyboard(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "partly")
    written = lab.folder / "slow.jsonl"
    written.unlink(missing_ok=True)
    page = visit("partly.flow.json")
    has_nodes(page, 3)

    node(page, "slow").click()
    page.keyboard.press("Alt+Enter")

    page.get_by_role("status").filter(has_text="up to slow: succeeded").wait_for()
    node(page, "slow").locator('[data-state="succeeded"]', has_text="2 rows").wait_for()
    assert not written.exists()
