"""Starts a real JupyterLab on a folder, with the extension as it was built in this checkout."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port, wait_for

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "extensions" / "jupyterlab"
TOKEN = "a-token-of-the-test"


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    folder: Path
    """What its file browser shows."""
    workspace: Path

    def address(self, path: str = "") -> str:
        """Return an address that opens a file, or the launcher, without anything of the last visit."""
        return (
            f"{self.url}/lab/workspaces/t-{os.urandom(4).hex()}" + (f"/tree/{path}" if path else "") + f"?token={TOKEN}"
        )

    def ask(self, path: str, body: object = None, *, token: str = TOKEN, **headers: str) -> tuple[int, str]:
        """Return status and text of a request as a program makes it."""
        request = urllib.request.Request(
            f"{self.url}/{path}", data=None if body is None else json.dumps(body).encode(),
            headers={**({"Authorization": f"token {token}"} if token else {}), **headers},
        )  # fmt: skip
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect to the login page is an answer."""

    def redirect_request(self, *_: object) -> None:
        return None


@contextmanager
def jupyterlab(home: Path, folder: Path, workspace: Path) -> Iterator[Lab]:
    """Start JupyterLab with settings of its own, asking nobody for news."""
    built = EXTENSION / "labextension"
    if not (built / "package.json").is_file():
        pytest.fail("The JupyterLab extension was not built; `python extensions/build.py lab` does that")
    places = home / "share" / "labextensions"
    places.mkdir(parents=True)
    (places / "causeway-lab").symlink_to(built)
    config = home / "config"
    (config / "jupyter_server_config.d").mkdir(parents=True)
    shutil.copy(EXTENSION / "jupyter_server_config.json", config / "jupyter_server_config.d" / "causeway.json")
    # What the entry point of the package says; a checkout that was never installed has no entry points.
    (config / "jupyter_server_config.py").write_text(
        "from workbench.faces.lab.proxy import NAME, setup\nc.ServerProxy.servers = {NAME: setup()}\n"
    )
    (home / "settings").mkdir()
    (home / "settings" / "overrides.json").write_text(
        json.dumps({"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}})
    )
    port = free_port()
    environment = {
        **os.environ,
        "JUPYTER_PATH": os.pathsep.join([str(home / "share"), os.environ.get("JUPYTER_PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "CAUSEWAY_WORKSPACE": str(workspace),
        "CAUSEWAY_USE_MODEL": "0",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
        f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0",
        f"--LabServerApp.app_settings_dir={home / 'settings'}", "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True) as server,
    ):
        try:
            wait_for(port, 240)
            yield Lab(f"http://127.0.0.1:{port}", folder, workspace)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
