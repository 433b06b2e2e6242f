"""The browser parts are built where no Node is installed: the one of a Python package does it."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

BUILD = Path(__file__).parents[2] / "extensions" / "build.py"


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build script, with no program on the PATH but the shell that npm runs scripts in."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    spec = importlib.util.spec_from_file_location("build", BUILD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_npm_runs_a_script_without_a_node_on_the_path(build: ModuleType, tmp_path: Path) -> None:
    script = "require('fs').writeFileSync('made', process.version)"
    (tmp_path / "package.json").write_text(f'{{"scripts": {{"build": "node -e \\"{script}\\""}}}}', encoding="utf-8")

    build.npm("run", "build", folder=tmp_path)

    assert build.system_node() is None
    assert (tmp_path / "made").read_text(encoding="utf-8").startswith("v")
    assert os.environ["PATH"] == str(tmp_path / "bin")


def test_what_npm_says_is_told_when_it_fails(build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")

    with pytest.raises(RuntimeError, match=r"(?s)npm run build failed in .*Missing script"):
        build.npm("run", "build", folder=tmp_path)
