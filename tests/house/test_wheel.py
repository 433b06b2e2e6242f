"""The wheel works for a newcomer: installed in an empty environment, away from the checkout, the demo runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("causeway-*.whl"))


def test_flows_runbooks_and_profiles_travel_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    for ending in (".flow.json", ".md", ".yaml", ".j2"):
        assert [name for name in names if name.startswith("workbench/") and name.endswith(ending)], ending
    for book in (ROOT / "runbooks").glob("*.md"):
        assert f"workbench/resources/runbooks/{book.name}" in names
    assert [name for name in names if name.startswith("tests/")] == []


def test_the_jupyterlab_extension_is_where_jupyterlab_looks(wheel: Path) -> None:
    names = {name.partition(".data/data/")[2] for name in zipfile.ZipFile(wheel).namelist()}

    place = "share/jupyter/labextensions/causeway-lab"
    assert {f"{place}/package.json", f"{place}/install.json", f"{place}/schemas/causeway-lab/plugin.json"} <= names
    assert [name for name in names if name.startswith(f"{place}/static/remoteEntry.")]
    assert "etc/jupyter/jupyter_server_config.d/causeway.json" in names


@pytest.mark.timeout(1200)
def test_installed_in_an_empty_environment_the_demo_runs(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    # Only what pip itself needs is kept: no CAUSEWAY_*, no PYTHONPATH, no checkout.
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or "proxy" in name.lower()}
    clean = kept | {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    install = [str(tmp_path / "venv/bin/pip"), "install", "--quiet", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    subprocess.run(install, check=True, env=clean, cwd=home)

    done = subprocess.run(
        [str(tmp_path / "venv/bin/causeway"), "--json", "demo", "--no-open"],
        env=clean, cwd=home, capture_output=True, text=True, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "incident"
    assert found["causes"][0]["service_name"] == found["injected"][0]["service"]
    assert all(Path(name).exists() for name in found["files"])
