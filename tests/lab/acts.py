"""What the tests in JupyterLab do again and again: write a flow, run a command, send a key, find a part of the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import expect

from tests.lab.jupyter import Lab
from workbench.flow.graph import Flow

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


PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}


def write_notebook(lab: Lab, name: str) -> str:
    """Put an empty notebook there and return its name; each test has its own, as JupyterLab saves what it shows."""
    nbformat.write(nbformat.v4.new_notebook(metadata=PYTHON), lab.folder / f"{name}.ipynb")
    return f"{name}.ipynb"


def write_flow(lab: Lab, name: str, folder: Path | None = None) -> Path:
    """Put the flow of four rows into the folder of the file browser, or into another."""
    flow = Flow.model_validate({**FLOW, "name": name})
    if folder is not None:
        flow = flow.with_settings({"read": {"path": str(lab.folder / "rows.csv")}})
    path = (folder or lab.folder) / f"{name}.flow.json"
    flow.save(path)
    return path


def run_command(page: Any, command: str, **arguments: Any) -> None:
    """Run a command of JupyterLab and wait until it is done: what comes next may need what it made."""
    page.evaluate(
        "([command, args]) => jupyterapp.commands.execute(command, args).then(() => undefined)", [command, arguments]
    )


def has_nodes(page: Any, count: int) -> None:
    expect(page.locator(".cwl-FlowPanel .react-flow__node")).to_have_count(count, timeout=90_000)


def node(page: Any, name: str) -> Any:
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def ids_in(path: Path) -> list[str]:
    """Return the ids of the nodes of a file."""
    return [one["id"] for one in json.loads(path.read_text(encoding="utf-8"))["nodes"]]


def is_dirty(page: Any, dirty: bool = True) -> None:
    page.locator(".lm-TabBar-tab.jp-mod-dirty").first.wait_for(state="attached" if dirty else "detached")


def from_palette(page: Any, name: str) -> None:
    """Take a command from JupyterLab's palette, as one who knows its name does."""
    page.keyboard.press("Control+Shift+C")
    page.locator("#command-palette input").fill(name)
    page.locator("#command-palette .lm-CommandPalette-item", has_text=re.compile(rf"^{re.escape(name)}")).first.click()


def from_menu(page: Any, menu: str, name: str) -> None:
    """Take a command from a menu of JupyterLab."""
    page.locator(".lm-MenuBar-item", has_text=menu).first.click()
    page.locator(".lm-Menu-item", has_text=re.compile(rf"^{re.escape(name)}")).first.click()


def side(page: Any) -> Any:
    """Open the panel at the left by its mark in the bar."""
    page.locator('.jp-SideBar .lm-TabBar-tab[data-id="causeway-side"]').click()
    panel = page.locator(".cwl-Side")
    panel.locator("h2").first.wait_for()
    return panel


def listed(page: Any, does: str, name: str) -> Any:
    return page.locator(f'.cwl-Side [data-does="{does}"][data-id="{name}"]')


def in_app(page: Any) -> Any:
    """The app in the tab that is open."""
    return page.frame_locator(".jp-MainAreaWidget:not(.lm-mod-hidden) > .cwl-App iframe")


def has_kernel(page: Any) -> None:
    """JupyterLab asks which kernel is meant when a cell is run before there is one."""
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'")


def in_cell(page: Any, source: str) -> None:
    """Write a text into the cell that is active and run it."""
    page.evaluate("text => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(text)", source)
    run_command(page, "notebook:run-cell")
