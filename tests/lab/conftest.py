"""A JupyterLab over a workspace with the sample incident, and windows in it that tell what they asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab.jupyter import Lab, jupyterlab
from tests.panel.conftest import chromium, fill_workspace
from workbench import Workbench, open_workbench

__all__ = ["chromium"]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    folder, workspace = home / "files", home / "workspace"
    folder.mkdir()
    (folder / "rows.csv").write_text("name,ms\na,5\nb,50\nc,7\nd,70\n", encoding="utf-8")
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
