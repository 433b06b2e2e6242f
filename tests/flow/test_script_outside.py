"""Scripts with every node that needs no other system: what they read and write is what the docs show."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalog.outside import lay, read_back
from tests.flow.test_script import final_rows, run_alone
from workbench.flow.catalog import load_catalog
from workbench.flow.graph import Flow
from workbench.flow.inline import Inliner
from workbench.flow.script import INSTEAD, to_script

pytestmark = pytest.mark.slow

# Those that need a library of an extra are read and written by tests/catalog/test_examples.py with the services.
EXAMPLES = {
    kind: (node, node.example)
    for kind, node in load_catalog().items()
    if node.example and node.example.runs and node.needs is None
}
SOURCES = sorted(
    kind
    for kind, (node, example) in EXAMPLES.items()
    if not node.inputs() and not example.sent and not node.model_validate(example.settings).endless
)
# Whole folders are named by time and chance; the sink of the other format tells as much.
SINKS = sorted(kind for kind, (node, _) in EXAMPLES.items() if not node.has_output() and kind != "sinks.parquet")
EVERY = """
import sys
from pathlib import Path
from types import ModuleType

sys.modules["workbench"] = sys.modules["node_catalog"] = None
for file in sorted(Path.cwd().glob("*.txt")):
    module = sys.modules[file.stem] = ModuleType(file.stem)
    try:
        exec(compile(file.read_text(), file.stem, "exec"), vars(module))
    except Exception as error:
        print(file.stem, type(error).__name__, error)
"""


def test_a_script_reads_and_writes_what_the_examples_say(tmp_path: Path) -> None:
    nodes, edges = [], []
    for kind in SOURCES:
        name = kind.partition(".")[2]
        lay(*EXAMPLES[kind], tmp_path)
        nodes.append({"id": name, "kind": kind, "settings": EXAMPLES[kind][1].settings})
        nodes.append({"id": f"to_{name}", "kind": "sinks.jsonlines", "settings": {"path": f"rows_{name}.jsonl"}})
        edges.append({"source": name, "target": f"to_{name}"})
    for kind in SINKS:
        name = "sink_" + kind.partition(".")[2]
        nodes.append({"id": name, "kind": kind, "settings": EXAMPLES[kind][1].settings})
        edges.append({"source": "jsonlines", "target": name})
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    run_alone(to_script(Flow.model_validate({"name": "all", "nodes": nodes, "edges": edges})), tmp_path)

    for kind in SOURCES:
        name, expected = kind.partition(".")[2], EXAMPLES[kind][1].output
        rows = [json.loads(row) for row in final_rows(tmp_path / f"rows_{name}.jsonl")]
        assert len(rows) == len(expected.rows), kind
        assert all(set(expected.columns) <= set(row) for row in rows), kind
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path not in before]
    left = {path.suffix: read_back(path) for path in made if path.stem == "out" or path.parent.name == "out"}
    # The folder of CSV files and the CSV file differ in how they write numbers.
    for kind in set(SINKS) - {"sinks.csv_file", "sinks.files"}:
        ((path, text),) = EXAMPLES[kind][1].leaves.items()
        assert left[Path(path).suffix] == text, kind


def test_what_is_copied_of_every_node_type_can_be_executed(tmp_path: Path) -> None:
    for kind, node in load_catalog().items():
        inliner = Inliner(instead=INSTEAD)
        inliner.need(node.__module__, node.__name__)
        (tmp_path / f"{kind}.txt").write_text("from __future__ import annotations\n" + inliner.text())

    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", EVERY], cwd=tmp_path, capture_output=True, text=True
    )

    assert (done.stdout, done.returncode) == ("", 0), done.stderr
