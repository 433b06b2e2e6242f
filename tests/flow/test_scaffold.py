"""A new node type: its files, and a plug-in that is really installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core import Workbench
from workbench.errors import BadInput
from workbench.flow.scaffold import files_of
from workbench.settings import Settings
from workbench.store.db import Store
from workbench.tools.new_node import NewNode

ROOT = Path(__file__).parents[2]
USE = """
import json, sys
from workbench import open_workbench

with open_workbench(sys.argv[1]) as wb:
    kinds = [one.kind for one in wb.call("flow_nodes", group="my_nodes")]
    run = wb.call("flow_run", flow=sys.argv[1] + "/loud.flow.json")
    print(json.dumps([kinds, run.run.exit_reason, run.run.rows_out]))
"""
FLOW = {
    "name": "loud",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": {"level": "text"}}},
        {"id": "shout", "kind": "my_nodes.shout", "settings": {"column": "level"}},
        {"id": "write", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}},
    ],
    "edges": [{"source": "read", "target": "shout"}, {"source": "shout", "target": "write"}],
}


@pytest.fixture
def wb() -> Workbench:
    return Workbench(Store.open(None), Settings(), None)


def python(*arguments: str, path: str, folder: Path) -> str:
    """Run Python with some folders first on its path; return what it wrote."""
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_plug_in_is_written_tested_installed_and_used(wb: Workbench, tmp_path: Path) -> None:
    with wb:
        made: NewNode = wb.call("new_node", name="shout", into=tmp_path, plugin="my_nodes")
        more: NewNode = wb.call("new_node", name="text.whisper", into=tmp_path, plugin="my_nodes")
    plugin = tmp_path / "my_nodes"
    assert (made.kind, len(made.files), more.kind, len(more.files)) == ("my_nodes.shout", 4, "my_nodes.text.whisper", 3)

    options = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    site = tmp_path / "site"
    python("-m", "pip", "install", *options, "--target", str(site), str(plugin), path="", folder=tmp_path)
    told = python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", str(plugin / "tests"), path=f"{site}:{ROOT}", folder=tmp_path
    )
    assert "4 passed" in told

    work = tmp_path / "work"
    work.mkdir()
    (work / "a.jsonl").write_text('{"level": "warn"}\n')
    (work / "loud.flow.json").write_text(json.dumps(FLOW))
    used = python("-c", USE, str(work), path=f"{site}:{ROOT}", folder=work)
    assert json.loads(used.splitlines()[-1]) == [["my_nodes.shout"], "done", 1]
    assert json.loads((work / "out.jsonl").read_text())["level"] == "WARN"


@pytest.mark.slow
def test_a_plug_in_that_breaks_takes_nothing_with_it(tmp_path: Path) -> None:
    (tmp_path / "broken_nodes.py").write_text("raise RuntimeError('no')\n")
    info = tmp_path / "broken_nodes-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-nodes\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[causeway.nodes]\nbroken = broken_nodes\n")
    code = "from workbench.flow.catalog import load_catalog; print('tables.filter' in load_catalog())"

    assert python("-c", code, path=f"{tmp_path}:{ROOT}", folder=tmp_path).strip() == "True"


def test_files_for_the_catalog(tmp_path: Path) -> None:
    for name in ("", "tables"):
        (tmp_path / "node_catalog" / name).mkdir(exist_ok=True)
        (tmp_path / "node_catalog" / name / "__init__.py").write_text("")

    found = files_of("tables.shout_loud", tmp_path)

    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "node_catalog/tables/shout_loud.py",
        "tests/catalog/tables/test_shout_loud.py",
    ]
    assert "class ShoutLoud(Node):" in next(iter(found.values()))
    with pytest.raises(BadInput, match=r"there is no group 'text'. There is tables"):
        files_of("text.shout", tmp_path)
    with pytest.raises(BadInput, match=r"'shout' is not group\.name"):
        files_of("shout", tmp_path)


@pytest.mark.parametrize("name", ["Shout", "tables.class", "tables/../x", "", "a b"])
def test_names_that_are_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no name for a node type"):
        files_of(name, tmp_path, "my_nodes")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine" / "mine").mkdir(parents=True)
    (tmp_path / "mine" / "mine" / "shout.py").write_text("")

    with pytest.raises(BadInput, match="is there already"):
        files_of("shout", tmp_path, "mine")


def test_elsewhere_a_plug_in_is_meant(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no checkout of Causeway"):
        files_of("tables.shout", tmp_path)
