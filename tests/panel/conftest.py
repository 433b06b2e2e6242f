"""A served workspace with the sample incident, one that is empty, one for the node editor, and a Chromium that tells
what it asked for."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.panel import editing
from tests.report.sample import END, make_content
from workbench import Workbench, open_workbench
from workbench.facts.diagnosis import Verdict
from workbench.facts.incident import Incident, IncidentKind
from workbench.facts.run import Run, RunStatus
from workbench.flow.graph import Flow
from workbench.report.write import write
from workbench.store import incidents, reports, runs
from workbench.store.reports import Report

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
SERVE = """
import sys
from pathlib import Path
from workbench.faces.rest.server import serve
serve(Path(sys.argv[1]), "127.0.0.1", 5300, False)
"""


def fill_workspace(wb: Workbench) -> None:
    """One investigated incident, one that nobody looked into, a healthy and an undecided report, two runs."""
    assert wb.path
    for verdict, name in ((Verdict.INCIDENT, "REP-1"), (Verdict.HEALTHY, "REP-2"), (Verdict.UNKNOWN, "REP-3")):
        content = make_content(wb.store, verdict)
        folder = wb.path / "reports" / name
        reports.save(
            wb.store,
            Report(
                report_id=name, incident_id=content.incident_id or "", title=content.title, created_unix_nano=END,
                folder=str(folder), files=[file.name for file in write(content, folder)],
            ),
        )  # fmt: skip
    incidents.create(
        wb.store,
        Incident(
            incident_id="", title="checkout: error rate is 12 %", kind=IncidentKind.ERROR, service_name="checkout",
            opened_unix_nano=END, updated_unix_nano=END, scope="live",
        ),
    )  # fmt: skip
    runs.create(
        wb.store,
        Run(run_id="RUN-1", flow_name="shop", status=RunStatus.SUCCEEDED, started_unix_nano=END, rows_in=1234),
    )


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Serve a workspace in a process of its own; yields the address with the token."""
    command = [sys.executable, "-c", SERVE, str(workspace)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "CAUSEWAY_USE_MODEL": "0"}
    ) as server:
        try:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address, "the server did not start"
            yield address[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("full")
    with open_workbench(folder) as wb:
        assert isinstance(wb, Workbench)
        fill_workspace(wb)
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("empty")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("No Chromium on the PATH; `make test` tells how to get one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A browser tab; afterwards nothing may have gone wrong in it and nothing may have left this machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.set_default_timeout(60_000)
    yield page
    context.close()
    assert wrong == []
    assert asked
    outside = [url for url in asked if not re.match(r"(?:(?:http|ws)://127\.0\.0\.1:\d+/|blob:|data:)", url)]
    assert outside == []


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For tests of the node editor: a file to read and the flows `line` and `empty`."""
    folder = tmp_path_factory.mktemp("editor")
    (folder / "flows").mkdir()
    (folder / "a.jsonl").write_text('{"level": "ERROR"}\n')
    editing.line().save(folder / "flows" / "line.flow.json")
    Flow(name="empty").save(folder / "flows" / "empty.flow.json")
    return folder


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    """The editor on a page of its own: one server for all tests of a module."""
    with editing.served(workspace, "line") as url:
        yield url


@pytest.fixture
def editor(tab: Any, address: str, workspace: Path) -> Any:
    """The editor on the flow `line`, as it was at first, with its palette filled."""
    editing.line().save(workspace / "flows" / "line.flow.json")
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return editing.opened(tab, address)
