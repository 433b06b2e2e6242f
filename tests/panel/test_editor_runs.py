"""Runs of a part of the flow from the node editor of the app, by menu and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import served
from tests.panel.editing import line, node, select, until
from workbench import open_workbench

pytestmark = pytest.mark.browser


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_text('{"level": "ERROR"}\n{"level": "INFO"}\n{"level": "ERROR"}\n')
    flow = line()
    free = flow.model_copy(update={"nodes": [one for one in flow.nodes if one.id != "also"]})
    with open_workbench(tmp_path) as wb:
        wb.call("flow_save", flow="line", message="first", document=free.to_json())
    return tmp_path


@pytest.fixture
def editor(workspace: Path, tab: Any) -> Iterator[Any]:
    with served(workspace) as address:
        tab.goto(f"{address}&flow=line")
        node(tab, "keep").wait_for()
        yield tab
        tab.goto("about:blank")


def test_a_part_of_the_flow_is_run_from_a_node(editor: Any, workspace: Path) -> None:
    written = workspace / "out.jsonl"

    select(editor, "keep")
    editor.keyboard.press("Alt+Enter")
    editor.get_by_role("status").filter(has_text="up to keep: succeeded").wait_for()
    node(editor, "keep").get_by_text("2 rows").wait_for()
    assert not written.exists()

    node(editor, "keep").click(button="right")
    editor.get_by_role("menuitem", name="Run from here").click()
    editor.get_by_text("This run writes to write, with the first thousand rows of keep only.").wait_for()
    assert not written.exists()
    editor.get_by_role("alert").get_by_role("button", name="Run", exact=True).click()

    editor.get_by_role("status").filter(has_text="from keep: succeeded").wait_for()
    until(lambda: written.exists() and written.read_text().count("ERROR") == 2)
    editor.get_by_role("link", name="Runs", exact=True).click()
    editor.get_by_role("definition").filter(has_text="from keep; not the whole flow").wait_for()
    editor.get_by_role("region", name="Runs").get_by_text("up to keep").wait_for()
