"""An exported flow from the app: written, built, started, stopped and removed by its buttons, with a real podman."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.conftest import BASE, ORDERS, PASSWORD, podman
from tests.panel.conftest import chromium, served, tab
from tests.services.process import free_port

__all__ = ["chromium", "tab"]

pytestmark = [pytest.mark.container, pytest.mark.timeout(900)]
DEFAULT_BASE = "docker.io/library/python:3.11-slim"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "orders.flow.json").write_text(json.dumps(ORDERS | {"name": "from-the-app"}))
    # The app builds from the base that the Containerfile names, which no registry gives here.
    podman("tag", BASE, DEFAULT_BASE)
    with served(tmp_path) as address:
        yield address
    podman("rm", "--force", "from-the-app", check=False)
    podman("rmi", "--force", "localhost/from-the-app:latest", DEFAULT_BASE, check=False)


def test_a_flow_becomes_a_container_and_goes_again(app: str, tab: Any, exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    tab.goto(app + "&flow=orders&tab=export")
    tab.get_by_text("No container of an exported flow").wait_for()
    tab.get_by_label("Folder to write to").fill(str(folder))
    tab.get_by_role("button", name="Export", exact=True).click()
    tab.get_by_role("status").filter(has_text="shop_db_password").wait_for()
    for wheel in (exported / "wheels").glob("*.whl"):
        shutil.copy(wheel, folder / "wheels")
    (folder / "secrets" / "shop_db_password").write_text(PASSWORD)

    tab.get_by_role("button", name="Build image").click()
    tab.get_by_text("Built localhost/from-the-app:latest with podman.").wait_for(timeout=600_000)
    tab.get_by_label("Port on this machine").fill(str(free_port()))
    tab.get_by_role("button", name="Start", exact=True).click()
    tab.get_by_role("cell", name=re.compile("^Up ")).wait_for()
    running = podman("inspect", "--format", "{{.State.Running}} {{.HostConfig.ReadonlyRootfs}}", "from-the-app").split()
    tab.get_by_role("button", name="Stop from-the-app").click()
    tab.get_by_role("cell", name=re.compile(r"^Exited \(0\)")).wait_for()
    tab.get_by_role("button", name="Remove from-the-app").click()
    tab.get_by_text("No container of an exported flow").wait_for()

    assert running == ["true", "true"]
    assert "from-the-app" not in podman("ps", "--all", "--format", "{{.Names}}")
